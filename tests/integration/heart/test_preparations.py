"""Calls that are noted together: each under its own fence, all under the day's cap."""

import asyncio
from uuid import uuid4

import pytest

from repository.tasks import Lane, Task
from repository.vendor_calls import NewCall, Prepared, VendorCallRepository
from services.orders import TextToImageOrder
from tests.integration.heart.conftest import SmallHouse
from workers.preparations import Preparations

ESTIMATE = 1000
COUNT = 8


@pytest.fixture
async def tasks(house: SmallHouse) -> list[Task]:
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 100""")
    person = await house.person()
    for number in range(COUNT):
        await house.generations.request(person, TextToImageOrder(prompt="a fox"), key=str(number))
    return await house.tasks.claim(Lane.CPU, COUNT)


def call_of(task: Task, *, attempt: int | None = None) -> NewCall:
    return NewCall(uuid4(), task.task_id, attempt or task.attempt, 0, "preview", ESTIMATE)


async def spent(house: SmallHouse) -> int:
    return int(await house.db.reading.fetchval("""SELECT coalesce(sum(microusd), 0) FROM "VendorSpending" """))


async def noted(house: SmallHouse) -> set[object]:
    return {row["call_id"] for row in await house.db.reading.fetch("""SELECT call_id FROM "VendorCall" """)}


async def cap(house: SmallHouse, microusd: int) -> None:
    await house.db.reading.execute("""UPDATE "Rate" SET microusd = $1 WHERE kind = 'vendor_spending_a_day'""", microusd)


async def test_calls_that_come_together_are_all_noted_and_set_aside(house, tasks):
    preparations = Preparations(house.db)
    calls = [call_of(task) for task in tasks]
    assert await asyncio.gather(*map(preparations.prepare, calls)) == [Prepared.READY] * COUNT
    assert await noted(house) == {call.call_id for call in calls}
    assert await spent(house) == COUNT * ESTIMATE


async def test_a_call_of_an_attempt_that_lost_its_task_is_refused_among_others(house, tasks):
    preparations = Preparations(house.db)
    lost, *owned = [call_of(tasks[0], attempt=99), *map(call_of, tasks[1:])]
    answers = await asyncio.gather(*map(preparations.prepare, (lost, *owned)))
    assert answers == [Prepared.LOST, *[Prepared.READY] * (COUNT - 1)]
    assert await noted(house) == {call.call_id for call in owned}
    assert await spent(house) == (COUNT - 1) * ESTIMATE


async def test_of_calls_that_pass_the_cap_together_as_many_are_noted_as_fit(house, tasks):
    await cap(house, 5 * ESTIMATE)
    preparations = Preparations(house.db)
    answers = await asyncio.gather(*(preparations.prepare(call_of(task)) for task in tasks))
    assert sorted(answers) == sorted([Prepared.READY] * 5 + [Prepared.OVER_BUDGET] * (COUNT - 5))
    assert await spent(house) == 5 * ESTIMATE
    assert len(await noted(house)) == 5


async def test_two_processes_together_do_not_pass_the_cap(house, tasks):
    await cap(house, 5 * ESTIMATE)
    one, other = Preparations(house.db), Preparations(house.db)
    answers = await asyncio.gather(
        *(preparations.prepare(call_of(task)) for task in tasks for preparations in (one, other))
    )
    assert answers.count(Prepared.READY) == 5
    assert await spent(house) == 5 * ESTIMATE


async def test_asked_again_after_a_lost_answer_nothing_is_set_aside_twice(house, tasks):
    calls = [call_of(task) for task in tasks]
    repository = VendorCallRepository(house.db.reading)
    assert await repository.prepare(calls[:3]) == [Prepared.READY] * 3
    assert await repository.prepare(calls) == [Prepared.READY] * COUNT
    assert await spent(house) == COUNT * ESTIMATE


async def test_whoever_stops_waiting_takes_nobody_along(house, tasks):
    preparations = Preparations(house.db)
    impatient, *others = [asyncio.create_task(preparations.prepare(call_of(task))) for task in tasks]
    await asyncio.sleep(0)
    impatient.cancel()
    assert await asyncio.gather(*others) == [Prepared.READY] * (COUNT - 1)
