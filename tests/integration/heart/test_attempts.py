"""From a claim to an ending: made, failed, stopped, lost, crashed, resumed."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from repository.ledger import LedgerRepository
from repository.tasks import Lane, Task, TaskStatus
from repository.vendor_calls import CallState, NewCall, VendorCallRepository
from services.errors import TaskNotFound
from services.orders import TextToImageOrder
from tests.integration.heart.conftest import SmallHouse, picture
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed, Finished, NeverHeard, StillRunning, Unknown, VendorRef
from workers.heartbeat import beat
from workers.lane import LaneRunner


async def ordered(house: SmallHouse, pictures: int = 1, user_id: int = 100, key: str = "a") -> Task:
    person = await house.person(user_id)
    return await house.generations.request(person, TextToImageOrder(prompt="a fox", num_images=pictures), key=key)


async def claimed(house: SmallHouse) -> Task:
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    return task


async def crash(house: SmallHouse, task_id: UUID) -> None:
    """What a killed worker leaves behind, once its lease has run out."""
    await house.db.reading.execute(
        """UPDATE "Task" SET lease_until = now() - interval '1 second' WHERE task_id = $1""", task_id
    )
    await house.tasks.sweep()


async def assert_books_are_right(house: SmallHouse) -> None:
    assert await LedgerRepository(house.db.reading).find_gaps() == []


async def test_a_finished_task_is_charged_once_and_its_pictures_are_stored(house, backend):
    await ordered(house, pictures=3)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.units_made, ended.progress) == (TaskStatus.COMPLETED, 3, 100)
    assert await house.balance() == (15, 0, 15)
    entry = await house.generations.entry_of_task(100, task.task_id)
    assert entry.generation.status is TaskStatus.COMPLETED
    assert [file.position for file in entry.files] == [0, 1, 2]
    for file in entry.files:
        assert await house.storage.get(file.storage_key)
        assert await house.storage.get(file.thumbnail_key)
    (call,) = await VendorCallRepository(house.db.reading).get_task_calls(task.task_id)
    assert (call.state, call.cost_microusd) == (CallState.DONE, 1300)
    await assert_books_are_right(house)


async def test_an_order_that_cannot_be_made_gives_every_token_back(house, backend):
    backend.failures = [Failed(ErrorKind.ORDER, "bad_words", "refused")]
    await ordered(house)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "bad_words")
    assert await house.balance() == (30, 0, 0)


async def test_a_passing_fault_is_tried_again_and_then_succeeds(house, backend):
    backend.failures = [Failed(ErrorKind.VENDOR, "busy", "503")]
    await ordered(house)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.QUEUED
    assert await house.tasks.claim(Lane.CPU, 1) == []  # not before its delay
    await house.db.reading.execute("""UPDATE "Task" SET due_at = now()""")
    await house.runner().run(Attempt(await claimed(house)))
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.COMPLETED
    assert await house.balance() == (25, 0, 5)


async def test_after_three_passing_faults_the_person_gets_the_tokens_back(house, backend):
    backend.failures = [Failed(ErrorKind.VENDOR, "busy", "503") for _ in range(3)]
    first = await ordered(house)
    for _ in range(3):
        await house.db.reading.execute("""UPDATE "Task" SET due_at = now()""")
        await house.runner().run(Attempt(await claimed(house)))
    ended = await house.tasks.get(100, first.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "busy")
    assert await house.balance() == (30, 0, 0)


async def test_a_worker_that_was_thought_dead_writes_nothing_when_it_comes_back(house, backend):
    await ordered(house)
    stale = await claimed(house)
    await crash(house, stale.task_id)
    fresh = await claimed(house)
    assert fresh.attempt == stale.attempt + 1
    await house.runner().run(Attempt(stale))
    assert (await house.tasks.get(100, stale.task_id)).status is TaskStatus.RUNNING
    assert await house.balance() == (25, 5, 0)
    await house.runner().run(Attempt(fresh))
    assert await house.balance() == (25, 0, 5)
    await assert_books_are_right(house)


@pytest.mark.parametrize(
    ("answer", "submits"),
    [
        (lambda call: Finished((picture(),)), 0),
        (lambda call: StillRunning(VendorRef(call.call_id, "vendor-1")), 0),
        (lambda call: NeverHeard(), 1),
    ],
    ids=["finished", "still running", "never heard"],
)
async def test_after_a_crash_the_vendor_is_asked_before_anything_is_done_again(house, backend, answer, submits):
    await ordered(house)
    lost = await claimed(house)
    call_id = UUID(int=7)
    await VendorCallRepository(house.db.reading).prepare([NewCall(call_id, lost.task_id, lost.attempt, 0, "preview")])
    await crash(house, lost.task_id)
    backend.resolution = answer
    await house.runner().run(Attempt(await claimed(house)))
    assert [call.call_id for call in backend.submitted] == [call_id] * submits
    assert (await house.tasks.get(100, lost.task_id)).status is TaskStatus.COMPLETED
    assert await house.balance() == (25, 0, 5)


async def test_while_the_vendor_cannot_be_asked_nothing_is_sent_again(house, backend):
    await ordered(house)
    lost = await claimed(house)
    await VendorCallRepository(house.db.reading).prepare(
        [NewCall(UUID(int=7), lost.task_id, lost.attempt, 0, "preview")]
    )
    await crash(house, lost.task_id)
    backend.resolution = lambda call: Unknown()
    await house.runner().run(Attempt(await claimed(house)))
    assert backend.submitted == []
    assert (await house.tasks.get(100, lost.task_id)).status is TaskStatus.QUEUED


async def test_a_task_that_took_down_three_workers_is_ended_and_paid_back(house):
    task = await ordered(house)
    for _ in range(4):
        await claimed(house)
        await crash(house, task.task_id)
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.error_code, ended.crash_count) == (TaskStatus.FAILED, "gave_up", 3)
    assert await house.balance() == (30, 0, 0)


async def test_a_task_that_nobody_claims_in_time_expires_with_its_tokens_back(house):
    task = await ordered(house)
    await house.db.reading.execute("""UPDATE "Task" SET expires_at = now()""")
    await house.tasks.sweep()
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "expired")
    assert await house.balance() == (30, 0, 0)


async def test_a_stop_before_the_claim_ends_the_task_at_once(house):
    task = await ordered(house)
    stopped = await house.tasks.cancel(100, task.task_id)
    assert stopped.status is TaskStatus.CANCELLED
    assert await house.balance() == (30, 0, 0)
    assert await house.tasks.claim(Lane.CPU, 1) == []
    assert (await house.tasks.cancel(100, task.task_id)).status is TaskStatus.CANCELLED
    assert await house.balance() == (30, 0, 0)


@pytest.mark.parametrize(("made", "balance"), [(0, (30, 0, 0)), (2, (20, 0, 10))])
async def test_a_stop_in_the_middle_charges_only_what_was_made(house, backend, made, balance, deadline):
    backend.gate = asyncio.Event()
    backend.made_when_stopped = made
    task = await ordered(house, pictures=4)
    runner = LaneRunner(Lane.CPU, 2, house.tasks, house.runner().run)
    await runner.wake()
    await asyncio.wait_for(backend.working.wait(), deadline)
    work = runner.attempts[task.task_id].work
    assert (await house.tasks.cancel(100, task.task_id)).status is TaskStatus.RUNNING
    await beat(house.tasks, [runner])
    await asyncio.wait_for(work, deadline)
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.units_made, ended.progress) == (TaskStatus.CANCELLED, made, 40)
    assert await house.balance() == balance
    await assert_books_are_right(house)


async def test_somebody_elses_task_can_be_neither_read_nor_stopped(house):
    task = await ordered(house)
    with pytest.raises(TaskNotFound):
        await house.tasks.get(101, task.task_id)
    with pytest.raises(TaskNotFound):
        await house.tasks.cancel(101, task.task_id)
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.QUEUED


async def test_a_worker_that_stops_hands_its_tasks_back(house, backend, deadline):
    backend.gate = asyncio.Event()
    task = await ordered(house)
    runner = LaneRunner(Lane.CPU, 2, house.tasks, house.runner().run)
    await runner.wake()
    await asyncio.wait_for(backend.working.wait(), deadline)
    await runner.close(timedelta(0))
    handed = await house.tasks.get(100, task.task_id)
    assert (handed.status, handed.crash_count, handed.failure_count) == (TaskStatus.QUEUED, 0, 0)
    assert (await claimed(house)).attempt == 2


async def test_the_heartbeat_drops_what_another_attempt_owns(house, backend, deadline):
    backend.gate = asyncio.Event()
    task = await ordered(house)
    runner = LaneRunner(Lane.CPU, 1, house.tasks, house.runner().run)
    await runner.wake()
    await asyncio.wait_for(backend.working.wait(), deadline)
    work = runner.attempts[task.task_id].work
    await crash(house, task.task_id)
    await claimed(house)
    await beat(house.tasks, [runner])
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(work, deadline)
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.RUNNING


async def test_a_person_with_one_task_does_not_wait_behind_one_with_many(house):
    for number in range(6):
        await ordered(house, user_id=100, key=f"k{number}")
    await ordered(house, user_id=200)
    order = [(await claimed(house)).user_id for _ in range(7)]
    assert order.index(200) <= 2


async def test_two_claims_at_once_never_take_the_same_task(house):
    for number in range(6):
        await ordered(house, user_id=100 + number)
    batches = await asyncio.gather(*(house.tasks.claim(Lane.CPU, 2) for _ in range(6)))
    taken = [task.task_id for batch in batches for task in batch]
    assert len(taken) == len(set(taken)) == 6
