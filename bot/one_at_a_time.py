"""One update at a time of each person, so that two quick presses meet one after the other."""

import asyncio
from asyncio import Lock
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog
from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey
from redis.asyncio import Redis
from redis.exceptions import RedisError

TURN_LEASE = timedelta(seconds=20)
"""How long a process that died keeps a person's turn: longer than an update takes."""
LOOK_EVERY = 0.02
"""Seconds between looks whether another process is done with the person."""

# Only the holder ends a turn: its lease may have run out, and the turn be somebody else's.
_END_TURN = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""

_log = structlog.get_logger(__name__)


class OneAtATime(BaseEventIsolation):
    """Locks inside this process, forgotten when nobody waits: aiogram's own are kept for ever."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[StorageKey, Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Hold the person's turn."""
        lock = self._locks.setdefault(key, Lock())
        async with lock:
            yield

    async def close(self) -> None:
        """Nothing is kept."""


class OneAtATimeEverywhere(OneAtATime):
    """The same across processes, by a lease in Redis: for webhooks that several processes hear.

    Where Redis is away, or a turn lasts longer than its lease, two processes may meet over one person: the database
    decides there.
    """

    def __init__(self, redis: Redis, namespace: str) -> None:
        super().__init__()
        self._redis = redis
        self._namespace = namespace
        self._end_turn = redis.register_script(_END_TURN)

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Hold the person's turn, in all processes."""
        name = f"{self._namespace}:turn:{key.user_id}"
        async with super().lock(key):
            mine = uuid4().hex
            while not await self._redis.set(name, mine, nx=True, px=TURN_LEASE):  # noqa: ASYNC110 - another process's
                await asyncio.sleep(LOOK_EVERY)
            try:
                yield
            finally:
                try:
                    await self._end_turn(keys=[name], args=[mine])
                except (RedisError, OSError) as error:  # it ends by itself
                    _log.warning("turn.not_ended", error=str(error))
