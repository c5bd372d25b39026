"""Copies at vendors: which must go, and what became of them. Whoever speaks with vendors deletes them there."""

from collections.abc import Sequence
from datetime import timedelta

from config.failpoints import Write
from db.pool import Database
from repository.vendor_copies import CopyState, VendorCopy, VendorCopyRepository

FIRST_PAUSE = timedelta(minutes=1)
"""After the first try that brought nothing; it doubles with each."""
LONGEST_PAUSE = timedelta(hours=12)
ROUND = 10
"""Copies that a worker takes at a time."""


class VendorCopies:
    """Hands out what must be deleted at vendors."""

    def __init__(self, db: Database, first_pause: timedelta = FIRST_PAUSE) -> None:
        self._db = db
        self._first_pause = first_pause

    async def doom_unused(self) -> int:
        """Mark copies that nobody has a use for any more; returns how many those are."""
        return await VendorCopyRepository(self._db.writing(Write.COPY_DOOM)).doom_unused()

    async def claim(self) -> Sequence[VendorCopy]:
        """Take some that are due, each for one try; one that brings nothing comes again after a growing pause."""
        return await VendorCopyRepository(self._db.writing(Write.COPY_CLAIM)).claim(
            self._first_pause, LONGEST_PAUSE, ROUND
        )

    async def deleted(self, copy: VendorCopy) -> None:
        """It is gone at the vendor; its name there is forgotten here."""
        await VendorCopyRepository(self._db.writing(Write.COPY_CLOSE)).close(copy.copy_id, CopyState.DELETED)

    async def stays(self, copy: VendorCopy, why: str) -> None:
        """The vendor does not delete it. Its name is kept: whoever runs the house can still ask the vendor."""
        await VendorCopyRepository(self._db.writing(Write.COPY_CLOSE)).close(copy.copy_id, CopyState.STAYS, why)

    async def failed(self, copy: VendorCopy, why: str) -> None:
        """This try brought nothing."""
        await VendorCopyRepository(self._db.writing(Write.COPY_CLOSE)).note_failure(copy.copy_id, why)
