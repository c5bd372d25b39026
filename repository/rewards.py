"""Tokens that invitations earn, and when they may be had."""

from repository.base import Repository


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
