"""Work that is done again and again beside the updates, whatever is away."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.exceptions import RedisError

from bot.polling import NO_UPDATES, PASSING

AWAY: tuple[type[Exception], ...] = (*PASSING, *NO_UPDATES, RedisError)
"""What keeps such work from being done: the database, Redis or Telegram."""

_log = structlog.get_logger(__name__)


async def keep_repeating(name: str, work: Callable[[], Awaitable[object]], every: float) -> None:
    """Work until cancelled, with `every` seconds between two times.

    Whatever goes wrong is said once under this name, and tried again.
    """
    silent = False
    while True:
        try:
            await work()
            silent = False
        except AWAY as error:
            if not silent:
                _log.warning(f"{name}.interrupted", error=str(error) or type(error).__name__)
            silent = True
        except Exception:  # noqa: BLE001 - the door's edge: work beside the updates must not end the bot
            if not silent:
                _log.exception(f"{name}.broken")
            silent = True
        await asyncio.sleep(every)
