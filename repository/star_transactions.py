"""Telegram's list of Star transactions as far as it was read. No id and no person stands here: digests alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from repository.base import Repository


class Verdict(StrEnum):
    """What a transaction is to us."""

    WAITING = "waiting"
    """Too young to judge: our own books may be about to say it."""
    MATCHED = "matched"
    RECOVERED = "recovered"
    """A payment of which no update told."""
    FOREIGN = "foreign"
    """Neither a payment to us nor its refund: a withdrawal, an advertisement, a gift."""
    UNEXPLAINED = "unexplained"

    @property
    def is_final(self) -> bool:
        """Whether nothing is left to do."""
        return self in (Verdict.MATCHED, Verdict.RECOVERED, Verdict.FOREIGN)


@dataclass(frozen=True, slots=True)
class StarNote:
    """A transaction as it is kept. In Stars."""

    transaction_id: str
    is_incoming: bool
    stars: int
    partner: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class StarPayment:
    """A payment in Stars, beside Telegram's list."""

    payment_id: int
    amount: int
    is_due: bool
    """Old enough to stand in the list."""
    is_listed: bool


class StarTransactionRepository(Repository):
    """The table "StarTransaction"."""

    async def get_verdicts(self, notes: Sequence[StarNote]) -> dict[tuple[str, bool], Verdict]:
        """What was found of these before, by id and direction."""
        rows = await self._sql.fetch(
            """
            SELECT asked.transaction_id, s.is_incoming, s.verdict
            FROM unnest($1::text[], $2::boolean[]) AS asked (transaction_id, is_incoming)
            JOIN "StarTransaction" s
              ON s.digest = spent_key('star:' || asked.transaction_id) AND s.is_incoming = asked.is_incoming
            """,
            [note.transaction_id for note in notes],
            [note.is_incoming for note in notes],
        )
        return {(row["transaction_id"], row["is_incoming"]): Verdict(row["verdict"]) for row in rows}

    async def note(self, note: StarNote, verdict: Verdict) -> None:
        """Keep what a transaction is, with our payment where there is one; a final verdict stays as it is."""
        await self._sql.execute(
            """
            INSERT INTO "StarTransaction" AS kept
                (digest, is_incoming, stars, partner, happened_at, verdict, payment_id)
            SELECT spent_key('star:' || $1::text), $2, $3, $4, $5, $6,
                   (SELECT payment_id FROM "Payment" WHERE charge_id = $1)
            ON CONFLICT (digest, is_incoming) DO UPDATE SET
                verdict = EXCLUDED.verdict, payment_id = coalesce(kept.payment_id, EXCLUDED.payment_id), read_at = now()
            WHERE kept.verdict IN ('waiting', 'unexplained')
            """,
            note.transaction_id,
            note.is_incoming,
            note.stars,
            note.partner,
            note.happened_at,
            verdict.value,
        )

    async def is_refund_known(self, charge_id: str) -> bool:
        """Whether we gave this charge back, or are about to."""
        return bool(
            await self._sql.fetchval(
                """
                SELECT EXISTS (
                    SELECT FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id)
                    WHERE p.charge_id = $1 AND (p.refunded_at IS NOT NULL OR r.state IN ('sending', 'done'))
                )
                """,
                charge_id,
            )
        )

    async def note_refund_of_nobody(self, charge_id: str, refunded_at: datetime) -> bool:
        """A charge was given back whose payer is erased; False where the charge is not such a one.

        There is nobody to take tokens from: only the revenue changes, where it is still known which payment it was.
        """
        return bool(
            await self._sql.fetchval(
                """
                WITH refunded AS (
                    UPDATE "Payment" SET refunded_at = $2
                    WHERE payment_id = (SELECT payment_id FROM "StarTransaction"
                                        WHERE digest = spent_key('star:' || $1::text) AND is_incoming)
                      AND user_id IS NULL AND refunded_at IS NULL
                )
                SELECT EXISTS (SELECT FROM "SpentKey" WHERE digest = spent_key('charge:' || $1::text))
                   AND NOT EXISTS (SELECT FROM "Payment" WHERE charge_id = $1)
                """,
                charge_id,
                refunded_at,
            )
        )

    async def explain_refunds(self) -> list[tuple[datetime, int]]:
        """Call matched what nothing explained and was booked as given back since; answers when, and how many Stars."""
        rows = await self._sql.fetch(
            """
            UPDATE "StarTransaction" s SET verdict = 'matched', read_at = now() FROM "Payment" p
            WHERE s.verdict = 'unexplained' AND NOT s.is_incoming
              AND p.payment_id = s.payment_id AND p.refunded_at IS NOT NULL
            RETURNING s.happened_at, s.stars
            """
        )
        return [(row["happened_at"], row["stars"]) for row in rows]

    async def count_unexplained(self) -> int:
        """Transactions that nothing of ours explains."""
        return int(
            await self._sql.fetchval(
                """
                SELECT count(*) FROM "StarTransaction"
                WHERE verdict = 'unexplained'
                """
            )
        )

    async def get_payments(self, after: int, grace: timedelta, limit: int) -> list[StarPayment]:
        """The next payments in the order of their ids, beside the list. Those whose payer is erased count as listed."""
        rows = await self._sql.fetch(
            """
            SELECT p.payment_id, p.amount, p.date <= now() - $2::interval AS is_due,
                   p.currency <> 'XTR' OR p.charge_id IS NULL OR EXISTS (
                       SELECT FROM "StarTransaction" s
                       WHERE s.digest = spent_key('star:' || p.charge_id) AND s.is_incoming) AS is_listed
            FROM "Payment" p WHERE p.payment_id > $1 ORDER BY p.payment_id LIMIT $3
            """,
            after,
            grace,
            limit,
        )
        return [StarPayment(**row) for row in rows]

    async def find_unlisted(self, payment_ids: Sequence[int]) -> set[int]:
        """Those of these payments that Telegram's list still does not show."""
        rows = await self._sql.fetch(
            """
            SELECT p.payment_id FROM "Payment" p
            WHERE p.payment_id = ANY ($1::integer[]) AND p.charge_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM "StarTransaction" s
                              WHERE s.digest = spent_key('star:' || p.charge_id) AND s.is_incoming)
            """,
            payment_ids,
        )
        return {row["payment_id"] for row in rows}
