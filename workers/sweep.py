"""The sweep: every few seconds it finds what a lost ring, a dead worker or a passed deadline left behind."""

import asyncio
from collections.abc import Sequence

import structlog

from db.pool import UNAVAILABLE
from services.tasks import Tasks
from workers.lane import LaneRunner

INTERVAL = 2.0
"""Seconds; how long a lost ring can delay a task."""

_log = structlog.get_logger(__name__)


async def keep_sweeping(tasks: Tasks, runners: Sequence[LaneRunner]) -> None:
    """Sweep until cancelled, and wake this process's own lanes even where Redis is away.

    A database that comes back finds every lease run out, of the living too: the first round after it waits until
    their heartbeats have had their say.
    """
    silent = False
    while True:
        try:
            if silent:
                await tasks.ping()
                silent = False
                await asyncio.sleep(INTERVAL)
            await tasks.sweep()
            for runner in runners:
                await runner.wake()
        except UNAVAILABLE as error:
            if not silent:
                _log.warning("sweep.database_away", error=str(error))
            silent = True
        await asyncio.sleep(INTERVAL)
