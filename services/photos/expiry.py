"""Training photos are erased some weeks after their last training, and where a set was begun and left.

That a person has them before them again, to train the model anew, does not put that off; that they order does. The
face template stays with the version: portraits are scored against it. It goes with the model or with consent.
"""

from datetime import timedelta

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.photo_expiry import PhotoExpiryRepository
from services.erasable import ErasableFiles
from services.storage import Storage

ROUND = 5
"""Sets at a time: up to thirty photos each."""

TOLD_AGAIN_WITHIN = timedelta(days=2)
"""Telegram keeps what was not taken for a day."""

_log = structlog.get_logger(__name__)


class PhotoExpiry:
    """Erases photos whose time is over. Safe to run in any number of processes."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._erasable = ErasableFiles(db, storage)

    async def expire(self) -> int:
        """Erase the photos of a few sets that are due; returns how many sets those were."""
        async with self._db.transaction(Write.PHOTOS_EXPIRE) as tx:
            expiry = PhotoExpiryRepository(tx)
            used = await expiry.lock_used(ROUND)
            sharing = await expiry.lock_sharing(used)
            untouched = await expiry.lock_untouched(ROUND)
            keys = await expiry.erase_photos([*used, *untouched]) if used or untouched else []
            await expiry.mark_erased(used)
            await expiry.tell_cards(sharing)
            await expiry.drop_sets(untouched)
            await expiry.forget_removed(TOLD_AGAIN_WITHIN)
        await self._erasable.erase(keys)
        if used or untouched:
            _log.info("photos.expired", used_sets=len(used), open_sets=len(untouched), files=len(keys))
        return len(used) + len(untouched)
