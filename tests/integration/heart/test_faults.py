"""What goes wrong between a claim and an ending: vendors away, answers lost, presses at bad moments."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from config.failpoints import Write
from repository.ledger import LedgerRepository
from repository.queue import QueueRepository
from repository.tasks import Lane, Task, TaskRepository, TaskStatus
from repository.vendor_calls import CallState, NewCall, Prepared, VendorCallRepository
from services.errors import TooManyTasks
from services.orders import TextToImageOrder
from services.task_endings import Ending
from services.tasks import Tasks
from tests.integration.heart.conftest import SmallHouse, picture
from tests.integration.heart.test_attempts import claimed, crash, ordered
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed, Finished, NeverHeard, StillRunning, VendorRef
from workers.heartbeat import beat
from workers.lane import LaneRunner

CALL = UUID(int=7)


async def lost_with_a_call(house: SmallHouse, pictures: int = 1) -> Task:
    """A task whose worker died after it had noted a call; it waits for another."""
    await ordered(house, pictures)
    lost = await claimed(house)
    calls = VendorCallRepository(house.db.writing(Write.CALL_PREPARE))
    assert await calls.prepare([NewCall(CALL, lost.task_id, lost.attempt, 0, "preview")]) == [Prepared.READY]
    await crash(house, lost.task_id)
    return lost


async def due_now(house: SmallHouse) -> None:
    await house.db.writing(Write.TASK_TELL).execute("""UPDATE "Task" SET due_at = now()""")


async def past_its_deadline(house: SmallHouse, seconds: int) -> None:
    await house.db.writing(Write.TASK_TELL).execute(
        """UPDATE "Task" SET deadline_at = now() - make_interval(secs => $1)""", seconds
    )


async def call_states(house: SmallHouse, task: Task) -> list[CallState]:
    return [call.state for call in await VendorCallRepository(house.db.reading).get_task_calls(task.task_id)]


@pytest.mark.parametrize("away", ["submit", "follow"])
async def test_a_vendor_that_is_away_is_waited_for_however_often_it_does_not_answer(house, backend, away):
    backend.away = away
    task = await ordered(house)
    for _ in range(6):
        await due_now(house)
        await house.runner().run(Attempt(await claimed(house)))
        waiting = await house.tasks.get(100, task.task_id)
        assert (waiting.status, waiting.failure_count, waiting.crash_count) == (TaskStatus.QUEUED, 0, 0)
    backend.away = ""
    await due_now(house)
    await house.runner().run(Attempt(await claimed(house)))
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.COMPLETED
    assert len({call.call_id for call in backend.submitted}) == 1
    assert await house.balance() == (25, 0, 5)


async def test_waiting_for_a_vendor_ends_at_the_deadline_with_the_tokens_back_and_the_call_in_doubt(house, backend):
    lost = await lost_with_a_call(house)
    backend.away = "all"
    await house.runner().run(Attempt(await claimed(house)))
    await past_its_deadline(house, 1)
    await due_now(house)
    assert await house.tasks.claim(Lane.CPU, 1) == []
    await house.tasks.sweep()
    ended = await house.tasks.get(100, lost.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "deadline")
    assert await call_states(house, lost) == [CallState.UNKNOWN]
    assert await house.balance() == (30, 0, 0)


async def test_a_worker_that_hangs_past_the_deadline_is_not_waited_for(house):
    task = await ordered(house)
    hanging = await claimed(house)
    await past_its_deadline(house, 30)
    await house.tasks.sweep()
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.RUNNING  # it may yet end it by itself
    await past_its_deadline(house, 90)
    await house.tasks.sweep()
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "deadline")
    assert not await house.tasks.end(hanging, Ending(TaskStatus.COMPLETED))
    assert await house.balance() == (30, 0, 0)


async def test_at_the_deadline_what_is_finished_is_delivered_and_paid_for_and_the_rest_is_not(house, backend):
    backend.gate = asyncio.Event()
    backend.made_when_stopped = 1
    await ordered(house, pictures=3)
    await house.db.writing(Write.TASK_TELL).execute("""UPDATE "Task" SET time_limit = interval '50 milliseconds'""")
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    ended = await house.tasks.get(100, task.task_id)
    assert (ended.status, ended.error_code, ended.units_made) == (TaskStatus.FAILED, "deadline", 1)
    assert await house.balance() == (25, 0, 5)
    assert len((await house.generations.entry_of_task(100, task.task_id)).files) == 1


async def test_a_vendor_that_made_only_some_of_the_pictures_is_paid_for_only_those(house, backend):
    lost = await lost_with_a_call(house, pictures=3)
    backend.resolution = lambda call: Finished((picture(1), picture(2)), cost_microusd=900)
    await house.runner().run(Attempt(await claimed(house)))
    ended = await house.tasks.get(100, lost.task_id)
    assert (ended.status, ended.error_code, ended.units_made) == (TaskStatus.COMPLETED, "partial", 2)
    assert await house.balance() == (20, 0, 10)


async def test_a_stopped_task_is_not_sent_to_a_vendor_that_never_heard_of_it(house, backend):
    lost = await lost_with_a_call(house)
    backend.resolution = lambda call: NeverHeard()
    again = await claimed(house)
    assert (await house.tasks.cancel(100, lost.task_id)).status is TaskStatus.RUNNING
    attempt = Attempt(again)
    attempt.stop()
    await house.runner().run(attempt)
    assert backend.submitted == []
    assert (await house.tasks.get(100, lost.task_id)).status is TaskStatus.CANCELLED
    assert await call_states(house, lost) == [CallState.FAILED]
    assert await house.balance() == (30, 0, 0)


async def test_a_stop_while_the_vendor_is_away_ends_the_task_at_once(house, backend):
    lost = await lost_with_a_call(house)
    backend.away = "all"
    attempt = Attempt(await claimed(house))
    attempt.stop()
    await house.runner().run(attempt)
    assert (await house.tasks.get(100, lost.task_id)).status is TaskStatus.CANCELLED
    assert await call_states(house, lost) == [CallState.UNKNOWN]
    assert await house.balance() == (30, 0, 0)


async def test_a_stop_between_two_attempts_ends_the_task_with_the_tokens_back(house):
    task = await ordered(house)
    running = await claimed(house)
    assert await house.tasks.hand_back(running, timedelta(seconds=30), failed=True)
    assert (await house.tasks.cancel(100, task.task_id)).status is TaskStatus.CANCELLED
    assert await house.balance() == (30, 0, 0)


async def test_a_stop_that_its_worker_never_heard_of_is_carried_out_by_the_sweep(house):
    task = await ordered(house)
    running = await claimed(house)
    assert (await house.tasks.cancel(100, task.task_id)).status is TaskStatus.RUNNING
    assert await house.tasks.hand_back(running, timedelta(seconds=30), failed=True)
    await house.tasks.sweep()
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.CANCELLED
    assert await house.balance() == (30, 0, 0)


async def test_what_was_done_before_it_heard_of_a_stop_is_delivered_as_a_whole(house, backend, deadline):
    backend.gate = asyncio.Event()
    backend.made_when_stopped = 2
    task = await ordered(house, pictures=2)
    runner = LaneRunner(Lane.CPU, 1, house.tasks, house.runner().run)
    await runner.wake()
    await asyncio.wait_for(backend.working.wait(), deadline)
    work = runner.attempts[task.task_id].work
    await house.tasks.cancel(100, task.task_id)
    await beat(house.tasks, [runner])
    await asyncio.wait_for(work, deadline)
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.COMPLETED
    assert await house.balance() == (20, 0, 10)


class AnswerLost(Tasks):
    """The database does what it is asked, and the first answer to an ending is lost on the way."""

    lost = False

    async def end(self, task: Task, ending: Ending) -> bool:
        ended = await super().end(task, ending)
        if not self.lost:
            self.lost = True
            raise ConnectionResetError("the answer to COMMIT was lost")
        return ended


async def test_a_commit_whose_answer_is_lost_keeps_its_pictures(house, backend, doorbell):
    await ordered(house, pictures=2)
    task = await claimed(house)
    runner = task_runner(house.db, AnswerLost(house.db, doorbell), house.storage, [backend])
    await runner.run(Attempt(task))
    assert await house.balance() == (20, 0, 10)
    for file in (await house.generations.entry_of_task(100, task.task_id)).files:
        assert await house.storage.get(file.storage_key)
        assert await house.storage.get(file.thumbnail_key)


async def test_an_attempt_that_lost_its_task_takes_its_pictures_with_it(house, backend, tmp_path):
    await ordered(house, pictures=2)
    stale = await claimed(house)
    backend.gate = asyncio.Event()
    work = asyncio.create_task(house.runner().run(Attempt(stale)))
    await backend.working.wait()
    await crash(house, stale.task_id)
    fresh = await claimed(house)
    backend.gate.set()
    await work
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    backend.resolution = lambda call: StillRunning(VendorRef(call.call_id, "vendor-1"))
    await house.runner().run(Attempt(fresh))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 4


async def test_an_order_that_waited_once_does_not_expire_between_two_attempts(house):
    task = await ordered(house)
    running = await claimed(house)
    await house.tasks.hand_back(running, timedelta(0), failed=False)
    await house.db.writing(Write.TASK_TELL).execute("""UPDATE "Task" SET expires_at = now()""")
    await house.tasks.sweep()
    assert (await claimed(house)).task_id == task.task_id


async def test_nobody_has_more_open_orders_than_are_allowed_however_they_press(house):
    person = await house.person()
    await house.db.writing(Write.TASK_TELL).execute("""UPDATE "Limit" SET amount = 3 WHERE kind = 'open_tasks'""")

    async def ask(number: int) -> bool:
        try:
            await house.generations.request(person, TextToImageOrder(prompt="a fox"), key=f"k{number}")
        except TooManyTasks:
            return False
        return True

    assert sum(await asyncio.gather(*(ask(number) for number in range(6)))) == 3
    with pytest.raises(TooManyTasks) as refused:
        await house.generations.request(person, TextToImageOrder(prompt="a fox"), key="one more")
    assert refused.value.fields == {"limit": 3}
    assert await house.balance() == (15, 15, 0)
    assert await LedgerRepository(house.db.reading).find_gaps() == []


async def test_the_story_of_a_task_tells_all_that_happened_to_it(house, backend):
    backend.failures = [Failed(ErrorKind.VENDOR, "busy", "503")]
    await ordered(house, pictures=2)
    first = await claimed(house)
    await house.runner().run(Attempt(first))
    await due_now(house)
    second = await claimed(house)
    await house.tasks.renew([Attempt(second, progress=60).report()])
    await house.runner().run(Attempt(second))
    story = await house.tasks.story(first.task_id)
    assert [(event.kind, event.attempt) for event in story.events] == [
        ("requested", 0),
        ("claimed", 1),
        ("call_prepared", 1),
        ("call_sent", 1),
        ("call_failed", 1),
        ("vendor_fault", 1),
        ("retry", 1),
        ("claimed", 2),
        ("progress", 2),
        ("call_prepared", 2),
        ("call_sent", 2),
        ("call_done", 2),
        ("completed", 2),
    ]
    assert story.events[-1].details == {"pictures": 2, "captured": 10, "released": 0}
    assert [call.state for call in story.calls] == [CallState.FAILED, CallState.DONE]
    assert story.hold is not None
    assert (story.hold.tokens, story.hold.captured) == (10, 10)
    assert len(story.files) == 2
    assert story.delivery is not None
    assert story.delivery.outcome is None


async def test_a_press_on_stop_is_part_of_the_story(house):
    task = await ordered(house)
    await claimed(house)
    await house.tasks.cancel(100, task.task_id)
    events = await TaskRepository(house.db.reading).get_events(task.task_id)
    assert [event.kind for event in events] == ["requested", "claimed", "cancel_requested"]


async def test_a_call_is_not_noted_while_somebody_else_is_ending_its_task(house):
    await ordered(house)
    task = await claimed(house)
    calls = VendorCallRepository(house.db.writing(Write.CALL_PREPARE))
    async with house.db.transaction(Write.TASK_GIVE_UP) as tx:
        assert await QueueRepository(tx).end_running(task.task_id, task.attempt, TaskStatus.FAILED, units_made=0)
        late = asyncio.create_task(calls.prepare([NewCall(CALL, task.task_id, task.attempt, 0, "preview")]))
        while not await tx.fetchval("""SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"""):
            assert not late.done(), "it did not wait for the ending"
            await asyncio.wait({late}, timeout=0.01)
    assert await late == [Prepared.LOST]
    assert await call_states(house, task) == []


async def test_a_vendor_that_quotes_a_link_or_the_prompt_is_not_quoted_on(house, backend, caplog):
    order = TextToImageOrder(prompt="nobody's business")
    for kind in (ErrorKind.VENDOR, ErrorKind.OURS):
        said = "no nobody's business at https://v.test/a.tar?X-Amz-Signature=5f3c"
        backend.failures = [Failed(kind, "busy", said)]
        person = await house.person()
        await house.generations.request(person, order, key=kind.value)
        await house.runner().run(Attempt(await claimed(house)))
    told = await house.db.reading.fetchval("""SELECT string_agg(details::text, ' ') FROM "TaskEvent" """)
    assert "v.test" in told
    assert not [secret for secret in ("5f3c", "a.tar") if secret in told + caplog.text]
