"""`/delete_me`: a person's data come to their end, and a receipt says what that was.

The steps are: asked for; open orders ended and settled; rows; bytes; what Redis remembers; then the id itself. Each
is safe to take again, so that an erasure that dies in the middle goes on with the next round of any worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis.asyncio import Redis

from config.failpoints import Write
from db.pool import Database
from repository.erasures import Erasure, ErasureRepository
from repository.model_erasures import CopyFate, ModelErasureRepository
from repository.rewards import RewardRepository
from repository.tasks import TaskRepository
from repository.users import User
from services.erasable import ErasableFiles
from services.errors import ErasureNotFound
from services.references import random_reference
from services.storage import Storage, StorageAway
from services.tasks import Tasks

ROUND = 10
"""Erasures that a worker goes on with at a time."""
ATTEMPTS = 5
"""Tries to find the person without an open order; whoever orders on meanwhile is met again by the next round."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person keeps."""

    reference: str
    requested_at: datetime
    completed_at: datetime | None
    """None while it is under way; then the reference tells later."""
    counts: Mapping[str, int]
    """What was erased: photos, training_photos, pictures, orders, models, drafts, messages, invitations; vendor_copies,
    which are deleted where they lie; and tokens_left, given up."""
    copies: Sequence[CopyFate] = ()
    """What has become of what lay at vendors so far."""


class Erasures:
    """Erases people."""

    def __init__(self, db: Database, tasks: Tasks, storage: Storage, redis: Redis, namespace: str) -> None:
        self._db = db
        self._tasks = tasks
        self._erasable = ErasableFiles(db, storage)
        self._redis = redis
        self._namespace = namespace

    async def foresee(self, person: User) -> Mapping[str, int]:
        """What an erasure would take: photos, training_photos, pictures, packs, models, open_orders, refund_cases."""
        return await ErasureRepository(self._db.reading).count_erasable(person.user_id)

    async def erase(self, person: User, reference: str | None = None) -> Receipt:
        """Erase everything of a person but the books; returns when it is done. Asked twice it is done once.

        reference: one of `new_reference` that the receipt shall bear; the same one names the same erasure.
        Raises what the servers raise; what was asked for then goes on by itself.
        """
        reference = reference or new_reference()
        erasures = ErasureRepository(self._db.writing(Write.ERASURE_REQUEST))
        while (erasure := await erasures.request(person.user_id, reference)) is None:
            pass
        return await self._receipt(await self._proceed(erasure))

    async def resume(self, reference: str) -> Receipt:
        """Go on with what was asked for under this reference; its person is gone already, perhaps.

        Raises ErasureNotFound where it was never asked for, and what the servers raise.
        """
        erasure = await ErasureRepository(self._db.reading).get(reference)
        if erasure is None:
            raise ErasureNotFound
        return await self._receipt(await self._proceed(erasure))

    async def receipt(self, reference: str) -> Receipt:
        """The receipt with this reference. Raises ErasureNotFound."""
        erasure = await ErasureRepository(self._db.reading).get(reference.strip().upper())
        if erasure is None:
            raise ErasureNotFound
        return await self._receipt(erasure)

    async def go_on(self) -> int:
        """Go on with what was asked for and has not come to its end; returns how many erasures are complete now.

        A storage that cannot erase everything now keeps the rows of nobody; it is told at the end.
        """
        complete, fault = 0, None
        for erasure in await ErasureRepository(self._db.reading).get_open(ROUND):
            try:
                complete += (await self._proceed(erasure)).completed_at is not None
            except StorageAway as error:
                fault = error
        if fault is not None:
            raise fault
        return complete

    async def _proceed(self, erasure: Erasure) -> Erasure:
        if erasure.user_id is None:
            return erasure
        if erasure.rows_erased_at is None and not await self._erase_rows(erasure.erasure_id, erasure.user_id):
            return erasure  # orders keep coming in: the next round meets them
        await self._erasable.erase_noted()
        await self._forget_in_redis(erasure.user_id)
        complete = await ErasureRepository(self._db.writing(Write.ERASURE_COMPLETE)).complete(erasure.erasure_id)
        _log.info("erasure.complete", reference=complete.reference, **complete.counts)
        return complete

    async def _erase_rows(self, erasure_id: int, user_id: int) -> bool:
        """End what is open, then delete everything in one transaction."""
        for _ in range(ATTEMPTS):
            await self._tasks.abandon(user_id)
            async with self._db.transaction(Write.ERASURE_ROWS) as tx:
                erasures = ErasureRepository(tx)
                if not await erasures.lock_person(erasure_id, user_id):
                    return True
                if await TaskRepository(tx).count_open(user_id):
                    continue  # asked for between the two
                await RewardRepository(tx).cancel_of_person(user_id)
                await erasures.erase_rows(erasure_id, user_id)
            return True
        return False

    async def _forget_in_redis(self, user_id: int) -> None:
        """Every key of ours with the id as one of its parts: dialogs, albums, limits."""
        mine = str(user_id).encode()
        async for key in self._redis.scan_iter(match=f"{self._namespace}:*{user_id}*", count=1000):
            if mine in key.split(b":"):
                await self._redis.delete(key)

    async def _receipt(self, erasure: Erasure) -> Receipt:
        copies = await ModelErasureRepository(self._db.reading).get_fates(erasure.reference)
        return Receipt(erasure.reference, erasure.requested_at, erasure.completed_at, erasure.counts, copies)


def new_reference() -> str:
    """What a receipt can bear: nobody guesses it, and it can be read out."""
    return random_reference("DP")
