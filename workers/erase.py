"""The broom: goes on with erasures, erases what people deleted and what a process that died left lying."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from redis.exceptions import RedisError

from db.pool import UNAVAILABLE
from services.erasable import ErasableFiles
from services.erasures import Erasures
from workers.training_weights import erase_left_behind

INTERVAL = 10.0
"""Seconds; how long bytes may outlive their row after a crash, and an erasure its process."""
STRAYS_INTERVAL = 3600.0
"""Seconds between two looks at everything that is stored."""

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, RedisError)

_log = structlog.get_logger(__name__)


async def keep_erasing(erasures: Erasures, erasable: ErasableFiles) -> None:
    """Erase until cancelled; a server or storage that is away is asked again."""
    strays_due = time.monotonic() + STRAYS_INTERVAL
    while True:
        steps: list[Callable[[], Awaitable[int]]] = [partial(_completed, erasures), erasable.erase_noted]
        if time.monotonic() >= strays_due:
            strays_due = time.monotonic() + STRAYS_INTERVAL
            steps.append(lambda: erasable.erase_strays(datetime.now(UTC)))
        erased, faults = erase_left_behind(), dict[str, None]()
        for step in steps:  # each in its turn, whatever keeps the one before it
            try:
                erased += await step()
            except AWAY as error:
                faults[str(error)] = None
        if erased:
            _log.info("erasable.erased", files=erased)
        if faults:
            _log.warning("erasable.away", errors=list(faults))
        await asyncio.sleep(INTERVAL)


async def _completed(erasures: Erasures) -> int:
    """Go on with erasures; they erase no files of their own."""
    await erasures.go_on()
    return 0
