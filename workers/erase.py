"""The broom: erases what people deleted and a process that died left lying."""

import asyncio

import structlog

from db.pool import UNAVAILABLE
from services.erasable import ErasableFiles

INTERVAL = 10.0
"""Seconds; how long bytes may outlive their row after a crash."""

_log = structlog.get_logger(__name__)


async def keep_erasing(erasable: ErasableFiles) -> None:
    """Erase until cancelled; a database or storage that is away is asked again."""
    while True:
        try:
            erased = await erasable.erase_noted()
            if erased:
                _log.info("erasable.erased", files=erased)
        except UNAVAILABLE as error:
            _log.warning("erasable.away", error=str(error))
        await asyncio.sleep(INTERVAL)
