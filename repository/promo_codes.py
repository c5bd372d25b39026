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


@dataclass(frozen=True, slots=True)
class PromoUse:
    """What a promo code brought somebody."""

    tokens: int
    debt_paid: int
    """Tokens of these that went to what the person owed."""


class PromoCodeRepository(Repository):
    """The tables "PromoCode" and "PromoUse". Codes are in capitals."""

    async def add(
        self,
        code: str,
        tokens: int,
        uses: int | None,
        starts_at: datetime | None,
        ends_at: datetime | None,
        making_key: str | None,
    ) -> PromoCode | None:
        """Make a code, from now on unless starts_at says otherwise; None where there is one of this name.

        making_key: what tells this making from another; None where nobody makes it twice.
        """
        row = await self._sql.fetchrow(
            """
            INSERT INTO "PromoCode" (code, tokens, uses_left, starts_at, ends_at, making_digest)
            VALUES ($1, $2, $3, coalesce($4, now()), $5, spent_key('promo making:' || $6::text))
            ON CONFLICT (code) DO NOTHING
            RETURNING code, tokens, uses_left, starts_at, ends_at, is_active
            """,
            code,
            tokens,
            uses,
            starts_at,
            ends_at,
            making_key,
        )
        return PromoCode(**row) if row else None

    async def get_made(self, code: str, making_key: str) -> PromoCode | None:
        """The code that this very making made; None where it was another one, or there is no such code."""
        row = await self._sql.fetchrow(
            """
            SELECT code, tokens, uses_left, starts_at, ends_at, is_active FROM "PromoCode"
            WHERE code = $1 AND making_digest = spent_key('promo making:' || $2::text)
            """,
            code,
            making_key,
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

    async def get_use(self, code: str, user_id: int, try_key: str) -> PromoUse | None:
        """What this very try of a person brought; None where it was another one, or none was."""
        row = await self._sql.fetchrow(
            """
            SELECT u.tokens, coalesce(e.amount, 0) AS debt_paid
            FROM "Account" a JOIN "PromoUse" u USING (account_id)
            LEFT JOIN "LedgerEntry" e ON e.idempotency_key = 'debt_paid:promo:' || u.code || ':account:' || a.account_id
            WHERE a.user_id = $2 AND u.code = $1
              AND u.try_digest = spent_key('promo try:' || $2::bigint || ':' || $3::text)
            """,
            code,
            user_id,
            try_key,
        )
        return PromoUse(**row) if row else None

    async def note_use(self, code: str, user_id: int, tokens: int, try_key: str) -> int | None:
        """Note that a person has used a code; returns their account_id, or None where they had, erased since or not.

        try_key: what tells this try from another. For the transaction that took the use. Raises LookupError for a
        person without an account.
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
                INSERT INTO "PromoUse" (code, account_id, tokens, try_digest)
                SELECT $1, account_id, $3, spent_key('promo try:' || $2::bigint || ':' || $4::text) FROM account, fresh
                RETURNING account_id
            )
            SELECT EXISTS (SELECT FROM account) AS has_account, (SELECT account_id FROM noted) AS account_id
            """,
            code,
            user_id,
            tokens,
            try_key,
        )
        if not only(row)["has_account"]:
            raise LookupError(f"no account for user {user_id}")
        account_id: int | None = only(row)["account_id"]
        return account_id
