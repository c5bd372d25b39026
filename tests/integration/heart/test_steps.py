"""Orders of several steps, vendors that take each other's place, and what they may cost."""

import asyncio
from datetime import timedelta

import pytest

from config.failpoints import Write
from repository.admin_events import AdminEventRepository
from repository.ledger import LedgerRepository
from repository.tasks import Lane, Task, TaskStatus
from repository.vendor_calls import CallState, NewCall, VendorCall, VendorCallRepository
from services.errors import BaseModelNotFound, LoraNotFound, SizeNotMade
from services.orders import DatasetOrder, LoraSource, LoraUse, TextToImageOrder
from services.task_endings import CallReport
from tests.integration.heart.conftest import ObedientBackend, SmallHouse
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed, Finished, NeverHeard

PACK = DatasetOrder(class_label="me", num_images=6, output_size=256)
ESTIMATE = 1300
"""What the catalogue says of one picture at Runware, in millionths of a US dollar."""


async def ordered(house: SmallHouse, order: DatasetOrder | TextToImageOrder = PACK, key: str = "a") -> Task:
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    return await house.generations.request(await house.person(), order, key=key)


async def claimed(house: SmallHouse) -> Task:
    await house.db.reading.execute("""UPDATE "Task" SET due_at = now() WHERE status = 'queued'""")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    return task


async def calls_of(house: SmallHouse, task: Task) -> list[VendorCall]:
    return await VendorCallRepository(house.db.reading).get_task_calls(task.task_id)


async def spent(house: SmallHouse) -> int:
    return int(await house.db.reading.fetchval("""SELECT coalesce(sum(microusd), 0) FROM "VendorSpending" """))


