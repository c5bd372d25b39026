"""Work that is done again and again beside everything else, whatever is away."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.exceptions import RedisError

from db.pool import UNAVAILABLE

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, RedisError)
"""What keeps such work from being done: the database, the storage or Redis."""

_log = structlog.get_logger(__name__)


async def keep_repeating(
    name: str, work: Callable[[], Awaitable[object]], every: float, away: tuple[type[Exception], ...] = AWAY
) -> None:
    """Work until cancelled, with `every` seconds between two times.

    Whatever goes wrong is said once under this name, and tried again: what is away as a warning, what is our own
    mistake with its traceback. Neither ends the process, which has others' work in its hands.
    """
    silent = False
    while True:
        try:
            await work()
            silent = False
        except away as error:
            if not silent:
                _log.warning(f"{name}.interrupted", error=str(error) or type(error).__name__)
            silent = True
        except Exception:  # noqa: BLE001 - the door's edge: work beside the rest must not end it
            if not silent:
                _log.exception(f"{name}.broken")
            silent = True
        await asyncio.sleep(every)
