"""Refunds: which payments go back, whether Telegram knows it yet, and how each came to its end.

Whoever changes more than one row holds the payer first (`hold_payer`), so that refunds, purchases and an erasure of
one person come one after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import asyncpg

from repository.base import Repository


class RefundState(StrEnum):
    """How far a refund has come."""

    CASE = "case"
    """A person asked, and an admin decides."""
    SENDING = "sending"
    """The tokens are taken; Telegram must still be told."""
    DONE = "done"
    DECLINED = "declined"
    FAILED = "failed"
    """Telegram refused it for good; the tokens are given back."""


class RefundOrigin(StrEnum):
    """Whose word it is."""

    SELF = "self"
    ADMIN = "admin"
    TELEGRAM = "telegram"
    """It happened there; we heard of it."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A payment on its way back. It is given back whole, once."""

    refund_id: int
    payment_id: int
    origin: RefundOrigin
    state: RefundState
    tokens_taken: int
    tokens_owed: int
    """Of the payment's tokens those that were spent: the person's debt."""
    error: str | None
    attempt: int
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundToSend:
    """What Telegram must be told; attempt fences every write about it."""

    refund_id: int
    payment_id: int
    user_id: int
    """The payer, erased or not."""
    charge_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """A payment, what its payer has now, and how its refund stands. The amount is in the currency's minor units."""

    payment_id: int
    user_id: int | None
    """None once its payer is erased."""
    date: datetime
    amount: int
    currency: str
    tokens: int
    charge_id: str | None
    refunded_at: datetime | None
    is_recent: bool
    """Inside the days in which a person may have it back by themselves."""
    refund_id: int | None
    state: RefundState | None
    """None where nobody has asked."""
    tokens_left: int
    tokens_owed: int
    is_frozen: bool
    first_name: str | None


