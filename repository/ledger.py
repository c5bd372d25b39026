"""Tokens: the double-entry ledger and the balances that follow it in the same statement.

Every method is one statement: there is no reading first and writing later, so two at once cannot both win.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Tokens that left one account and entered another."""

    entry_id: int
    idempotency_key: str
    debit_account: str
    credit_account: str
    amount: int
    kind: str
    account_id: int | None
    task_id: UUID | None
    payment_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a hold ended: tokens charged and tokens given back."""

    captured: int
    released: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Tokens set aside for a task; captured is None until they are settled."""

    task_id: UUID
    tokens: int
    captured: int | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerGap:
    """A person whose balance is not what the ledger says."""

    user_id: int
    tokens_left: int
    tokens_held: int
    ledger_left: int
    ledger_held: int


class LedgerRepository(Repository):
    """The tables "LedgerEntry" and "Hold", and the balance columns of "User"."""

    async def credit(
        self, user_id: int, tokens: int, *, source: str, kind: str, key: str, payment_id: int | None = None
    ) -> bool:
        """Move tokens from a house account to the person, once per key; False where the key was used before.

        Raises LookupError for a person without an account.
        """
        row = await self._sql.fetchrow(
            """
            WITH account AS (
                SELECT account_id FROM "Account" WHERE user_id = $1
            ), entry AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id, payment_id)
                SELECT $5, $3, 'wallet:' || account_id, $2, $4, account_id, $6 FROM account
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING amount
            ), paid AS (
                UPDATE "User" SET tokens_left = tokens_left + entry.amount FROM entry WHERE user_id = $1
                RETURNING user_id
            )
            SELECT EXISTS (SELECT FROM account) AS has_account, EXISTS (SELECT FROM paid) AS credited
            """,
            user_id,
            tokens,
            source,
            kind,
            key,
            payment_id,
        )
        if row is None or not row["has_account"]:
            raise LookupError(f"no account for user {user_id}")
        return bool(row["credited"])

    async def adjust(self, user_id: int, tokens: int, key: str) -> int:
        """Correct a balance by hand, up or down, once per key; returns the tokens left.

        Raises ValueError for zero, LookupError for an unknown person, asyncpg.CheckViolationError where more
        would be taken than is left.
        """
        if tokens == 0:
            raise ValueError("an adjustment of zero tokens moves nothing")
        left = await self._sql.fetchval(
            """
            WITH entry AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id)
                SELECT $3,
                       CASE WHEN $2 > 0 THEN 'adjustment' ELSE 'wallet:' || account_id END,
                       CASE WHEN $2 > 0 THEN 'wallet:' || account_id ELSE 'adjustment' END,
                       abs($2), 'adjustment', account_id
                FROM "Account" WHERE user_id = $1
                ON CONFLICT (idempotency_key) DO NOTHING
                RETURNING amount
            ), moved AS (
                UPDATE "User" SET tokens_left = tokens_left + $2
                WHERE user_id = $1 AND EXISTS (SELECT FROM entry)
                RETURNING tokens_left
            )
            SELECT tokens_left FROM moved
            UNION ALL
            SELECT tokens_left FROM "User" WHERE user_id = $1 AND NOT EXISTS (SELECT FROM moved)
            """,
            user_id,
            tokens,
            key,
        )
        if left is None:
            raise LookupError(f"no user {user_id}")
        return int(left)

    async def hold(self, user_id: int, task_id: UUID, tokens: int) -> bool:
        """Set tokens aside for a task; False where fewer are left (nothing is written).

        Of many at once for the last tokens exactly one succeeds: the balance is tested in its own UPDATE.
        """
        held = await self._sql.fetchval(
            """
            WITH paid AS (
                UPDATE "User" SET tokens_left = tokens_left - $3, tokens_held = tokens_held + $3
                WHERE user_id = $1 AND tokens_left >= $3
                RETURNING user_id
            ), entry AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id, task_id)
                SELECT 'hold:' || $2::uuid::text, 'wallet:' || account_id, 'held:' || account_id, $3, 'hold',
                       account_id, $2
                FROM paid JOIN "Account" USING (user_id)
                RETURNING account_id
            )
            INSERT INTO "Hold" (task_id, account_id, tokens) SELECT $2, account_id, $3 FROM entry
            RETURNING task_id
            """,
            user_id,
            task_id,
            tokens,
        )
        return held is not None

    async def settle_hold(self, task_id: UUID, captured: int) -> Settlement | None:
        """Charge what was made and give the rest back, once; None where there is no open hold.

        Raises asyncpg.CheckViolationError where more would be captured than was held.
        """
        row = await self._sql.fetchrow(
            """
            WITH settled AS (
                UPDATE "Hold" SET captured = $2, settled_at = now()
                WHERE task_id = $1 AND settled_at IS NULL
                RETURNING account_id, tokens, captured, tokens - captured AS released
            ), entries AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id, task_id)
                SELECT 'capture:' || $1::uuid::text, 'held:' || account_id, 'sales', captured, 'capture', account_id, $1
                FROM settled WHERE captured > 0
                UNION ALL
                SELECT 'release:' || $1::uuid::text, 'held:' || account_id, 'wallet:' || account_id, released,
                       'release', account_id, $1
                FROM settled WHERE released > 0
            ), balance AS (
                UPDATE "User" SET
                    tokens_held = tokens_held - settled.tokens,
                    tokens_left = tokens_left + settled.released,
                    tokens_spent = tokens_spent + settled.captured
                FROM settled JOIN "Account" USING (account_id)
                WHERE "User".user_id = "Account".user_id
            )
            SELECT captured, released FROM settled
            """,
            task_id,
            captured,
        )
        return Settlement(**row) if row else None

    async def get_hold(self, task_id: UUID) -> Hold | None:
        """What was set aside for a task, or None where it cost nothing."""
        row = await self._sql.fetchrow(
            """SELECT task_id, tokens, captured, settled_at FROM "Hold" WHERE task_id = $1""", task_id
        )
        return Hold(**row) if row else None

    async def get_user_entries(self, user_id: int, *, limit: int = 50, before: int | None = None) -> list[LedgerEntry]:
        """The person's movements, newest first, those older than entry `before`."""
        rows = await self._sql.fetch(
            """
            SELECT entry_id, idempotency_key, debit_account, credit_account, amount, kind, account_id, task_id,
                   payment_id, created_at
            FROM "LedgerEntry"
            WHERE account_id = (SELECT account_id FROM "Account" WHERE user_id = $1)
              AND ($3::bigint IS NULL OR entry_id < $3)
            ORDER BY entry_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
        )
        return [LedgerEntry(**row) for row in rows]

    async def find_gaps(self, *, limit: int = 10_000) -> list[LedgerGap]:
        """People whose balances differ from the ledger: must be empty. One statement, so one snapshot."""
        rows = await self._sql.fetch(
            """
            WITH movement AS (
                SELECT credit_account AS account, amount FROM "LedgerEntry"
                UNION ALL
                SELECT debit_account, -amount FROM "LedgerEntry"
            ), balance AS (
                SELECT account, sum(amount)::bigint AS tokens FROM movement GROUP BY account
            )
            SELECT u.user_id, u.tokens_left, u.tokens_held,
                   coalesce(wallet.tokens, 0) AS ledger_left, coalesce(held.tokens, 0) AS ledger_held
            FROM "User" u
            LEFT JOIN "Account" a USING (user_id)
            LEFT JOIN balance wallet ON wallet.account = 'wallet:' || a.account_id
            LEFT JOIN balance held ON held.account = 'held:' || a.account_id
            WHERE u.tokens_left <> coalesce(wallet.tokens, 0) OR u.tokens_held <> coalesce(held.tokens, 0)
            LIMIT $1
            """,
            limit,
        )
        return [LedgerGap(**row) for row in rows]
