"""Whoever takes several tasks at once takes them in one order, so that two never wait for each other."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from config.failpoints import Write
from db.pool import Database
from repository.queue import RunningTask
from repository.tasks import Lane
from services.orders import TextToImageOrder
from tests.integration.heart.conftest import SmallHouse

LOCK = """SELECT task_id FROM "Task" WHERE task_id = $1 FOR NO KEY UPDATE"""


@pytest.fixture
async def held(house: SmallHouse) -> list[RunningTask]:
    """Tasks of one worker with something to tell of each, by their ids."""
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 100""")
    person = await house.person()
    for number in range(6):
        await house.generations.request(person, TextToImageOrder(prompt="a fox"), key=str(number))
    claimed = await house.tasks.claim(Lane.CPU, 6)
    return sorted((RunningTask(task.task_id, task.attempt, 30) for task in claimed), key=lambda one: one.task_id)


@pytest.mark.parametrize("is_turned", [False, True], ids=["told by id", "told the other way round"])
async def test_a_renewal_that_waits_for_the_first_task_holds_none_of_the_others(
    house: SmallHouse, held: list[RunningTask], is_turned: bool
) -> None:
    first, *others = [one.task_id for one in held]
    async with house.db.transaction(Write.TASK_TELL) as holder:
        await holder.fetchval(LOCK, first)
        told = list(reversed(held)) if is_turned else held
        renewal = asyncio.create_task(house.tasks.renew(told))
        await _somebody_waits(house.db)
        for task_id in others:
            assert not await _is_held(house.db, task_id), "a preparation that wants both waits for ever"
    assert await renewal == {one.task_id: False for one in held}


async def _is_held(db: Database, task_id: UUID) -> bool:
    try:
        async with db.transaction(Write.TASK_TELL) as tx:
            await tx.fetchval(f"{LOCK} NOWAIT", task_id)
    except asyncpg.LockNotAvailableError:
        return True
    return False


async def _somebody_waits(db: Database) -> None:
    async with asyncio.timeout(20):
        while not await db.reading.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
