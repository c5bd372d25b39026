"""Looks at photos that wait for it: at once when rung, every few seconds otherwise."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from db.pool import UNAVAILABLE
from repository.photo_analyses import ClaimedAnalysis
from services.photos.analyses import UNREADABLE, PhotoAnalyses
from services.photos.figures import PhotoFigures
from services.storage import Storage, StorageAway
from workers.eyes.errors import EyesFailed, UnreadablePhoto
from workers.insist import insist

AT_ONCE = 2
"""Photos in hand: one is looked at while the next one is read and the last one is noted."""
INTERVAL = 2.0
"""Seconds; how long a lost ring can delay a verdict."""
PAUSE = timedelta(seconds=2)
"""Until a photo is looked at again over which the eyes failed."""
RECONNECT = 0.5
"""Seconds before Redis, or the storage, is tried again."""

_log = structlog.get_logger(__name__)


class Looks(Protocol):
    """What measures a photo: workers.eyes.Eyes."""

    async def look(self, content: bytes) -> PhotoFigures:
        """Measure a photo. Raises UnreadablePhoto, EyesFailed."""


class Analyser:
    """Claims photos while there is room and looks at them.

    lease: how long after its worker died a photo waits for another look. It is renewed while the photo is in hand:
    one that takes long to look at costs those that wait behind it no attempt.
    """

    def __init__(
        self,
        analyses: PhotoAnalyses,
        storage: Storage,
        eyes: Looks,
        *,
        lease: timedelta,
        pause: timedelta = PAUSE,
    ) -> None:
        self._analyses = analyses
        self._storage = storage
        self._eyes = eyes
        self._lease = lease
        self._renew_every = lease.total_seconds() / 3
        self._longest_rest = min(INTERVAL, self._renew_every)
        self._pause = pause
        self._rung = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], ClaimedAnalysis] = {}
        self._closed = False
        self._next_sweep = 0.0
        self._next_renewal = 0.0
        self._held: dict[UUID, ClaimedAnalysis] = {}
        """What has still to be seen, and must not be taken by others meanwhile."""
        self._renewing = asyncio.Lock()

    async def run(self) -> None:
        """Look at whatever waits until cancelled; a database that is away is asked again."""
        silent = False
        while True:
            self._rung.clear()
            try:
                await self._claim()
                await self._renew()
                await self._sweep()
                silent = False
            except UNAVAILABLE as error:
                if not silent:
                    _log.warning("analysis.database_away", error=str(error))
                silent = True
            await self._rest()

    def ring(self) -> None:
        """There may be a photo to look at."""
        self._rung.set()

    async def close(self, patience: timedelta) -> None:
        """Claim nothing more; give what is in hand some time, then leave the rest to other workers."""
        self._closed = True
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=patience.total_seconds())
        unfinished = dict(self._in_hand)
        for task in unfinished:
            task.cancel()
        for claimed in unfinished.values():
            await self._release(claimed)
            with suppress(*UNAVAILABLE):  # then its lease runs out
                await self._analyses.let_go(claimed, timedelta(0))

    async def _renew(self) -> None:
        """Now and then: hold on to what is in hand."""
        now = asyncio.get_running_loop().time()
        if now < self._next_renewal:
            return
        self._next_renewal = now + self._renew_every
        async with self._renewing:
            if self._held:
                await self._analyses.renew(self._held.values(), self._lease)

    async def _release(self, claimed: ClaimedAnalysis) -> None:
        """Renew no more, from this moment: what is let go of after it stays free."""
        async with self._renewing:
            self._held.pop(claimed.analysis_id, None)

    async def _claim(self) -> None:
        """Take as many photos as there is room for, and begin."""
        room = AT_ONCE - len(self._in_hand)
        if not room or self._closed:
            return
        for claimed in await self._analyses.claim(self._lease, room):
            task = asyncio.create_task(self._see_through(claimed), name=f"analysis {claimed.analysis_id}")
            self._in_hand[task] = claimed
            self._held[claimed.analysis_id] = claimed
            task.add_done_callback(self._in_hand.pop)

    async def _sweep(self) -> None:
        """Now and then: end what killed every worker that looked at it."""
        now = asyncio.get_running_loop().time()
        if now >= self._next_sweep and not self._closed:
            self._next_sweep = now + INTERVAL
            await self._analyses.give_up_hopeless()

    async def _rest(self) -> None:
        """Wait for room where there is none, else for a ring, the end of what is in hand or the slow look."""
        if len(self._in_hand) >= AT_ONCE:
            await asyncio.wait(self._in_hand, timeout=self._longest_rest, return_when=asyncio.FIRST_COMPLETED)
            return
        rung = asyncio.create_task(self._rung.wait())
        try:
            await asyncio.wait({rung, *self._in_hand}, timeout=self._longest_rest, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()

    async def _see_through(self, claimed: ClaimedAnalysis) -> None:
        """One photo to its end, or to its next attempt."""
        try:
            await self._look(claimed)
        except Exception:  # noqa: BLE001 - the door's edge: one photo must not keep the others from being looked at
            _log.exception("analysis.broken", analysis_id=str(claimed.analysis_id))  # its lease runs out

    async def _look(self, claimed: ClaimedAnalysis) -> None:
        try:
            figures = await self._seen(claimed)
        except (UnreadablePhoto, FileNotFoundError):
            await insist(lambda: self._analyses.fail(claimed, UNREADABLE))
        except EyesFailed as error:
            _log.warning("analysis.eyes_failed", analysis_id=str(claimed.analysis_id), error=str(error))
            await insist(lambda: self._analyses.let_go(claimed, self._pause))
        else:
            await insist(lambda: self._analyses.finish(claimed, figures))

    async def _seen(self, claimed: ClaimedAnalysis) -> PhotoFigures:
        """Raises UnreadablePhoto, EyesFailed, FileNotFoundError."""
        try:
            return await self._eyes.look(await self._content(claimed))
        finally:
            await self._release(claimed)

    async def _content(self, claimed: ClaimedAnalysis) -> bytes:
        """The photo, waited for where the storage is away: that speaks against no photo. Raises FileNotFoundError."""
        silent = False
        while True:
            try:
                return await self._storage.get(claimed.storage_key)
            except StorageAway as error:
                if not silent:
                    _log.warning("analysis.storage_away", error=str(error))
                silent = True
                await asyncio.sleep(RECONNECT)


async def keep_analysing(analyser: Analyser, redis: Redis, channel: str) -> None:
    """Look at photos until cancelled, at once when somebody rings; without Redis at every slow look."""
    async with asyncio.TaskGroup() as group:
        group.create_task(analyser.run())
        group.create_task(_keep_hearing(analyser, redis, channel))


async def _keep_hearing(analyser: Analyser, redis: Redis, channel: str) -> None:
    silent = False
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as bell:
                await bell.subscribe(channel)
                analyser.ring()  # somebody may have rung before we listened
                silent = False
                async for _ in bell.listen():
                    analyser.ring()
        except (RedisError, OSError) as error:
            if not silent:
                _log.warning("analysis.redis_away", error=str(error))
            silent = True
        await asyncio.sleep(RECONNECT)
