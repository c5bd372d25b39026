"""Of several processes one has the turn; the next one takes over as soon as it is free."""

import asyncio

import asyncpg
import pytest

from db import sole_turn
from db.sole_turn import SoleTurn, TurnLost

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(sole_turn, "LOOK_EVERY", 0.01)


@pytest.fixture
async def admin(database_dsn):
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()


async def end_sessions_with_locks(admin):
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")


async def holders(admin):
    return await admin.fetchval(
        """
        SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
        """
    )


async def test_the_second_waits_until_the_first_gives_the_turn_back(database_dsn, admin):
    first, second = SoleTurn(database_dsn, "bot"), SoleTurn(database_dsn, "bot")
    await first.take()
    waiting = asyncio.create_task(second.take())
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    await first.give_back()
    await asyncio.wait_for(waiting, 5)
    assert await holders(admin) == 1
    await second.give_back()
    assert await holders(admin) == 0


async def test_different_names_do_not_wait_for_one_another(database_dsn):
    turns = [SoleTurn(database_dsn, name) for name in ("bot", "other")]
    async with asyncio.timeout(5):
        for turn in turns:
            await turn.take()
    for turn in turns:
        await turn.give_back()


async def test_a_broken_connection_is_made_anew_and_the_turn_kept(database_dsn, admin):
    turn = SoleTurn(database_dsn, "bot")
    await turn.take()
    keeping = asyncio.create_task(turn.keep())
    await end_sessions_with_locks(admin)
    async with asyncio.timeout(5):
        while not await holders(admin):  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.01)
    assert not keeping.done()
    keeping.cancel()
    await turn.give_back()


async def test_whoever_lost_the_turn_to_another_is_told(database_dsn, admin, monkeypatch):
    first, second = SoleTurn(database_dsn, "bot"), SoleTurn(database_dsn, "bot")
    await first.take()
    await end_sessions_with_locks(admin)
    await second.take()
    with pytest.raises(TurnLost, match="another process has the turn of bot"):
        await asyncio.wait_for(first.keep(), 5)
    await second.give_back()
    await first.give_back()
