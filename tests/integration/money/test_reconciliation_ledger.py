"""Balances beside the ledger: a person whose books disagree is frozen within a round, and nobody else is touched."""

import asyncio
import time

import asyncpg
import pytest

from config.failpoints import Write
from db.pool import Database
from repository.books import BooksRepository
from repository.ledger import LedgerRepository
from repository.users import UserRepository
from services.errors import AccountFrozen
from services.money.frozen_accounts import FrozenAccounts, Unfreezing
from services.money.ledger_comparison import LedgerComparison
from services.money.payments import Payments
from tests.integration.money.bookkeeping import events, frozen, gaps, make_due, value
from tests.integration.money.conftest import Meet

TAMPER = 'UPDATE "User" SET tokens_left = tokens_left + $2 WHERE user_id = $1'
ENTRIES = 100_000
PEOPLE = 2_000


@pytest.fixture
def comparison(database: Database) -> LedgerComparison:
    return LedgerComparison(database)


async def test_a_balance_that_was_tampered_with_freezes_that_person_alone_within_one_round(
    comparison: LedgerComparison, payments: Payments, meet: Meet, database: Database
) -> None:
    for user_id in range(1, 21):
        await meet(user_id)
    await comparison.round()
    assert await frozen(database) == []
    await database.reading.execute(TAMPER, 7, 1000)
    await make_due(database)
    found = await comparison.round()
    assert found is not None
    assert found.gaps == await gaps(database, "ledger") == 1
    assert await frozen(database) == [7]
    account = await value(database, 'SELECT account_id FROM "Account" WHERE user_id = 7')
    assert await events(database, "ledger_gap") == {f"account {account}": True}
    with pytest.raises(AccountFrozen):
        await payments.invoice(await meet(7), "tokens_50")
    assert await payments.invoice(await meet(8), "tokens_50")


@pytest.mark.parametrize("column", ["tokens_left", "tokens_held", "tokens_owed"])
async def test_each_of_the_three_balances_is_compared(
    comparison: LedgerComparison, meet: Meet, database: Database, column: str
) -> None:
    await meet(7)
    await database.reading.execute(f'UPDATE "User" SET {column} = {column} + 1')  # noqa: S608 - a name of this test
    await comparison.round()
    assert await frozen(database) == [7]


async def test_ordinary_movements_are_no_gap(comparison: LedgerComparison, meet: Meet, database: Database) -> None:
    ledger = LedgerRepository(database.reading)
    for user_id in (1, 2, 3):
        await meet(user_id)
        await UserRepository(database.reading).update_tokens(user_id, -10)
        async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
            await LedgerRepository(tx).take_back(user_id, 50, f"k{user_id}", await _payment(tx), all_or_nothing=False)
        await ledger.credit(user_id, 20, source="bonus", kind="promo", key=f"promo {user_id}")
        await ledger.pay_debt(user_id, f"d{user_id}")
    found = await comparison.round()
    assert found is not None
    assert (found.gaps, await frozen(database)) == (0, [])
    assert found.entries == await value(database, 'SELECT count(*) FROM "LedgerEntry"')
    assert await ledger.find_gaps() == []


async def _payment(tx: asyncpg.Connection) -> int:  # type: ignore[type-arg]
    return int(await tx.fetchval('INSERT INTO "Payment" (amount, tokens) VALUES (75, 50) RETURNING payment_id'))


async def test_nobody_is_frozen_for_a_transaction_that_is_under_way(meet: Meet, database: Database) -> None:
    await meet(7)
    account_id = await BooksRepository(database.reading).get_account(7)
    assert account_id is not None
    await database.reading.execute(TAMPER, 7, 5)
    assert len(await BooksRepository(database.reading).find_gaps([account_id])) == 1, "the first look sees a gap"
    async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
        await tx.execute(TAMPER, 7, -5)
        second_look = asyncio.create_task(FrozenAccounts(database).freeze(account_id))
        waits = """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                   AND datname = current_database()"""
        async with asyncio.timeout(10):
            while not await database.reading.fetchval(waits):
                assert not second_look.done()
    assert await second_look is False
    assert await frozen(database) == []


async def test_a_hundred_payments_during_the_rounds_freeze_nobody(
    comparison: LedgerComparison, meet: Meet, database: Database
) -> None:
    for user_id in range(1, 11):
        await meet(user_id)

    async def pay(number: int) -> None:
        ledger = LedgerRepository(database.reading)
        await ledger.credit(number % 10 + 1, 3, source="bonus", kind="promo", key=f"promo {number}")

    paying = asyncio.gather(*(pay(number) for number in range(100)))
    while not paying.done():
        await make_due(database)
        await comparison.round()
    await paying
    assert await frozen(database) == []


