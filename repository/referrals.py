"""Who invited whom."""

from dataclasses import dataclass

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class ReferralStatistics:
    """What a person's invitations came to."""

    invited: int
    paying: int
    """Invited people with at least one payment."""
    tokens_earned: int


class ReferralRepository(Repository):
    """The table "ReferralInvite" and the codes in "User"."""

    async def create_referral_code(self, user_id: int) -> str:
        """The person's code, made at the first call and the same ever after. Raises LookupError for an unknown id.

        Codes are 8 characters of A-F0-9 and fit a Telegram start payload.
        """
        code = await self._sql.fetchval(
            """
            UPDATE "User" SET referral_code = coalesce(
                referral_code, upper(substr(md5(random()::text || user_id::text || clock_timestamp()::text), 1, 8))
            )
            WHERE user_id = $1 RETURNING referral_code
            """,
            user_id,
        )
        if code is None:
            raise LookupError(f"no user {user_id}")
        return str(code)

    async def process_referral(self, referrer_id: int, referred_id: int) -> bool:
        """Note an invitation; False for oneself, for somebody already invited, and for an inviter nobody knows."""
        invite_id = await self._sql.fetchval(
            """
            INSERT INTO "ReferralInvite" (referrer_id, referred_id)
            SELECT user_id, $2 FROM "User" WHERE user_id = $1 AND user_id <> $2
            ON CONFLICT (referred_id) DO NOTHING
            RETURNING invite_id
            """,
            referrer_id,
            referred_id,
        )
        return invite_id is not None

    async def get_referral_statistics(self, user_id: int) -> ReferralStatistics:
        """Counts of the person's invitations and the tokens they brought."""
        row = await self._sql.fetchrow(
            """
            SELECT count(*) AS invited,
                   count(*) FILTER (WHERE EXISTS (SELECT FROM "Payment" p WHERE p.user_id = i.referred_id)) AS paying,
                   (SELECT coalesce(sum(amount), 0)::bigint FROM "LedgerEntry"
                    WHERE account_id = (SELECT account_id FROM "Account" WHERE user_id = $1) AND kind = 'referral')
                       AS tokens_earned
            FROM "ReferralInvite" i WHERE i.referrer_id = $1
            """,
            user_id,
        )
        assert row is not None  # an aggregate always has a row
        return ReferralStatistics(**row)
