"""Work that begins at once when its bell is rung, and is looked for now and then otherwise, whatever is away."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from bot.polling import PASSING

AWAY: tuple[type[Exception], ...] = (RedisError, *PASSING)
"""What keeps work from being done for now."""

_log = structlog.get_logger(__name__)


async def keep_working(
    name: str,
    work: Callable[[], Awaitable[object]],
    hear: Callable[[PubSub], Awaitable[None]],
    redis: Redis,
    channel: str,
    *,
    pause: float,
) -> None:
    """Work until cancelled, again whenever `hear` returns; without Redis every `pause` seconds.

    Whatever goes wrong is said once under this name, and tried again.
    """
    silent = False
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as bell:
                await bell.subscribe(channel)
                while True:
                    await work()
                    silent = False
                    await hear(bell)
        except AWAY as error:
            if not silent:
                _log.warning(f"{name}.interrupted", error=str(error))
        except Exception:  # noqa: BLE001 - the door's edge: a full disk, say, must not end the bot
            if not silent:
                _log.exception(f"{name}.broken")
        silent = True
        await asyncio.sleep(pause)
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - what is wrong has been said, once
            _log.debug(f"{name}.still_away", error=str(error))
