"""Bytes whose row is gone: erased right after, or by the next round where a process died between the two."""

import asyncio
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
SIDE_BY_SIDE = 10


class ErasableFiles:
    """Erases what "ErasableFile" names. Safe to run in any number of processes: erasing twice does no harm."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def erase(self, storage_keys: Sequence[str]) -> None:
        """Erase these bytes, then the notes of them.

        Each is tried, whatever becomes of the others. What cannot be erased now stays noted for the next round; why
        the first of them could not is raised at the end.
        """
        erased, fault = await self._delete(storage_keys)
        await MarkRepository(self._db.writing(Write.ERASABLE_FORGET)).forget_erased(erased)
        if fault is not None:
            raise fault

    async def erase_strays(self, now: datetime) -> int:
        """Erase bytes that have been without a row for longer than anything takes; returns how many keys that were.

        A process that dies between storing and noting leaves them. Raises as `erase` does.
        """
        count, first_fault = 0, None
        async for keys in self._storage.keys_before(now - STRAY_AGE):
            erased, fault = await self._delete(await FileRepository(self._db.reading).find_unreferenced(keys))
            count, first_fault = count + len(erased), first_fault or fault
        if first_fault is not None:
            raise first_fault
        return count

    async def erase_noted(self) -> int:
        """Erase everything that is noted; returns how many keys that were. Raises as `erase` does."""
        count, first_fault, last_key = 0, None, ""
        while keys := await MarkRepository(self._db.reading).get_erasable(ROUND, last_key):
            erased, fault = await self._delete(keys)
            await MarkRepository(self._db.writing(Write.ERASABLE_FORGET)).forget_erased(erased)
            count, first_fault, last_key = count + len(erased), first_fault or fault, keys[-1]
        if first_fault is not None:
            raise first_fault
        return count

    async def _delete(self, storage_keys: Sequence[str]) -> tuple[list[str], BaseException | None]:
        """Try each, some side by side: a storage that is away is not waited for key by key.

        Returns those that are gone, and why the first of the others is not.
        """
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def delete(key: str) -> None:
            async with turns:
                await self._storage.delete(key)

        ends = await asyncio.gather(*map(delete, storage_keys), return_exceptions=True)
        gone = [key for key, end in zip(storage_keys, ends, strict=True) if end is None]
        return gone, next((end for end in ends if end is not None), None)
