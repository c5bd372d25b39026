"""The broom: goes on with erasures, erases what people deleted and what a process that died left lying."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.repeated import keep_repeating
from workers.training_weights import erase_left_behind

INTERVAL = 10.0
"""Seconds; how long bytes may outlive their row after a crash, and an erasure its process."""
STRAYS_INTERVAL = 3600.0
"""Seconds between two looks at everything that is stored."""

_log = structlog.get_logger(__name__)


async def keep_erasing(erasures: Erasures, erasable: ErasableFiles) -> None:
    """Erase until cancelled, whatever keeps one of the ways to; a server or storage that is away is asked again."""
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_repeating("erasures", erasures.go_on, INTERVAL))
        group.create_task(keep_repeating("erasable", _told(erasable.erase_noted), INTERVAL))
        group.create_task(keep_repeating("left_behind", _told(_erase_left_behind), INTERVAL))
        group.create_task(_keep_erasing_strays(erasable))


async def _keep_erasing_strays(erasable: ErasableFiles) -> None:
    """All that is stored is looked at: not at every start, of which there may be many."""
    await asyncio.sleep(STRAYS_INTERVAL)
    await keep_repeating("strays", _told(lambda: erasable.erase_strays(datetime.now(UTC))), STRAYS_INTERVAL)


def _told(erase: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
    async def erase_and_tell() -> None:
        if erased := await erase():
            _log.info("erasable.erased", files=erased)

    return erase_and_tell


async def _erase_left_behind() -> int:
    return erase_left_behind()
