"""Promo codes, and who has used them."""

from dataclasses import dataclass
from datetime import datetime

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class PromoCode:
    """Tokens for whoever knows a word."""

    code: str
    tokens: int
    uses_left: int | None
    """None: as many people as come."""
    starts_at: datetime
    ends_at: datetime | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class PromoStanding:
    """Why a code gives a person nothing right now; all False where it would."""

    is_used: bool
    """This person has had its tokens, erased meanwhile or not."""
    is_over: bool
    """Switched off, or its end has come."""
    is_early: bool
    is_spent: bool
    """Nobody else can use it."""


class PromoCodeRepository(Repository):
    """The tables "PromoCode" and "PromoUse". Codes are in capitals."""

    async def add(
        self, code: str, tokens: int, uses: int | None, starts_at: datetime | None, ends_at: datetime | None
    ) -> PromoCode | None:
        """Make a code, from now on unless starts_at says otherwise; None where there is one of this name."""
        row = await self._sql.fetchrow(
            """
            INSERT INTO "PromoCode" (code, tokens, uses_left, starts_at, ends_at)
            VALUES ($1, $2, $3, coalesce($4, now()), $5)
            ON CONFLICT (code) DO NOTHING
            RETURNING code, tokens, uses_left, starts_at, ends_at, is_active
            """,
            code,
            tokens,
            uses,
            starts_at,
            ends_at,
        )
        return PromoCode(**row) if row else None

    async def get_standing(self, code: str, user_id: int) -> PromoStanding | None:
        """How a code stands to a person; None where there is no such code."""
        row = await self._sql.fetchrow(
            """
            SELECT EXISTS (SELECT FROM "SpentKey" WHERE digest = spent_key('promo:' || code || ':' || $2::bigint))
                       AS is_used,
                   NOT is_active OR coalesce(ends_at <= now(), FALSE) AS is_over,
                   starts_at > now() AS is_early,
                   coalesce(uses_left = 0, FALSE) AS is_spent
            FROM "PromoCode" WHERE code = $1
            """,
            code,
            user_id,
        )
        return PromoStanding(**row) if row else None

    async def take_use(self, code: str) -> int | None:
        """Take one use for the transaction; returns its tokens, or None where there is none to be had now.

        Of many at once for the last use exactly one gets it: it is tested in its own UPDATE.
        """
        tokens: int | None = await self._sql.fetchval(
            """
            UPDATE "PromoCode" SET uses_left = uses_left - 1
            WHERE code = $1 AND is_active AND starts_at <= now() AND (ends_at IS NULL OR ends_at > now())
              AND (uses_left IS NULL OR uses_left > 0)
            RETURNING tokens
            """,
            code,
        )
        return tokens

    async def note_use(self, code: str, user_id: int, tokens: int) -> int | None:
        """Note that a person has used a code; returns their account_id, or None where they had, erased since or not.

        For the transaction that took the use. Raises LookupError for a person without an account.
        """
        row = await self._sql.fetchrow(
            """
            WITH account AS (
                SELECT account_id FROM "Account" WHERE user_id = $2
            ), fresh AS (
                INSERT INTO "SpentKey" (digest)
                SELECT spent_key('promo:' || $1::text || ':' || $2::bigint) FROM account
                ON CONFLICT (digest) DO NOTHING
                RETURNING digest
            ), noted AS (
                INSERT INTO "PromoUse" (code, account_id, tokens) SELECT $1, account_id, $3 FROM account, fresh
                RETURNING account_id
            )
            SELECT EXISTS (SELECT FROM account) AS has_account, (SELECT account_id FROM noted) AS account_id
            """,
            code,
            user_id,
            tokens,
        )
        if not only(row)["has_account"]:
            raise LookupError(f"no account for user {user_id}")
        account_id: int | None = only(row)["account_id"]
        return account_id
