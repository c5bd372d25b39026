"""Bytes whose row is gone: erased right after, or by the next round where a process died between the two."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.failpoints import Write
from db.pool import Database
from repository.files import FileRepository
from repository.marks import MarkRepository
from services.storage import Storage

STRAY_AGE = timedelta(days=1)
"""Far longer than any task may run."""
ROUND = 100
"""Keys erased at a time."""


class ErasableFiles:
    """Erases what "ErasableFile" names. Safe to run in any number of processes: erasing twice does no harm."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def erase(self, storage_keys: Sequence[str]) -> None:
        """Erase these bytes, then the notes of them."""
        for key in storage_keys:
            await self._storage.delete(key)
        await MarkRepository(self._db.writing(Write.ERASABLE_FORGET)).forget_erased(list(storage_keys))

    async def erase_strays(self, now: datetime) -> int:
        """Erase bytes that have been without a row for longer than anything takes; returns how many keys that were.

        A process that dies between storing and noting leaves them.
        """
        erased = 0
        async for keys in self._storage.keys_before(now - STRAY_AGE):
            for key in await FileRepository(self._db.reading).find_unreferenced(keys):
                await self._storage.delete(key)
                erased += 1
        return erased

    async def erase_noted(self) -> int:
        """Erase everything that is noted; returns how many keys that were."""
        erased = 0
        while keys := await MarkRepository(self._db.reading).get_erasable(ROUND):
            await self.erase(keys)
            erased += len(keys)
        return erased
