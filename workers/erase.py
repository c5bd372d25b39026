"""The broom: goes on with erasures, erases what people deleted and what a process that died left lying."""

import asyncio
import time
from datetime import UTC, datetime

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
        try:
            await erasures.go_on()
            erased = await erasable.erase_noted() + erase_left_behind()
            if time.monotonic() >= strays_due:
                strays_due = time.monotonic() + STRAYS_INTERVAL
                erased += await erasable.erase_strays(datetime.now(UTC))
            if erased:
                _log.info("erasable.erased", files=erased)
        except AWAY as error:
            _log.warning("erasable.away", error=str(error))
        await asyncio.sleep(INTERVAL)
