"""Tokens that invitations earn, and when they may be had."""

from dataclasses import dataclass

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class TakenReward:
    """A reward that was paid out and is taken back."""

    reward_id: int
    user_id: int | None
    """Whose it was; None once they are erased."""
    tokens: int


class RewardRepository(Repository):
    """The table "ReferralReward"."""

    async def cancel_of_payment(self, payment_id: int) -> int:
        """Take back what waits because of a payment that is given back; returns how many rewards that were."""
        rows = await self._sql.fetch(
            """
            UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now()
            WHERE payment_id = $1 AND state = 'waiting' RETURNING reward_id
            """,
            payment_id,
        )
        return len(rows)

    # --- a payment that is given back ---

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
