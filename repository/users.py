"""People: registration, language, balance."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from repository.base import Repository
from repository.ledger import LedgerRepository


@dataclass(frozen=True, slots=True)
class User:
    """A person or a web account. Tokens are whole."""

    user_id: int
    username: str | None
    first_name: str | None
    last_name: str | None
    locale: str
    activation_date: datetime
    tokens_left: int
    tokens_held: int
    tokens_spent: int
    tokens_owed: int
    """Spent, and their payment was given back: the next purchases pay for them."""
    referral_code: str | None
    is_admin: bool
    banned_at: datetime | None
    blocked_bot_at: datetime | None
    frozen_at: datetime | None
    """The books of this person do not add up: nothing is spent until the owner has looked."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A person, and what the first meeting brought."""

    person: User
    is_new: bool
    is_stranger: bool
    """Never here before, under this id: not even as somebody who was erased since."""
    welcome_tokens: int
    """Everything the person was given, the bonus for coming by an invitation among it."""
    invited_tokens: int = 0
    """That bonus alone; 0 without an invitation, and for one that the owner has to look at first."""


@dataclass(frozen=True, slots=True)
class UserStatistics:
    """What a person has done so far."""

    generations: int
    pictures: int
    models: int
    payments: int
    invited: int
    tokens_left: int
    tokens_spent: int
    portraits: int
    """Pictures by personal models that were looked at."""
    likeness: float | None
    """The mean over those with a face, 0 to 1; None where there are none."""
    below_line: float | None
    """The share of the same under today's line of likeness, 0 to 1."""
    remade: float | None
    """The share of all portraits that was made twice, 0 to 1."""