class RefundRepository(Repository):
    """The table "Refund", and the mark of a refund in "Payment"."""

    async def hold_payer(self, payment_id: int) -> int | None:
        """Hold the payer still for the transaction: first of all locks. None where they are erased, or unknown."""
        user_id: int | None = await self._sql.fetchval(
            """
            SELECT user_id FROM "User" WHERE user_id = (SELECT user_id FROM "Payment" WHERE payment_id = $1)
            FOR NO KEY UPDATE
            """,
            payment_id,
        )
        return user_id

    async def hold(self, payment_id: int) -> Refund | None:
        """The payment's refund, held for the transaction, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT refund_id, payment_id, origin, state, tokens_taken, tokens_owed, error, attempt, created_at,
                   closed_at
            FROM "Refund" WHERE payment_id = $1 FOR UPDATE
            """,
            payment_id,
        )
        return _refund(row) if row else None

    async def get(self, refund_id: int) -> Refund | None:
        """The refund, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT refund_id, payment_id, origin, state, tokens_taken, tokens_owed, error, attempt, created_at,
                   closed_at
            FROM "Refund" WHERE refund_id = $1
            """,
            refund_id,
        )
        return _refund(row) if row else None

    async def find_payment(self, charge_id: str) -> int | None:
        """The payment of a charge; of an erased payer only while its refund is under way."""
        payment_id: int | None = await self._sql.fetchval(
            """
            SELECT payment_id FROM "Payment" WHERE charge_id = $1
            UNION ALL
            SELECT payment_id FROM "Refund" WHERE state = 'sending' AND charge_id = $1
            LIMIT 1
            """,
            charge_id,
        )
        return payment_id

    async def get_standing(self, payment_id: int) -> PaymentStanding | None:
        """How a payment stands, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT p.payment_id, p.user_id, p.date, p.amount, p.currency, p.tokens, p.charge_id, p.refunded_at,
                   coalesce(p.date > now() - (SELECT amount FROM "Limit" WHERE kind = 'refund_window_days')
                                             * interval '1 day', FALSE) AS is_recent,
                   r.refund_id, r.state, coalesce(u.tokens_left, 0) AS tokens_left,
                   coalesce(u.tokens_owed, 0) AS tokens_owed, u.frozen_at IS NOT NULL AS is_frozen, u.first_name
            FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id) LEFT JOIN "User" u ON u.user_id = p.user_id
            WHERE p.payment_id = $1
            """,
            payment_id,
        )
        return _standing(row) if row else None

    async def get_standings_of(self, user_id: int, limit: int) -> list[PaymentStanding]:
        """A person's payments of the refund window and those whose refund is not closed, newest first."""
        rows = await self._sql.fetch(
            """
            WITH recent AS (
                SELECT amount * interval '1 day' AS days FROM "Limit" WHERE kind = 'refund_window_days'
            )
            SELECT p.payment_id, p.user_id, p.date, p.amount, p.currency, p.tokens, p.charge_id, p.refunded_at,
                   coalesce(p.date > now() - (SELECT days FROM recent), FALSE) AS is_recent,
                   r.refund_id, r.state, coalesce(u.tokens_left, 0) AS tokens_left,
                   coalesce(u.tokens_owed, 0) AS tokens_owed, u.frozen_at IS NOT NULL AS is_frozen, u.first_name
            FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id) LEFT JOIN "User" u ON u.user_id = p.user_id
            WHERE p.user_id = $1
              AND (p.date > now() - (SELECT days FROM recent) OR r.state IN ('case', 'sending'))
            ORDER BY p.payment_id DESC LIMIT $2
            """,
            user_id,
            limit,
        )
        return [_standing(row) for row in rows]

    async def get_cases(self, limit: int, after: int = 0) -> list[PaymentStanding]:
        """What waits for an admin's word, oldest first, those after refund `after`."""
        rows = await self._sql.fetch(
            """
            SELECT p.payment_id, p.user_id, p.date, p.amount, p.currency, p.tokens, p.charge_id, p.refunded_at,
                   coalesce(p.date > now() - (SELECT amount FROM "Limit" WHERE kind = 'refund_window_days')
                                             * interval '1 day', FALSE) AS is_recent,
                   r.refund_id, r.state, coalesce(u.tokens_left, 0) AS tokens_left,
                   coalesce(u.tokens_owed, 0) AS tokens_owed, u.frozen_at IS NOT NULL AS is_frozen, u.first_name
            FROM "Refund" r JOIN "Payment" p USING (payment_id) LEFT JOIN "User" u ON u.user_id = p.user_id
            WHERE r.state = 'case' AND r.refund_id > $2
            ORDER BY r.refund_id LIMIT $1
            """,
            limit,
            after,
        )
        return [_standing(row) for row in rows]

    async def open_case(self, payment_id: int) -> int:
        """Put a payment before the admins, for the first time or after Telegram refused it; returns the refund_id.

        For a transaction that holds the payer and knows that nothing else became of it.
        """
        refund_id: int = await self._sql.fetchval(
            """
            INSERT INTO "Refund" (payment_id, origin, state) VALUES ($1, 'self', 'case')
            ON CONFLICT (payment_id) DO UPDATE SET origin = 'self', state = 'case', closed_at = NULL
            RETURNING refund_id
            """,
            payment_id,
        )
        return refund_id

    async def begin(
        self, payment_id: int, origin: RefundOrigin, tokens_taken: int, tokens_owed: int, user_id: int, charge_id: str
    ) -> int:
        """The tokens are taken: Telegram is to be told from now on; returns the refund_id.

        For a transaction that holds the payer and knows that the refund is new, or a case.
        """
        refund_id: int = await self._sql.fetchval(
            """
            INSERT INTO "Refund" (payment_id, origin, state, tokens_taken, tokens_owed, user_id, charge_id)
            VALUES ($1, $2, 'sending', $3, $4, $5, $6)
            ON CONFLICT (payment_id) DO UPDATE
            SET origin = $2, state = 'sending', tokens_taken = $3, tokens_owed = $4, user_id = $5, charge_id = $6,
                error = NULL, due_at = now(), lease_until = NULL, closed_at = NULL
            RETURNING refund_id
            """,
            payment_id,
            origin.value,
            tokens_taken,
            tokens_owed,
            user_id,
            charge_id,
        )
        return refund_id

    async def note_done(self, payment_id: int, origin: RefundOrigin, tokens_taken: int, tokens_owed: int) -> int:
        """The money is back already, and the tokens are taken; returns the refund_id.

        For a transaction that holds the payer and knows that no refund of ours is under way.
        """
        refund_id: int = await self._sql.fetchval(
            """
            INSERT INTO "Refund" (payment_id, origin, state, tokens_taken, tokens_owed, closed_at)
            VALUES ($1, $2, 'done', $3, $4, now())
            ON CONFLICT (payment_id) DO UPDATE
            SET origin = $2, state = 'done', tokens_taken = $3, tokens_owed = $4, error = NULL, closed_at = now()
            RETURNING refund_id
            """,
            payment_id,
            origin.value,
            tokens_taken,
            tokens_owed,
        )
        return refund_id

    async def decline(self, refund_id: int) -> bool:
        """An admin said no; False where it is no case (any more)."""
        row = await self._sql.fetchval(
            """
            UPDATE "Refund" SET state = 'declined', closed_at = now() WHERE refund_id = $1 AND state = 'case'
            RETURNING refund_id
            """,
            refund_id,
        )
        return row is not None

    async def claim(self, lease: timedelta, limit: int) -> list[RefundToSend]:
        """Take up to `limit` refunds that Telegram must be told of, oldest first, for one try each.

        SKIP LOCKED and the lease: two bot processes never tell the same one at once. One whose process died is taken
        again when its lease has run out; Telegram then says whether it was heard.
        """
        rows = await self._sql.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT refund_id FROM "Refund"
                WHERE state = 'sending' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
                ORDER BY due_at, refund_id LIMIT $2
                FOR UPDATE SKIP LOCKED
            )
            UPDATE "Refund" SET lease_until = now() + $1, attempt = attempt + 1
            WHERE refund_id IN (SELECT refund_id FROM due)
            RETURNING refund_id, payment_id, user_id, charge_id, attempt
            """,
            lease,
            limit,
        )
        return sorted((RefundToSend(**row) for row in rows), key=lambda refund: refund.refund_id)

    async def postpone(self, refund_id: int, attempt: int, delay: timedelta, error: str | None) -> None:
        """Try again after a delay."""
        await self._sql.execute(
            """
            UPDATE "Refund" SET due_at = now() + $3, lease_until = NULL, error = $4
            WHERE refund_id = $1 AND attempt = $2 AND state = 'sending'
            """,
            refund_id,
            attempt,
            delay,
            error,
        )

    async def close(self, refund_id: int, attempt: int, state: RefundState, error: str | None = None) -> Refund | None:
        """Telegram has answered: done or failed; whose it was is forgotten. None: another process decides, or has."""
        row = await self._sql.fetchrow(
            """
            UPDATE "Refund" SET state = $3, error = $4, user_id = NULL, charge_id = NULL, lease_until = NULL,
                                closed_at = now()
            WHERE refund_id = $1 AND attempt = $2 AND state = 'sending'
            RETURNING refund_id, payment_id, origin, state, tokens_taken, tokens_owed, error, attempt, created_at,
                      closed_at
            """,
            refund_id,
            attempt,
            state.value,
            error,
        )
        return _refund(row) if row else None

    async def mark_refunded(self, payment_id: int) -> None:
        """The payment counts no more."""
        await self._sql.execute(
            """UPDATE "Payment" SET refunded_at = now() WHERE payment_id = $1 AND refunded_at IS NULL""", payment_id
        )

    async def unmark_refunded(self, payment_id: int) -> None:
        """The payment counts again."""
        await self._sql.execute("""UPDATE "Payment" SET refunded_at = NULL WHERE payment_id = $1""", payment_id)


def _refund(row: asyncpg.Record) -> Refund:
    return Refund(**{**row, "origin": RefundOrigin(row["origin"]), "state": RefundState(row["state"])})


def _standing(row: asyncpg.Record) -> PaymentStanding:
    return PaymentStanding(**{**row, "state": RefundState(row["state"]) if row["state"] else None})