async def until_kept(house: SmallHouse, task: Task, steps: int, running: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(20):
        while len(await house.tasks.kept_outputs(task)) < steps:
            await asyncio.wait({running}, timeout=0.01)


async def crash(house: SmallHouse, running: "asyncio.Task[None]", task: Task) -> None:
    """The worker dies: nothing of it writes any more, its lease runs out, the sweep takes the task back."""
    await house.db.reading.execute(
        """UPDATE "Task" SET lease_until = now() - interval '1 second' WHERE task_id = $1""", task.task_id
    )
    await house.tasks.sweep()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def ended(house: SmallHouse, task: Task) -> Task:
    now = await house.tasks.get(100, task.task_id)
    assert await LedgerRepository(house.db.reading).find_gaps() == []
    assert await house.tasks.kept_outputs(now) == {} or not now.status.is_final
    return now


async def test_a_pack_is_a_call_a_picture_and_its_files_stand_in_the_order_of_its_steps(house, backend):
    await ordered(house)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    now = await ended(house, task)
    assert (now.status, now.units_made) == (TaskStatus.COMPLETED, 6)
    calls = await calls_of(house, task)
    assert [(call.step, call.state) for call in calls] == [(step, CallState.DONE) for step in range(6)]
    entry = await house.generations.entry_of_task(100, task.task_id)
    assert [file.position for file in entry.files] == list(range(6))
    assert await house.balance() == (24, 0, 6)


async def test_a_pack_goes_on_after_a_crash_and_no_finished_picture_is_made_twice(house, backend):
    backend.gate, backend.ungated = asyncio.Event(), 3
    await ordered(house)
    task = await claimed(house)
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await until_kept(house, task, 3, running)
    await crash(house, running, task)
    before = {call.call_id for call in await calls_of(house, task)}
    backend.gate = None
    await house.runner().run(Attempt(await claimed(house)))
    now = await ended(house, task)
    assert (now.status, now.units_made) == (TaskStatus.COMPLETED, 6)
    calls = await calls_of(house, task)
    assert len(calls) == 6, "every call that was open was sent again under its own id, as nobody had heard of it"
    assert before <= {call.call_id for call in calls}
    assert all(call.state is CallState.DONE for call in calls)


async def test_what_a_pack_has_made_is_delivered_and_paid_for_when_it_is_given_up(house, backend):
    backend.gate, backend.ungated = asyncio.Event(), 2
    await ordered(house)
    task = await claimed(house)
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await until_kept(house, task, 2, running)
    await house.db.reading.execute("""UPDATE "Task" SET deadline_at = now() - interval '1 hour'""")
    await house.tasks.sweep()
    now = await ended(house, task)
    assert (now.status, now.error_code, now.units_made) == (TaskStatus.FAILED, "deadline", 2)
    assert await house.balance() == (28, 0, 2)
    assert len((await house.generations.entry_of_task(100, task.task_id)).files) == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_pack_that_is_stopped_between_two_attempts_keeps_what_it_has(house, backend):
    await ordered(house)
    task = await claimed(house)
    backend.gate, backend.ungated = asyncio.Event(), 2
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await until_kept(house, task, 2, running)
    await crash(house, running, task)
    stopped = await house.tasks.cancel(100, task.task_id)
    assert (stopped.status, stopped.units_made) == (TaskStatus.CANCELLED, 2)
    assert await house.balance() == (28, 0, 2)


async def test_a_step_is_kept_for_the_attempt_that_owns_the_task_alone(house, backend):
    await ordered(house)
    task = await claimed(house)
    prepare = VendorCallRepository(house.db.writing(Write.CALL_PREPARE)).prepare
    call_id = task.task_id
    await prepare([NewCall(call_id, task.task_id, task.attempt, 0, "preview")])
    await house.db.reading.execute("""UPDATE "Task" SET attempt = attempt + 1""")
    assert not await house.tasks.keep_step(task, CallReport(call_id, CallState.DONE), ())
    assert (await calls_of(house, task))[0].state is CallState.PREPARED


async def test_a_fault_in_one_picture_lets_the_others_come_to_their_end_and_is_tried_again(house, backend):
    backend.failures = [Failed(ErrorKind.VENDOR, "busy", "503")]
    await ordered(house)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    assert (await house.tasks.get(100, task.task_id)).status is TaskStatus.QUEUED
    done = [call for call in await calls_of(house, task) if call.state is CallState.DONE]
    assert len(done) >= 3, "those that were under way beside it, and what began before the fault was noted"
    await house.runner().run(Attempt(await claimed(house)))
    now = await ended(house, task)
    assert (now.status, now.units_made, len(backend.submitted)) == (TaskStatus.COMPLETED, 6, 7)


async def test_a_refused_picture_of_a_pack_is_not_asked_for_again_in_another_attempt(house, backend):
    backend.failures = [Failed(ErrorKind.ORDER, "prompt_blocked", "no"), Failed(ErrorKind.VENDOR, "busy", "503")]
    await ordered(house)
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    await house.runner().run(Attempt(await claimed(house)))
    now = await ended(house, task)
    assert (now.status, now.error_code, now.units_made) == (TaskStatus.COMPLETED, "partial", 5)
    assert len(backend.submitted) == 7, "six pictures, one of them twice"
    assert await house.balance() == (25, 0, 5)


async def test_a_lasting_fault_goes_to_the_next_backend_in_the_same_attempt(house, backend):
    empty = ObedientBackend("runware", failures=[Failed(ErrorKind.OURS, "no_balance", "402", is_lasting=True)])
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await task_runner(house.db, house.tasks, house.storage, [empty, backend]).run(Attempt(task))
    now = await ended(house, task)
    assert now.status is TaskStatus.COMPLETED
    assert [(call.backend, call.state, call.error_code) for call in await calls_of(house, task)] == [
        ("runware", CallState.FAILED, "no_balance"),
        ("preview", CallState.DONE, None),
    ]


async def test_without_another_backend_a_lasting_fault_gives_every_token_back_at_once(house):
    empty = ObedientBackend("runware", failures=[Failed(ErrorKind.OURS, "wrong_key", "401", is_lasting=True)])
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await task_runner(house.db, house.tasks, house.storage, [empty]).run(Attempt(task))
    now = await ended(house, task)
    assert (now.status, now.error_code) == (TaskStatus.FAILED, "unavailable")
    assert await house.balance() == (30, 0, 0)
    assert await spent(house) == 0


async def test_after_three_faults_the_next_backend_is_asked(house, backend):
    busy = ObedientBackend("runware", failures=[Failed(ErrorKind.VENDOR, "busy", "503")] * 3)
    runner = task_runner(house.db, house.tasks, house.storage, [busy, backend])
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await runner.run(Attempt(task))
    for _ in range(3):
        await runner.run(Attempt(await claimed(house)))
    assert (await ended(house, task)).status is TaskStatus.COMPLETED
    assert [call.backend for call in await calls_of(house, task)] == ["runware"] * 3 + ["preview"]


async def test_nobody_else_is_asked_while_a_vendor_may_have_the_call(house, backend):
    silent = ObedientBackend("runware", away="all")
    runner = task_runner(house.db, house.tasks, house.storage, [silent, backend])
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await runner.run(Attempt(task))
    for _ in range(4):
        await runner.run(Attempt(await claimed(house)))
    assert backend.submitted == []
    silent.away, silent.resolution = "", lambda call: NeverHeard()
    await runner.run(Attempt(await claimed(house)))
    assert (await ended(house, task)).status is TaskStatus.COMPLETED
    assert len(silent.submitted) == 1


async def test_an_estimate_is_set_aside_and_gives_way_to_the_real_cost(house):
    vendor = ObedientBackend("runware", gate=asyncio.Event())
    await ordered(house, TextToImageOrder(prompt="a fox", num_images=2))
    task = await claimed(house)
    running = asyncio.create_task(task_runner(house.db, house.tasks, house.storage, [vendor]).run(Attempt(task)))
    await asyncio.wait_for(vendor.working.wait(), 20)
    assert await spent(house) == 2 * ESTIMATE
    assert vendor.gate is not None
    vendor.gate.set()
    await running
    assert await spent(house) == 1300, "what the vendor said in the end"
    row = await house.db.reading.fetchrow("""SELECT * FROM "TaskMargin" WHERE task_id = $1""", task.task_id)
    assert (row["tokens"], row["estimated_microusd"], row["cost_microusd"]) == (2, 2 * ESTIMATE, 1300)
    assert row["margin_microusd"] == 2 * 13000 - 1300


async def test_at_the_days_cap_no_vendor_is_asked_the_owner_is_told_and_tokens_go_back(house):
    vendor = ObedientBackend("runware")
    await house.db.reading.execute(
        """UPDATE "Rate" SET microusd = $1 WHERE kind = 'vendor_spending_a_day'""", 2 * ESTIMATE
    )
    runner = task_runner(house.db, house.tasks, house.storage, [vendor])
    outcomes = []
    for key in ("a", "b", "c"):
        await ordered(house, TextToImageOrder(prompt="a fox"), key=key)
        task = await claimed(house)
        await runner.run(Attempt(task))
        now = await ended(house, task)
        outcomes.append((now.status, now.error_code))
    assert outcomes == [
        (TaskStatus.COMPLETED, None),
        (TaskStatus.COMPLETED, None),
        (TaskStatus.FAILED, "unavailable"),
    ]
    assert len(vendor.submitted) == 2
    assert await house.balance() == (28, 0, 2)
    (event,) = await AdminEventRepository(house.db.reading).get_latest(limit=5)
    assert (event.kind, event.details) == ("spending_cap", {"backend": "runware"})


async def test_two_workers_cannot_pass_the_cap_together(house):
    await house.db.reading.execute(
        """UPDATE "Rate" SET microusd = $1 WHERE kind = 'vendor_spending_a_day'""", 5 * ESTIMATE
    )
    vendor = ObedientBackend("runware", gate=asyncio.Event())
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 100 WHERE kind = 'open_tasks'""")
    for number in range(12):
        await ordered(house, TextToImageOrder(prompt="a fox"), key=str(number))
    tasks = await house.tasks.claim(Lane.CPU, 12)
    runners = [task_runner(house.db, house.tasks, house.storage, [vendor]) for _ in range(2)]
    running = [asyncio.create_task(runners[n % 2].run(Attempt(task))) for n, task in enumerate(tasks)]
    async with asyncio.timeout(20):
        while sum(one.done() for one in running) < 7:
            await asyncio.wait(running, timeout=0.01)
    assert len(vendor.submitted) == 5
    assert vendor.gate is not None
    vendor.gate.set()
    await asyncio.gather(*running)


async def test_what_may_be_billed_stays_in_the_days_spending(house):
    silent = ObedientBackend("runware", away="follow")
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await task_runner(house.db, house.tasks, house.storage, [silent]).run(Attempt(task))
    await house.db.reading.execute("""UPDATE "Task" SET deadline_at = now() - interval '1 hour'""")
    await house.tasks.sweep()
    now = await ended(house, task)
    assert (now.status, now.error_code) == (TaskStatus.FAILED, "deadline")
    assert (await calls_of(house, task))[0].state is CallState.UNKNOWN
    assert await spent(house) == ESTIMATE
    assert await house.balance() == (30, 0, 0)


@pytest.mark.parametrize(
    ("made", "still_billed", "state", "booked"),
    [
        (1, True, CallState.DONE, 3 * ESTIMATE),
        (0, True, CallState.UNKNOWN, 3 * ESTIMATE),
        (1, False, CallState.DONE, ESTIMATE),
    ],
)
async def test_a_vendor_that_goes_on_after_a_stop_is_expected_to_bill_all_of_it(
    house, made, still_billed, state, booked
):
    vendor = ObedientBackend(
        "runware", gate=asyncio.Event(), made_when_stopped=made, bills_what_was_stopped=still_billed
    )
    await ordered(house, TextToImageOrder(prompt="a fox", num_images=3))
    task = await claimed(house)
    attempt = Attempt(task)
    running = asyncio.create_task(task_runner(house.db, house.tasks, house.storage, [vendor]).run(attempt))
    await asyncio.wait_for(vendor.working.wait(), 20)
    attempt.stop()
    await running
    now = await ended(house, task)
    assert (now.status, now.units_made) == (TaskStatus.CANCELLED, made)
    assert [call.state for call in await calls_of(house, task)] == [state]
    assert await spent(house) == booked
    assert await house.balance() == (30 - made, 0, made)


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (TextToImageOrder(prompt="a fox", model="nobody:1@1"), BaseModelNotFound),
        (DatasetOrder(class_label="me", model="nobody:1@1"), BaseModelNotFound),
        (TextToImageOrder(prompt="a fox", model="runware:504@1"), BaseModelNotFound),
        (
            TextToImageOrder(prompt="a fox", loras=(LoraUse(source=LoraSource.EXTRA, id=999),)),
            LoraNotFound,
        ),
        (
            TextToImageOrder(prompt="a fox", loras=(LoraUse(source=LoraSource.PERSONAL, id=1),)),
            LoraNotFound,
        ),
    ],
)
async def test_what_no_vendor_makes_is_refused_before_anything_is_held(house, order, refusal):
    with pytest.raises(refusal):
        await house.generations.request(await house.person(), order, key="a")
    assert await house.balance() == (30, 0, 0)
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "Task" """) == 0


async def test_a_size_that_no_vendor_makes_is_refused_with_the_limits(house):
    await house.db.reading.execute("""UPDATE "VendorModel" SET max_side = 1024""")
    with pytest.raises(SizeNotMade) as refused:
        await house.generations.request(await house.person(), TextToImageOrder(prompt="x", width=1088), key="a")
    assert refused.value.fields == {"min_side": 256, "max_side": 1024}


async def test_an_answer_without_pictures_is_no_success(house, backend):
    backend.resolution = lambda call: Finished(())
    backend.away = "follow"
    await ordered(house, TextToImageOrder(prompt="a fox"))
    task = await claimed(house)
    await house.runner().run(Attempt(task))
    backend.away = ""
    await house.runner().run(Attempt(await claimed(house)))
    now = await ended(house, task)
    assert (now.status, now.error_code) == (TaskStatus.FAILED, "nothing_made")
    assert await house.balance() == (30, 0, 0)
    assert timedelta(0) < now.finished_at - now.created_at
