"""One update at a time of each person, so that two quick presses meet one after the other."""

from asyncio import Lock
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey


class OneAtATime(BaseEventIsolation):
    """Locks inside this process, forgotten when nobody waits: aiogram's own are kept for ever.

    Two processes may still meet over one person; the database decides there.
    """

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
