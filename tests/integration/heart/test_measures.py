"""What a worker does is counted, timed, and logged under the order's correlation id."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import structlog
from structlog.testing import capture_logs

from config.telemetry import REGISTRY
from repository.queue import RunningTask
from repository.tasks import Lane, TaskStatus
from services.orders import TextToImageOrder
from services.task_endings import Ending
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import BackendCall, BackendUnreachable, ErrorKind, Failed, Progress
from workers.backends.measured import MeasuredBackend
from workers.lane import LaneRunner
from workers.run_task import TaskRunner

ORDER = TextToImageOrder(prompt="a fox", num_images=1, seed=1)


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def calls(outcome: str) -> float:
    return count("dreamphoto_vendor_call_seconds_count", backend="preview", outcome=outcome)


def measured_runner(house) -> TaskRunner:
    return task_runner(house.db, house.tasks, house.storage, [MeasuredBackend(house.backend)])


async def seen_through(measured: MeasuredBackend) -> list[type]:
    """What a call brought, item by item."""
    ref = await measured.submit(BackendCall(UUID(int=1)), ORDER)
    return [type(item) async for item in measured.follow(ref)]


async def claimed(house, key: str = "k"):
    await house.generations.request(await house.person(), ORDER, key, correlation_id=f"id-{key}")
    [task] = await house.tasks.claim(Lane.CPU, 1)
    return task


async def test_a_task_s_way_is_counted_at_its_claim_its_call_and_its_end(house):
    names = {
        "claims": ("dreamphoto_claim_seconds_count", {"lane": "cpu"}),
        "attempts": ("dreamphoto_attempts_total", {"lane": "cpu", "attempt": "1"}),
        "seconds": ("dreamphoto_task_seconds_count", {"kind": "text_to_image"}),
        "ended": (
            "dreamphoto_tasks_ended_total",
            {"kind": "text_to_image", "status": "completed", "error_code": ""},
        ),
        "calls": ("dreamphoto_vendor_call_seconds_count", {"backend": "preview", "outcome": "finished"}),
    }
    before = {what: count(name, **labels) for what, (name, labels) in names.items()}
    await measured_runner(house).run(Attempt(await claimed(house)))
    assert {what: count(name, **labels) - before[what] for what, (name, labels) in names.items()} == dict.fromkeys(
        names, 1.0
    )


async def test_every_line_about_a_task_carries_its_correlation_id_and_none_about_the_next_one_does(house):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        runner = LaneRunner(Lane.CPU, 1, house.tasks, measured_runner(house).run)
        for key in ("a", "b"):
            await house.generations.request(await house.person(), ORDER, key, correlation_id=f"id-{key}")
        await runner.wake()
        async with asyncio.timeout(20):
            while runner.attempts:  # with room for one, the second is claimed by the end of the first
                await asyncio.wait([attempt.work for attempt in runner.attempts.values()])
    for key in ("a", "b"):
        told = [line["event"] for line in lines if line.get("correlation_id") == f"id-{key}"]
        assert told == ["task.requested", "task.claimed", "call.sent", "call.ended", "task.completed"]
    assert [line for line in lines if "correlation_id" not in line] == []


async def test_a_lost_lease_is_counted_and_logged_under_the_order_s_id(house):
    task = await claimed(house)
    await house.db.reading.execute("""UPDATE "Task" SET lease_until = now() - interval '1 s'""")
    lost, again = (
        count("dreamphoto_leases_lost_total", lane="cpu"),
        count("dreamphoto_attempts_total", lane="cpu", attempt="2"),
    )
    with capture_logs() as lines:
        await house.tasks.sweep()
    assert count("dreamphoto_leases_lost_total", lane="cpu") == lost + 1
    assert ("task.lease_lost", task.correlation_id) in [(line["event"], line.get("correlation_id")) for line in lines]
    assert await house.tasks.claim(Lane.CPU, 1)
    assert count("dreamphoto_attempts_total", lane="cpu", attempt="2") == again + 1


@pytest.mark.parametrize("status", [TaskStatus.FAILED, TaskStatus.CANCELLED])
async def test_an_end_is_counted_once_it_is_committed_and_only_by_who_owns_the_task(house, status):
    code = "deadline" if status is TaskStatus.FAILED else None
    labels = {"kind": "text_to_image", "status": status.value, "error_code": code or ""}
    before = count("dreamphoto_tasks_ended_total", **labels)
    task = await claimed(house)
    assert await house.tasks.end(task, Ending(status, error_code=code))
    assert not await house.tasks.end(task, Ending(status, error_code=code))
    assert count("dreamphoto_tasks_ended_total", **labels) == before + 1


async def test_a_task_stopped_while_it_waits_is_counted(house):
    labels = {"kind": "text_to_image", "status": "cancelled", "error_code": ""}
    before = count("dreamphoto_tasks_ended_total", **labels)
    task = await house.generations.request(await house.person(), ORDER, "k")
    for _ in range(2):
        await house.tasks.cancel(task.user_id, task.task_id)
    assert count("dreamphoto_tasks_ended_total", **labels) == before + 1


@pytest.mark.parametrize("kind", list(ErrorKind))
async def test_a_failed_call_is_counted_by_whose_fault_it_was(backend, kind):
    backend.failures = [Failed(kind, "x", "x")]
    before = calls(f"failed_{kind.value}")
    assert await seen_through(MeasuredBackend(backend)) == [Progress, Failed]
    assert calls(f"failed_{kind.value}") == before + 1


@pytest.mark.parametrize("away", ["submit", "follow"])
async def test_a_vendor_that_cannot_be_reached_is_counted_whenever_that_is(backend, away):
    backend.away = away
    before = calls("unreachable")
    measured = MeasuredBackend(backend)
    with pytest.raises(BackendUnreachable):
        await seen_through(measured)
    assert calls("unreachable") == before + 1


async def test_a_call_that_is_left_is_counted_as_left_with_the_time_it_took(backend):
    backend.gate = asyncio.Event()
    clock = iter((0.0, 100.0, 107.5)).__next__
    before = count("dreamphoto_vendor_call_seconds_sum", backend="preview", outcome="left")
    following = asyncio.create_task(seen_through(MeasuredBackend(backend, clock)))
    await asyncio.wait_for(backend.working.wait(), 10)
    following.cancel()
    await asyncio.wait([following])
    assert count("dreamphoto_vendor_call_seconds_sum", backend="preview", outcome="left") == before + 7.5


async def test_renewals_count_nothing(house):
    task = await claimed(house)
    before = count("dreamphoto_attempts_total", lane="cpu", attempt="1")
    await house.tasks.renew([RunningTask(task.task_id, task.attempt, 10)])
    await house.tasks.hand_back(task, timedelta(hours=1), failed=True)
    assert count("dreamphoto_attempts_total", lane="cpu", attempt="1") == before
