"""Every delivery is counted by how it ended, and logged under its order's correlation id."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from config.telemetry import DELIVERIES, REGISTRY, DeliveryOutcome


def counted() -> dict[str, float]:
    return {
        outcome.value: REGISTRY.get_sample_value("dreamphoto_deliveries_total", {"outcome": outcome.value}) or 0.0
        for outcome in DeliveryOutcome
    }


def since(before: dict[str, float]) -> dict[str, float]:
    return {outcome: now - before[outcome] for outcome, now in counted().items() if now != before[outcome]}


def test_every_outcome_is_told_from_the_start_so_that_its_first_increase_is_seen():
    assert len(next(iter(DELIVERIES.collect())).samples) >= len(DeliveryOutcome)


@pytest.mark.parametrize(
    ("fault", "closed", "outcomes"),
    [
        ({}, "delivered", {"delivered": 1.0}),
        ({"error_code": 502}, "delivered", {"postponed": 1.0, "delivered": 1.0}),
        ({"error_code": 400, "times": 9}, "undeliverable", {"refused": 1.0}),
    ],
)
async def test_a_delivery_is_counted_and_logged_under_the_order_s_id(office, anna, fault, closed, outcomes):
    task = await office.ended_task(anna)
    if fault:
        await office.telegram.fault(method="sendPhoto", **fault)
    before = counted()
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        async with office.delivering():
            assert await office.closed(task) == closed
    assert since(before) == outcomes
    told = [line for line in lines if line["event"].startswith("delivery.")]
    assert told
    for line in told:
        assert (line["correlation_id"], line["task_id"]) == (task.correlation_id, str(task.task_id))
    assert "correlation_id" not in structlog.contextvars.get_contextvars()


async def test_somebody_who_blocked_the_bot_is_counted_as_such(office, anna):
    task = await office.ended_task(anna)
    await office.telegram.block(anna.user_id)
    before = counted()
    async with office.delivering():
        await office.closed(task)
    assert since(before) == {"blocked": 1.0}


async def test_a_429_is_counted_and_what_waits_for_it_too(office, anna):
    def seen(name: str) -> float:
        return REGISTRY.get_sample_value(f"dreamphoto_{name}_total") or 0.0

    floods, waited = seen("telegram_429"), seen("limiter_wait_seconds")
    task = await office.ended_task(anna)
    await office.telegram.fault(method="sendPhoto", error_code=429, retry_after=1)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    assert seen("telegram_429") == floods + 1
    assert 0.5 < seen("limiter_wait_seconds") - waited < 5


async def test_a_message_that_another_process_delivers_now_is_counted_as_theirs(office, anna):
    task = await office.ended_task(anna)
    await office.telegram.fault(method="sendPhoto", delay=1)
    before = counted()
    async with office.delivering():
        taken = """UPDATE "Notification" SET attempt = attempt + 1, lease_until = now() + $1 WHERE attempt > 0"""
        async with asyncio.timeout(10):
            while await office.db.reading.execute(taken, timedelta(minutes=1)) == "UPDATE 0":
                await asyncio.wait(office.running, timeout=0.01)
            while not since(before):
                await asyncio.wait(office.running, timeout=0.01)
    assert since(before) == {"others_turn": 1.0}
    assert task
