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
    owed: int
    """What the person owes by then; 0 for one who is erased."""


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
    tokens_owed: int
    ledger_left: int
    ledger_held: int
    ledger_owed: int


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
        """Set tokens aside for a task; False where fewer are left, or the person is frozen (nothing is written).

        Of many at once for the last tokens exactly one succeeds: the balance is tested in its own UPDATE.
        """
        held = await self._sql.fetchval(
            """
            WITH paid AS (
                UPDATE "User" SET tokens_left = tokens_left - $3, tokens_held = tokens_held + $3
                WHERE user_id = $1 AND tokens_left >= $3 AND frozen_at IS NULL
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
                RETURNING "User".tokens_owed
            )
            SELECT captured, released, coalesce((SELECT tokens_owed FROM balance), 0) AS owed FROM settled
            """,
            task_id,
            captured,
        )
        return Settlement(**row) if row else None

    async def take_back(self, user_id: int, tokens: int, key: str, payment_id: int, *, all_or_nothing: bool) -> int:
        """Move a refunded payment's tokens from the person back to the house; returns how many could be taken.

        all_or_nothing: take all of them or none. Otherwise what is missing becomes the person's debt. For a
        transaction that knows the key to be new. Raises LookupError for somebody unknown.
        """
        row = await self._sql.fetchrow(
            """
            WITH person AS (
                SELECT user_id, account_id,
                       CASE WHEN NOT $5::boolean OR tokens_left >= $2 THEN least(tokens_left, $2) ELSE 0 END AS taken,
                       CASE WHEN $5::boolean THEN 0 ELSE greatest($2 - tokens_left, 0) END AS owed
                FROM "User" JOIN "Account" USING (user_id) WHERE user_id = $1
                FOR NO KEY UPDATE OF "User"
            ), moved AS (
                UPDATE "User" u SET tokens_left = u.tokens_left - person.taken,
                                    tokens_owed = u.tokens_owed + person.owed
                FROM person WHERE u.user_id = person.user_id
            ), entries AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id, payment_id)
                SELECT 'refund:' || $3::text, 'wallet:' || account_id, 'revenue', taken, 'refund', account_id,
                       $4::integer
                FROM person WHERE taken > 0
                UNION ALL
                SELECT 'refund_debt:' || $3::text, 'debt', 'revenue', owed, 'refund_debt', account_id, $4::integer
                FROM person WHERE owed > 0
            )
            SELECT taken FROM person
            """,
            user_id,
            tokens,
            key,
            payment_id,
            all_or_nothing,
        )
        if row is None:
            raise LookupError(f"no user {user_id}")
        return int(row["taken"])

    async def pay_debt(self, user_id: int, key: str) -> int:
        """Pay what the person owes from what they have left, as far as it goes; returns the tokens paid.

        For a transaction that knows the key to be new.
        """
        paid: int | None = await self._sql.fetchval(
            """
            WITH person AS (
                SELECT user_id, account_id, least(tokens_left, tokens_owed) AS paid
                FROM "User" JOIN "Account" USING (user_id)
                WHERE user_id = $1 AND tokens_owed > 0 AND tokens_left > 0
                FOR NO KEY UPDATE OF "User"
            ), moved AS (
                UPDATE "User" u SET tokens_left = u.tokens_left - person.paid, tokens_owed = u.tokens_owed - person.paid
                FROM person WHERE u.user_id = person.user_id
            ), entry AS (
                INSERT INTO "LedgerEntry"
                    (idempotency_key, debit_account, credit_account, amount, kind, account_id)
                SELECT 'debt_paid:' || $2, 'wallet:' || account_id, 'debt', paid, 'debt_paid', account_id FROM person
            )
            SELECT paid FROM person
            """,
            user_id,
            key,
        )
        return paid or 0

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
                SELECT CASE credit_account WHEN 'debt' THEN 'debt:' || account_id ELSE credit_account END AS account,
                       amount
                FROM "LedgerEntry"
                UNION ALL
                SELECT CASE debit_account WHEN 'debt' THEN 'debt:' || account_id ELSE debit_account END, -amount
                FROM "LedgerEntry"
            ), balance AS (
                SELECT account, sum(amount)::bigint AS tokens FROM movement GROUP BY account
            )
            SELECT u.user_id, u.tokens_left, u.tokens_held, u.tokens_owed,
                   coalesce(wallet.tokens, 0) AS ledger_left, coalesce(held.tokens, 0) AS ledger_held,
                   -coalesce(debt.tokens, 0) AS ledger_owed
            FROM "User" u
            LEFT JOIN "Account" a USING (user_id)
            LEFT JOIN balance wallet ON wallet.account = 'wallet:' || a.account_id
            LEFT JOIN balance held ON held.account = 'held:' || a.account_id
            LEFT JOIN balance debt ON debt.account = 'debt:' || a.account_id
            WHERE u.tokens_left <> coalesce(wallet.tokens, 0) OR u.tokens_held <> coalesce(held.tokens, 0)
               OR u.tokens_owed <> -coalesce(debt.tokens, 0)
            LIMIT $1
            """,
            limit,
        )
        return [LedgerGap(**row) for row in rows]