class UserRepository(Repository):
    """The table "User"."""

    async def get_user(self, user_id: int) -> User | None:
        """The person with this id, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT user_id, username, first_name, last_name, locale, activation_date, tokens_left, tokens_held,
                   tokens_spent, tokens_owed, referral_code, is_admin, banned_at, blocked_bot_at, frozen_at
            FROM "User" WHERE user_id = $1
            """,
            user_id,
        )
        return User(**row) if row else None

    async def create_user(
        self,
        user_id: int,
        username: str | None,
        first_name: str | None,
        last_name: str | None,
        *,
        locale: str = "ru",
    ) -> bool:
        """Register a person with an account in the books; False where the id is already there (nothing changes)."""
        created = await self._sql.fetchval(
            """
            WITH person AS (
                INSERT INTO "User" (user_id, username, first_name, last_name, locale)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (user_id) DO NOTHING
                RETURNING user_id
            )
            INSERT INTO "Account" (user_id) SELECT user_id FROM person RETURNING account_id
            """,
            user_id,
            username,
            first_name,
            last_name,
            locale,
        )
        return created is not None

    async def register(
        self,
        user_id: int,
        username: str | None,
        first_name: str | None,
        last_name: str | None,
        *,
        locale: str,
    ) -> Registration | None:
        """Welcome a person: row, account in the books and welcome tokens, once and together.

        The welcome is for those who were never here before, erased meanwhile or not. Who was banned when they were
        erased is banned.

        Somebody known takes over the names given here, and has not blocked the bot; nothing is written where all is so
        already. None where another registration of the same person was committed meanwhile: ask again.
        """
        row = await self._sql.fetchrow(
            """
            WITH stranger AS (
                SELECT WHERE NOT EXISTS (
                    SELECT FROM "SpentKey" WHERE digest = spent_key('welcome:' || $1::bigint)
                )
            ), gift AS (
                SELECT tokens FROM "Bonus", stranger WHERE kind = 'welcome'
            ), created AS (
                INSERT INTO "User" (user_id, username, first_name, last_name, locale, tokens_left, banned_at)
                VALUES ($1, $2, $3, $4, $5, coalesce((SELECT tokens FROM gift), 0), (
                    SELECT now() FROM "SpentKey" WHERE digest = spent_key('ban:' || $1::bigint)
                ))
                ON CONFLICT (user_id) DO NOTHING
                RETURNING user_id, username, first_name, last_name, locale, activation_date, tokens_left, tokens_held,
                          tokens_spent, tokens_owed, referral_code, is_admin, banned_at, blocked_bot_at, frozen_at
            ), greeted AS (
                INSERT INTO "SpentKey" (digest) SELECT spent_key('welcome:' || user_id) FROM created
                ON CONFLICT (digest) DO NOTHING
            ), account AS (
                INSERT INTO "Account" (user_id) SELECT user_id FROM created RETURNING account_id
            ), entries AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id)
                SELECT 'welcome:account:' || account_id, 'bonus', 'wallet:' || account_id, tokens, 'welcome', account_id
                FROM account, gift WHERE tokens > 0
            ), renamed AS (
                UPDATE "User" SET username = $2, first_name = $3, last_name = $4, blocked_bot_at = NULL
                WHERE user_id = $1
                  AND ((username, first_name, last_name) IS DISTINCT FROM ($2, $3, $4) OR blocked_bot_at IS NOT NULL)
                RETURNING user_id, username, first_name, last_name, locale, activation_date, tokens_left, tokens_held,
                          tokens_spent, tokens_owed, referral_code, is_admin, banned_at, blocked_bot_at, frozen_at
            )
            SELECT TRUE AS is_new, EXISTS (SELECT FROM stranger) AS is_stranger, * FROM created
            UNION ALL
            SELECT FALSE, FALSE, * FROM renamed
            UNION ALL
            SELECT FALSE, FALSE, user_id, username, first_name, last_name, locale, activation_date, tokens_left,
                   tokens_held, tokens_spent, tokens_owed, referral_code, is_admin, banned_at, blocked_bot_at, frozen_at
            FROM "User" WHERE user_id = $1 AND NOT EXISTS (SELECT FROM renamed)
            """,
            user_id,
            username,
            first_name,
            last_name,
            locale,
        )
        if row is None:
            return None
        columns = dict(row)
        is_new, is_stranger = columns.pop("is_new"), columns.pop("is_stranger")
        person = User(**columns)
        return Registration(person, is_new, is_stranger, person.tokens_left if is_new else 0)

    async def update_tokens(self, user_id: int, tokens: int, *, idempotency_key: str | None = None) -> int:
        """Add tokens (a negative number takes them) as a ledger adjustment; returns what is left.

        The same idempotency_key moves them once. Raises ValueError for zero, LookupError for an unknown person,
        asyncpg.CheckViolationError where more would be taken than is left.
        """
        key = idempotency_key or f"adjustment:{uuid4()}"
        return await LedgerRepository(self._sql).adjust(user_id, tokens, key)

    async def set_locale(self, user_id: int, locale: str) -> None:
        """Speak this language (ru, en) with the person from now on."""
        await self._sql.execute("""UPDATE "User" SET locale = $2 WHERE user_id = $1""", user_id, locale)

    async def set_blocked_bot(self, user_id: int, blocked: bool) -> None:
        """Note that the person stopped the bot, or came back."""
        await self._sql.execute(
            """
            UPDATE "User" SET blocked_bot_at = CASE WHEN $2 THEN coalesce(blocked_bot_at, now()) END
            WHERE user_id = $1
            """,
            user_id,
            blocked,
        )

    async def set_admin(self, user_id: int, is_admin: bool) -> bool:
        """Grant or take admin rights; False where nobody has this id."""
        row = await self._sql.fetchval(
            """UPDATE "User" SET is_admin = $2 WHERE user_id = $1 RETURNING user_id""", user_id, is_admin
        )
        return row is not None

    async def get_user_statistics(self, user_id: int) -> UserStatistics | None:
        """Counts over what the person made, paid and brought, or None for an unknown id."""
        row = await self._sql.fetchrow(
            """
            SELECT
                (SELECT count(*) FROM "Generation" WHERE user_id = $1) AS generations,
                (SELECT count(*) FROM "Generation" g JOIN "File" f USING (generation_id) WHERE g.user_id = $1)
                    AS pictures,
                (SELECT count(*) FROM "Model" WHERE user_id = $1) AS models,
                (SELECT count(*) FROM "Payment" WHERE user_id = $1) AS payments,
                (SELECT count(*) FROM "ReferralInvite" WHERE referrer_id = $1) AS invited,
                tokens_left, tokens_spent, p.portraits, p.likeness, p.below_line, p.remade
            FROM "User" CROSS JOIN LATERAL (
                SELECT count(*) AS portraits, avg(likeness)::float8 AS likeness,
                       avg((likeness * 100 < (SELECT amount FROM "Limit" WHERE kind = 'likeness_percent'))::integer)
                           ::float8 AS below_line,
                       avg(is_remade::integer)::float8 AS remade
                FROM "File" WHERE user_id = $1 AND has_face IS NOT NULL
            ) p
            WHERE user_id = $1
            """,
            user_id,
        )
        return UserStatistics(**row) if row else None
