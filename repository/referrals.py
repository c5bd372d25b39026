"""Who invited whom, and which invitations the owner has to look at."""

from dataclasses import dataclass

from repository.base import Repository

LONGEST_RING = 20
"""Invitations in a row; a chain that comes back after more is not looked for."""


@dataclass(frozen=True, slots=True)
class ReferralStatistics:
    """What a person's invitations came to."""

    invited: int
    paying: int
    """Invited people with at least one payment."""
    tokens_earned: int


@dataclass(frozen=True, slots=True)
class InvitationTerms:
    """What an invitation brings: tokens, and percent of each payment's tokens."""

    invited_tokens: int
    inviter_tokens: int
    share_percent: int
    refund_window_days: int
    """Days that the inviter's rewards wait."""


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
        """Note an invitation of somebody who is here since less than a day and has paid nothing yet.

        False for oneself, for somebody already invited, for an inviter nobody knows or who is shut out, for somebody
        who was here before, and for web accounts. Beyond the inviter's limit of a day it is flagged, as at a
        registration.
        """
        invite_id = await self._sql.fetchval(
            """
            WITH inviter AS (
                SELECT u.user_id, a.account_id, l.amount AS invites_a_day,
                       l.amount = 0 OR coalesce((
                           SELECT i.created_at FROM "ReferralInvite" i WHERE i.referrer_id = u.user_id
                           ORDER BY i.invite_id DESC OFFSET greatest(l.amount - 1, 0) LIMIT 1
                       ) > now() - INTERVAL '1 day', FALSE) AS is_flood
                FROM "User" u JOIN "Account" a USING (user_id) JOIN "Limit" l ON l.kind = 'referral_invites_a_day'
                WHERE u.user_id = $1 AND u.user_id <> $2 AND u.user_id > 0 AND u.banned_at IS NULL
            ), invite AS (
                INSERT INTO "ReferralInvite" (referrer_id, referred_id, flagged_at)
                SELECT inviter.user_id, referred.user_id, CASE WHEN is_flood THEN now() END
                FROM inviter, "User" AS referred
                WHERE referred.user_id = $2 AND referred.user_id > 0
                  AND referred.activation_date > now() - INTERVAL '1 day'
                  AND NOT EXISTS (SELECT FROM "Payment" WHERE user_id = $2)
                ON CONFLICT (referred_id) DO NOTHING
                RETURNING invite_id
            ), told AS (
                INSERT INTO "AdminEvent" (kind, subject, details)
                SELECT 'referral_flood', 'account ' || account_id, jsonb_build_object('invites_a_day', invites_a_day)
                FROM invite, inviter WHERE is_flood
                ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING
            )
            SELECT invite_id FROM invite
            """,
            referrer_id,
            referred_id,
        )
        return invite_id is not None

    async def hold_inviter(self, referral_code: str) -> None:
        """Let registrations by this code follow one another for the transaction, so that their limit counts each."""
        await self._sql.execute(
            """SELECT user_id FROM "User" WHERE referral_code = $1 FOR NO KEY UPDATE""", referral_code
        )

    async def accept_invitation(self, user_id: int, referral_code: str) -> int:
        """Note who invited somebody who has just come for the first time, and credit the bonus for it.

        Returns the bonus; 0 where the code is nobody's, one's own, or of somebody who is shut out, and for an
        invitation beyond its inviter's limit of a day: that one is flagged, its bonus waits, and the owner hears of it.
        For the transaction that registers the person and holds the inviter, so that the limit counts each.
        """
        tokens: int | None = await self._sql.fetchval(
            """
            WITH inviter AS (
                SELECT u.user_id, a.account_id, l.amount AS invites_a_day,
                       l.amount = 0 OR coalesce((
                           SELECT i.created_at FROM "ReferralInvite" i WHERE i.referrer_id = u.user_id
                           ORDER BY i.invite_id DESC OFFSET greatest(l.amount - 1, 0) LIMIT 1
                       ) > now() - INTERVAL '1 day', FALSE) AS is_flood
                FROM "User" u JOIN "Account" a USING (user_id) JOIN "Limit" l ON l.kind = 'referral_invites_a_day'
                WHERE u.referral_code = $2 AND u.user_id <> $1 AND u.user_id > 0 AND $1 > 0 AND u.banned_at IS NULL
            ), invite AS (
                INSERT INTO "ReferralInvite" (referrer_id, referred_id, flagged_at)
                SELECT user_id, $1, CASE WHEN is_flood THEN now() END FROM inviter
                RETURNING invite_id
            ), bonus AS (
                SELECT b.tokens, i.is_flood, v.invite_id, a.account_id
                FROM "Bonus" b, inviter i, invite v, "Account" a
                WHERE b.kind = 'referral_invited' AND b.tokens > 0 AND a.user_id = $1
            ), reward AS (
                INSERT INTO "ReferralReward" (account_id, invite_id, kind, tokens, state, vests_at, closed_at)
                SELECT account_id, invite_id, 'invited', tokens, CASE WHEN is_flood THEN 'waiting' ELSE 'vested' END,
                       now(), CASE WHEN NOT is_flood THEN now() END
                FROM bonus
            ), entry AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id)
                SELECT 'invited:account:' || account_id, 'bonus', 'wallet:' || account_id, tokens, 'invited', account_id
                FROM bonus WHERE NOT is_flood
            ), credited AS (
                UPDATE "User" SET tokens_left = tokens_left + bonus.tokens FROM bonus
                WHERE user_id = $1 AND NOT is_flood
                RETURNING bonus.tokens
            ), told AS (
                INSERT INTO "AdminEvent" (kind, subject, details)
                SELECT 'referral_flood', 'account ' || account_id, jsonb_build_object('invites_a_day', invites_a_day)
                FROM inviter WHERE is_flood
                ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING
            )
            SELECT tokens FROM credited
            """,
            user_id,
            referral_code,
        )
        return tokens or 0

    async def flag_ring(self, user_id: int) -> int:
        """Flag the invitations that lead from a person back to the same person; returns how many were not yet.

        An invitation that the owner has looked at stays as it is. The owner hears of a ring once.
        """
        rows = await self._sql.fetch(
            """
            WITH RECURSIVE chain AS (
                SELECT invite_id, referrer_id, 1 AS length FROM "ReferralInvite" WHERE referred_id = $1
                UNION ALL
                SELECT i.invite_id, i.referrer_id, c.length + 1
                FROM chain c JOIN "ReferralInvite" i ON i.referred_id = c.referrer_id
                WHERE c.referrer_id <> $1 AND c.length < $2
            ), ring AS MATERIALIZED (
                SELECT i.invite_id FROM "ReferralInvite" i
                WHERE i.invite_id IN (SELECT invite_id FROM chain)
                  AND EXISTS (SELECT FROM chain WHERE referrer_id = $1)
                  AND i.flagged_at IS NULL AND i.cleared_at IS NULL
                ORDER BY i.invite_id FOR NO KEY UPDATE
            ), flagged AS (
                UPDATE "ReferralInvite" SET flagged_at = now() WHERE invite_id IN (SELECT invite_id FROM ring)
                RETURNING invite_id
            ), told AS (
                INSERT INTO "AdminEvent" (kind, subject, details)
                SELECT 'referral_ring', 'account ' || account_id,
                       jsonb_build_object('accounts', (
                           SELECT jsonb_agg(a.account_id ORDER BY a.account_id)
                           FROM chain JOIN "Account" a ON a.user_id = chain.referrer_id
                       ))
                FROM "Account" WHERE user_id = $1 AND EXISTS (SELECT FROM flagged)
                ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING
            )
            SELECT invite_id FROM flagged
            """,
            user_id,
            LONGEST_RING,
        )
        return len(rows)

    async def clear_flags(self, account_id: int) -> int:
        """The owner has looked at an account: its flagged invitations are good, those it sent and the one it came by.

        Returns how many that were; what waited because of them is due with the next look. What the owner was told of
        the account is over.
        """
        rows = await self._sql.fetch(
            """
            WITH cleared AS (
                UPDATE "ReferralInvite" SET flagged_at = NULL, cleared_at = now()
                WHERE flagged_at IS NOT NULL AND invite_id IN (
                    SELECT i.invite_id FROM "ReferralInvite" i JOIN "Account" a ON a.user_id = i.referrer_id
                    WHERE a.account_id = $1
                    UNION ALL
                    SELECT i.invite_id FROM "ReferralInvite" i JOIN "Account" a ON a.user_id = i.referred_id
                    WHERE a.account_id = $1
                )
                RETURNING invite_id
            ), due AS (
                UPDATE "ReferralReward" r SET vests_at = coalesce(p.vests_at, now())
                FROM cleared, "ReferralReward" w LEFT JOIN LATERAL (
                    SELECT w.created_at + make_interval(days => l.amount::integer) AS vests_at
                    FROM "Limit" l WHERE l.kind = 'refund_window_days' AND w.payment_id IS NOT NULL
                ) p ON TRUE
                WHERE w.invite_id = cleared.invite_id AND w.state = 'waiting' AND r.reward_id = w.reward_id
            ), over AS (
                UPDATE "AdminEvent" SET closed_at = now()
                WHERE kind IN ('referral_flood', 'referral_ring', 'referral_refunds')
                  AND subject = 'account ' || $1::bigint AND closed_at IS NULL
            )
            SELECT invite_id FROM cleared
            """,
            account_id,
        )
        return len(rows)

    async def get_terms(self) -> InvitationTerms:
        """What an invitation brings at present."""
        row = await self._sql.fetchrow(
            """
            SELECT coalesce((SELECT tokens FROM "Bonus" WHERE kind = 'referral_invited'), 0) AS invited_tokens,
                   coalesce((SELECT tokens FROM "Bonus" WHERE kind = 'referral_inviter'), 0) AS inviter_tokens,
                   coalesce((SELECT amount FROM "Limit" WHERE kind = 'referral_share_percent'), 0) AS share_percent,
                   coalesce((SELECT amount FROM "Limit" WHERE kind = 'refund_window_days'), 0) AS refund_window_days
            """
        )
        assert row is not None  # a SELECT without FROM always has a row
        return InvitationTerms(**row)

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