async def test_nothing_is_unfrozen_by_itself_and_only_books_that_agree_are_by_hand(
    comparison: LedgerComparison, meet: Meet, database: Database
) -> None:
    await meet(7)
    accounts = FrozenAccounts(database)
    await database.reading.execute(TAMPER, 7, 5)
    await comparison.round()
    assert await accounts.unfreeze(7) is Unfreezing.GAP_STANDS
    await database.reading.execute(TAMPER, 7, -5)
    await make_due(database)
    found = await comparison.round()
    assert found is not None
    assert (found.gaps, await frozen(database)) == (0, [7])
    assert list((await events(database, "ledger_gap")).values()) == [True]
    assert await accounts.unfreeze(7) is Unfreezing.DONE
    assert list((await events(database, "ledger_gap")).values()) == [False]
    assert await accounts.unfreeze(7) is Unfreezing.NOT_FROZEN
    assert await accounts.unfreeze(8) is Unfreezing.UNKNOWN


async def test_a_gap_goes_with_its_person(comparison: LedgerComparison, meet: Meet, database: Database) -> None:
    await meet(7)
    await database.reading.execute(TAMPER, 7, 5)
    await comparison.round()
    await database.reading.execute('DELETE FROM "User" WHERE user_id = 7')
    await make_due(database)
    found = await comparison.round()
    assert found is not None
    assert found.gaps == 0
    assert list((await events(database, "ledger_gap")).values()) == [False]


async def test_of_many_processes_one_makes_a_round_and_the_next_is_a_minute_later(
    comparison: LedgerComparison, database: Database
) -> None:
    rounds = await asyncio.gather(*(LedgerComparison(database).round() for _ in range(8)))
    assert sum(one is not None for one in rounds) == 1
    assert await comparison.round() is None


async def test_everybody_is_seen_in_turn_whether_anything_of_theirs_moved_or_not(
    comparison: LedgerComparison, database: Database
) -> None:
    await database.reading.execute('INSERT INTO "User" (user_id) SELECT generate_series(1, 250)')
    await database.reading.execute('INSERT INTO "Account" (user_id) SELECT user_id FROM "User" ORDER BY user_id')
    await database.reading.execute(TAMPER, 250, 1)
    seen = []
    for _ in range(3):
        await make_due(database)
        found = await comparison.round()
        assert found is not None
        seen.append((found.people, await frozen(database)))
    assert seen == [(100, []), (100, []), (50, [250])]


async def test_a_round_reads_what_moved_and_not_the_whole_ledger(
    comparison: LedgerComparison, database: Database, record_property: pytest.FixtureRequest
) -> None:
    await database.reading.execute(
        f"""
        INSERT INTO "User" (user_id) SELECT generate_series(1, {PEOPLE});
        INSERT INTO "Account" (user_id) SELECT user_id FROM "User" ORDER BY user_id;
        INSERT INTO "LedgerEntry"
            (idempotency_key, debit_account, credit_account, amount, kind, account_id, created_at)
        SELECT 'k' || n, 'bonus', 'wallet:' || account_id, 1, 'bonus', account_id, now() - interval '1 hour'
        FROM generate_series(1, {ENTRIES}) AS n
        JOIN (SELECT account_id, row_number() OVER () AS place FROM "Account") a ON a.place = n % {PEOPLE} + 1;
        UPDATE "User" SET tokens_left = {ENTRIES // PEOPLE};
        ANALYZE "User"; ANALYZE "Account"; ANALYZE "LedgerEntry";
        """  # noqa: S608 - numbers of this file
    )
    first = await _timed(database, comparison.round())
    for number in range(100):
        await LedgerRepository(database.reading).credit(number + 1, 1, source="bonus", kind="b", key=f"new {number}")
    await make_due(database)
    later = await _timed(database, comparison.round())
    whole = await _timed(database, LedgerRepository(database.reading).find_gaps())
    print(f"\nfirst round, a later round, the whole (rows of the ledger, s): {first}, {later}, {whole}")  # noqa: T201
    assert await frozen(database) == []
    assert later[0] < whole[0] / 10


async def _timed(database: Database, work) -> tuple[int, float]:  # type: ignore[no-untyped-def]
    """Rows of the ledger that were read, and the seconds."""
    rows = """SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'LedgerEntry'"""
    before, began = await _flushed(database, rows), time.perf_counter()
    await work
    seconds = time.perf_counter() - began
    return await _flushed(database, rows) - before, round(seconds, 3)


async def _flushed(database: Database, question: str) -> int:
    """Each connection counts for itself and tells a little later: let all of them tell now."""

    async def tell() -> None:
        await database.reading.fetchval("SELECT pg_stat_force_next_flush(), pg_sleep(0.02)")

    await asyncio.gather(*(tell() for _ in range(8)))
    await database.reading.execute("SELECT pg_stat_clear_snapshot()")
    return int(await value(database, question))
