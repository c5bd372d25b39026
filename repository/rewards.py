"""Tokens that invitations earn, and when they may be had."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from repository.base import Repository


class RewardKind(StrEnum):
    """What a reward is for."""

    INVITED = "invited"
    """For coming by an invitation."""
    INVITER = "inviter"
    """For the first payment of somebody whom one invited."""
    SHARE = "share"
    """Of each payment of somebody whom one invited."""


@dataclass(frozen=True, slots=True)
class DueReward:
    """A reward whose time has come."""

    reward_id: int
    account_id: int
    kind: RewardKind
    tokens: int
    is_flagged: bool
    """The owner has to look at its invitation first."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whose account it is; is_barred: shut out or frozen, so that nothing is credited for now."""

    user_id: int
    is_barred: bool


@dataclass(frozen=True, slots=True)
class WaitingRewards:
    """Tokens that wait for one day (UTC); of no day while the owner looks at their invitations."""

    vests_on: date | None
    tokens: int


@dataclass(frozen=True, slots=True)
class TakenReward:
    """A reward that was paid out and is taken back."""

    reward_id: int
    user_id: int | None
    """Whose it was; None once they are erased."""
    tokens: int


class RewardRepository(Repository):
    """The table "ReferralReward"."""

    async def note_payment(self, payment_id: int) -> int:
        """Promise the payer's inviter their share, and the bonus for a first payment; returns how many rewards that is.

        For the transaction of the payment. Both wait until it cannot be given back any more. Asked twice it is
        promised once, and the bonus once for each invited person, whatever becomes of that payment.
        """
        rows = await self._sql.fetch(
            """
            WITH paid AS (
                SELECT p.payment_id, p.tokens, i.invite_id, a.account_id
                FROM "Payment" p
                JOIN "ReferralInvite" i ON i.referred_id = p.user_id
                JOIN "Account" a ON a.user_id = i.referrer_id
                WHERE p.payment_id = $1 AND p.tokens > 0 AND i.referrer_id > 0
                FOR KEY SHARE OF i
            ), promised AS (
                SELECT 'share' AS kind, paid.tokens * amount / 100 AS tokens
                FROM "Limit", paid WHERE "Limit".kind = 'referral_share_percent'
                UNION ALL
                SELECT 'inviter', tokens FROM "Bonus" WHERE "Bonus".kind = 'referral_inviter'
            )
            INSERT INTO "ReferralReward" (account_id, invite_id, payment_id, kind, tokens, vests_at)
            SELECT paid.account_id, paid.invite_id, paid.payment_id, promised.kind, promised.tokens,
                   now() + make_interval(days => l.amount::integer)
            FROM paid, promised, "Limit" l
            WHERE l.kind = 'refund_window_days' AND promised.tokens > 0
            ON CONFLICT DO NOTHING
            RETURNING reward_id
            """,
            payment_id,
        )
        return len(rows)

    async def cancel_of_payment(self, payment_id: int) -> int:
        """Take back what waits because of a payment that is given back; returns how many rewards that were.

        The owner hears of an inviter several of whose people had all their payments back ("Limit" referral_refunds).
        """
        rows = await self._sql.fetch(
            """
            WITH cancelled AS (
                UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now()
                WHERE payment_id = $1 AND state = 'waiting' RETURNING reward_id, account_id
            ), refunded AS (
                SELECT r.account_id, p.account_id AS payer
                FROM "ReferralReward" r JOIN "Payment" p USING (payment_id)
                WHERE r.account_id IN (SELECT account_id FROM cancelled)
                GROUP BY r.account_id, p.account_id
                HAVING bool_and(r.state = 'cancelled' OR r.payment_id = $1)
            ), told AS (
                INSERT INTO "AdminEvent" (kind, subject, details)
                SELECT 'referral_refunds', 'account ' || account_id, jsonb_build_object('people', count(*))
                FROM refunded GROUP BY account_id
                HAVING count(*) >= (SELECT amount FROM "Limit" WHERE kind = 'referral_refunds')
                ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING
            )
            SELECT reward_id FROM cancelled
            """,
            payment_id,
        )
        return len(rows)

    async def restore_of_payment(self, payment_id: int) -> int:
        """Let wait again what was cancelled at the moment when the payment was marked as given back.

        For a refund that Telegram refused; to be asked before that mark is taken away.
        """
        rows = await self._sql.fetch(
            """
            UPDATE "ReferralReward" SET state = 'waiting', closed_at = NULL
            WHERE payment_id = $1 AND state = 'cancelled'
              AND closed_at = (SELECT refunded_at FROM "Payment" WHERE payment_id = $1)
            RETURNING reward_id
            """,
            payment_id,
        )
        return len(rows)

    async def cancel_vested_of_payment(self, payment_id: int) -> list[TakenReward]:
        """Cancel what was paid out because of a payment that is given back; each is named once, to be taken back."""
        rows = await self._sql.fetch(
            """
            WITH taken AS (
                UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now()
                WHERE payment_id = $1 AND state = 'vested' RETURNING reward_id, account_id, tokens
            )
            SELECT taken.reward_id, a.user_id, taken.tokens FROM taken JOIN "Account" a USING (account_id)
            ORDER BY taken.reward_id
            """,
            payment_id,
        )
        return [TakenReward(**row) for row in rows]

    async def cancel_of_person(self, user_id: int) -> int:
        """Take back what waits for a person who is erased, and what waits on flagged invitations that go with them.

        For the transaction that erases them, which holds the person. Returns how many rewards that were.
        """
        rows = await self._sql.fetch(
            """
            UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now()
            WHERE state = 'waiting' AND reward_id IN (
                SELECT reward_id FROM "ReferralReward"
                WHERE account_id = (SELECT account_id FROM "Account" WHERE user_id = $1)
                UNION ALL
                SELECT r.reward_id FROM "ReferralReward" r JOIN "ReferralInvite" i USING (invite_id)
                WHERE i.referred_id = $1 AND i.flagged_at IS NOT NULL
                UNION ALL
                SELECT r.reward_id FROM "ReferralReward" r JOIN "ReferralInvite" i USING (invite_id)
                WHERE i.referrer_id = $1 AND i.flagged_at IS NOT NULL
            )
            RETURNING reward_id
            """,
            user_id,
        )
        return len(rows)

    async def get_due(self, limit: int) -> list[tuple[int, int]]:
        """Rewards whose time has come, oldest first: reward_id and account_id."""
        rows = await self._sql.fetch(
            """
            SELECT reward_id, account_id FROM "ReferralReward"
            WHERE state = 'waiting' AND vests_at <= now() ORDER BY vests_at LIMIT $1
            """,
            limit,
        )
        return [(row["reward_id"], row["account_id"]) for row in rows]

    async def hold_receiver(self, account_id: int) -> Receiver | None:
        """Hold the person of an account still for the transaction; None where they are erased."""
        row = await self._sql.fetchrow(
            """
            SELECT u.user_id, u.banned_at IS NOT NULL OR u.frozen_at IS NOT NULL AS is_barred
            FROM "User" u JOIN "Account" a USING (user_id) WHERE a.account_id = $1
            FOR NO KEY UPDATE OF u
            """,
            account_id,
        )
        return Receiver(**row) if row else None

    async def claim(self, reward_id: int) -> DueReward | None:
        """Hold a due reward for the transaction; None where another has it, or it is due no more.

        SKIP LOCKED: whoever holds a person never waits for a reward.
        """
        row = await self._sql.fetchrow(
            """
            SELECT r.reward_id, r.account_id, r.kind, r.tokens,
                   EXISTS (SELECT FROM "ReferralInvite" i WHERE i.invite_id = r.invite_id AND i.flagged_at IS NOT NULL)
                       AS is_flagged
            FROM "ReferralReward" r
            WHERE r.reward_id = $1 AND r.state = 'waiting' AND r.vests_at <= now()
            FOR UPDATE OF r SKIP LOCKED
            """,
            reward_id,
        )
        return DueReward(**{**row, "kind": RewardKind(row["kind"])}) if row else None

    async def vest(self, reward_id: int) -> None:
        """It is the receiver's now. For the transaction that claimed it."""
        await self._sql.execute(
            """UPDATE "ReferralReward" SET state = 'vested', closed_at = now() WHERE reward_id = $1""", reward_id
        )

    async def cancel(self, reward_id: int) -> None:
        """Nobody gets it. For the transaction that claimed it."""
        await self._sql.execute(
            """UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now() WHERE reward_id = $1""", reward_id
        )

    async def postpone(self, reward_id: int, delay: timedelta) -> None:
        """Look at it again after a delay. For the transaction that claimed it."""
        await self._sql.execute(
            """UPDATE "ReferralReward" SET vests_at = now() + $2 WHERE reward_id = $1""", reward_id, delay
        )

    async def get_waiting(self, user_id: int) -> list[WaitingRewards]:
        """What waits for a person, by day, the next first; what the owner looks at comes last."""
        rows = await self._sql.fetch(
            """
            SELECT CASE WHEN i.flagged_at IS NULL THEN (r.vests_at AT TIME ZONE 'UTC')::date END AS vests_on,
                   sum(r.tokens)::bigint AS tokens
            FROM "ReferralReward" r LEFT JOIN "ReferralInvite" i USING (invite_id)
            WHERE r.account_id = (SELECT account_id FROM "Account" WHERE user_id = $1) AND r.state = 'waiting'
            GROUP BY 1 ORDER BY 1 NULLS LAST
            """,
            user_id,
        )
        return [WaitingRewards(**row) for row in rows]
