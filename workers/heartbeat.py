"""The heartbeat: one statement a second renews the leases of everything this process holds."""

import asyncio
from collections.abc import Sequence

import structlog

from db.pool import UNAVAILABLE
from services.tasks import Tasks
from workers.lane import LaneRunner

INTERVAL = 1.0
"""Seconds; also how late a worker hears of a stop, and how old the progress is that a person sees."""

_log = structlog.get_logger(__name__)


async def beat(tasks: Tasks, runners: Sequence[LaneRunner]) -> None:
    """Renew once: tell progress, pass on stops, drop what is no longer ours."""
    held = {task_id: attempt for runner in runners for task_id, attempt in runner.attempts.items()}
    if not held:
        return
    answer = await tasks.renew(attempt.report() for attempt in held.values())
    for task_id, attempt in held.items():
        stop = answer.get(task_id)
        if stop is None:
            if attempt.work is not None and not attempt.work.done() and not attempt.is_leaving:
                _log.warning(
                    "task.lost",
                    task_id=str(task_id),
                    attempt=attempt.task.attempt,
                    correlation_id=attempt.task.correlation_id,
                )
                attempt.work.cancel()
        elif stop:
            attempt.stop()


async def keep_beating(tasks: Tasks, runners: Sequence[LaneRunner]) -> None:
    """Beat until cancelled. While the database is away, leases run out and other workers decide: that is right."""
    silent = False
    while True:
        await asyncio.sleep(INTERVAL)
        try:
            await beat(tasks, runners)
        except UNAVAILABLE as error:
            if not silent:
                _log.warning("heartbeat.database_away", error=str(error))
            silent = True
        else:
            silent = False
