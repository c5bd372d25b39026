"""Balances beside the ledger, for some people at a time, and the freezing of a person whose books disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class TouchedAccounts:
    """A page of the ledger: whose tokens moved."""

    entries: int
    """How many entries the page has."""
    last_entry: int
    """Where the next page begins."""
    settled_entry: int
    """Up to here nothing can be committed any more."""
    account_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class AccountGap:
    """A person whose balance is not what the ledger says. In tokens."""

    account_id: int
    user_id: int
    is_frozen: bool
    tokens_left: int
    tokens_held: int
    tokens_owed: int
    ledger_left: int
    ledger_held: int
    ledger_owed: int

    @property
    def tokens(self) -> int:
        """By how much: all differences, up and down."""
        return (
            abs(self.tokens_left - self.ledger_left)
            + abs(self.tokens_held - self.ledger_held)
            + abs(self.tokens_owed - self.ledger_owed)
        )


@dataclass(frozen=True, slots=True)
class Circulation:
    """The whole house's tokens, and what waits for the owner."""

    tokens_left: int
    tokens_held: int
    tokens_owed: int
    frozen_people: int
    refund_cases: int


class BooksRepository(Repository):
    """The tables "LedgerEntry", "Account" and the balance columns of "User", side by side."""

    async def get_touched(self, after_entry: int, lag: timedelta, limit: int) -> TouchedAccounts:
        """The accounts of the next entries. Entries younger than the lag are looked at again by the next round.

        Ids are given before the commit: a smaller one may appear after a larger, within the lag.
        """
        row = await self._sql.fetchrow(
            """
            WITH page AS (
                SELECT entry_id, account_id, created_at FROM "LedgerEntry"
                WHERE entry_id > $1 ORDER BY entry_id LIMIT $3
            )
            SELECT count(*) AS entries, coalesce(max(entry_id), $1) AS last_entry,
                   coalesce(min(entry_id) FILTER (WHERE created_at > now() - $2::interval) - 1, max(entry_id), $1)
                       AS settled_entry,
                   coalesce(array_agg(DISTINCT account_id) FILTER (WHERE account_id IS NOT NULL), '{}') AS account_ids
            FROM page
            """,
            after_entry,
            lag,
            limit,
        )
        return TouchedAccounts(**only(row))

    async def get_slice(self, after_account: int, limit: int) -> list[int]:
        """The next accounts in the order of their ids."""
        rows = await self._sql.fetch(
            """SELECT account_id FROM "Account" WHERE account_id > $1 ORDER BY account_id LIMIT $2""",
            after_account,
            limit,
        )
        return [row["account_id"] for row in rows]

    async def estimate_accounts(self) -> int:
        """About how many accounts there are, as PostgreSQL last counted; 0 before it has."""
        return int(
            only(
                await self._sql.fetchval(
                    """SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = '"Account"'::regclass"""
                )
            )
        )

    async def find_gaps(self, account_ids: Sequence[int]) -> list[AccountGap]:
        """Those of these accounts whose person's balance differs from the ledger. One statement, so one snapshot."""
        rows = await self._sql.fetch(
            """
            SELECT a.account_id, u.user_id, u.frozen_at IS NOT NULL AS is_frozen, u.tokens_left, u.tokens_held,
                   u.tokens_owed, ledger.wallet AS ledger_left, ledger.held AS ledger_held, ledger.owed AS ledger_owed
            FROM unnest($1::bigint[]) AS asked (account_id)
            JOIN "Account" a USING (account_id)
            JOIN "User" u USING (user_id)
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE 'wallet:' || a.account_id WHEN e.credit_account THEN e.amount
                                         WHEN e.debit_account THEN -e.amount END), 0)::bigint AS wallet,
                       coalesce(sum(CASE 'held:' || a.account_id WHEN e.credit_account THEN e.amount
                                         WHEN e.debit_account THEN -e.amount END), 0)::bigint AS held,
                       coalesce(sum(CASE 'debt' WHEN e.debit_account THEN e.amount
                                         WHEN e.credit_account THEN -e.amount END), 0)::bigint AS owed
                FROM "LedgerEntry" e WHERE e.account_id = a.account_id
            ) ledger
            WHERE (u.tokens_left, u.tokens_held, u.tokens_owed) <> (ledger.wallet, ledger.held, ledger.owed)
            """,
            account_ids,
        )
        return [AccountGap(**row) for row in rows]

    async def find_people(self, account_ids: Sequence[int]) -> dict[int, int]:
        """The user_id behind each of these accounts; those whose person was erased are missing."""
        rows = await self._sql.fetch(
            """
            SELECT account_id, user_id FROM "Account"
            WHERE account_id = ANY ($1::bigint[]) AND user_id IS NOT NULL
            """,
            account_ids,
        )
        return {row["account_id"]: row["user_id"] for row in rows}

    async def get_account(self, user_id: int) -> int | None:
        """The person's account, or None for somebody unknown."""
        account_id: int | None = await self._sql.fetchval(
            """SELECT account_id FROM "Account" WHERE user_id = $1""", user_id
        )
        return account_id

    async def lock_person(self, account_id: int) -> int | None:
        """Hold the person's balance still for the transaction; their user_id, or None where nobody is there.

        What is under way is waited for: a later statement of this transaction sees it whole, or not at all.
        """
        user_id: int | None = await self._sql.fetchval(
            """
            SELECT user_id FROM "User" WHERE user_id = (SELECT user_id FROM "Account" WHERE account_id = $1)
            FOR NO KEY UPDATE
            """,
            account_id,
        )
        return user_id

    async def set_frozen(self, user_id: int, is_frozen: bool) -> bool:
        """Let a person spend nothing, or again; False where it is so already."""
        row = await self._sql.fetchval(
            """
            UPDATE "User" SET frozen_at = CASE WHEN $2 THEN now() END
            WHERE user_id = $1 AND (frozen_at IS NOT NULL) <> $2 RETURNING user_id
            """,
            user_id,
            is_frozen,
        )
        return row is not None

    async def get_circulation(self) -> Circulation:
        """Sums over all people."""
        row = await self._sql.fetchrow(
            """
            SELECT coalesce(sum(tokens_left), 0)::bigint AS tokens_left,
                   coalesce(sum(tokens_held), 0)::bigint AS tokens_held,
                   coalesce(sum(tokens_owed), 0)::bigint AS tokens_owed,
                   count(frozen_at) AS frozen_people,
                   (SELECT count(*) FROM "Refund" WHERE state = 'case') AS refund_cases
            FROM "User"
            """
        )
        return Circulation(**only(row))
