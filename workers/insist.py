"""Asking and writing through a restart of the database: what is made must not be made twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from db.pool import UNAVAILABLE

DATABASE_RETRY = 0.5
"""Seconds between two tries to reach a database that is away."""

_log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class Lost(Exception):
    """Another attempt owns the task by now: touch nothing."""


async def insist(on: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask or write until the database answers; where the task is lost, the fence or the heartbeat ends it."""
    while True:
        try:
            return await on()
        except UNAVAILABLE as error:
            _log.warning("task.database_away", error=str(error))
            await asyncio.sleep(DATABASE_RETRY)
