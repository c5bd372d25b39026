"""Watches over predictions in flight for those who follow them: asks when it is worth it, for many at once.

One task paces all questions. A ring of the hints makes a prediction due at once; whatever it said, the vendor is asked.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog

from workers.backends.base import BackendUnreachable, Failed, VendorRef
from workers.backends.hints import Hints
from workers.backends.replicate.api import Shelf
from workers.backends.replicate.costs import USUAL_PAGE_BYTES, Costs
from workers.backends.replicate.durations import Durations
from workers.backends.replicate.endings import CLOSING, FORGOTTEN
from workers.backends.replicate.prediction import Prediction, read_prediction
from workers.backends.replicate.transport import Refusal
from workers.backends.replicate.watched import News, Watched, oldest_of

_GATHERED = 0.3
"""The share of the shortest wait in which those that come due are gathered."""
_FEW = 20
"""Up to so many in flight are also asked how far they are."""
_PROGRESS_WAIT = 1.5
"""Seconds between two questions for progress."""
_MOST_PAGES = 20
_MOST_REMEMBERED = 5_000
_LISTENING = 3600.0
_LONGEST_QUIET = 10.0
"""Seconds that a vendor's request to wait is obeyed at most."""
_LONGEST_RETRY = 5.0

_log = structlog.get_logger(__name__)


class Watch:
    """Who follows which prediction, and the task that asks about them."""

    def __init__(
        self,
        shelf: Shelf,
        hints: Hints,
        *,
        shortest_wait: float,
        lost_after: float,
        page_bytes: float = USUAL_PAGE_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """In seconds: between two questions about one prediction, and of failing ones that a follower bears.

        `page_bytes` is what a page of them is thought to weigh at first.
        """
        self._shortest_wait = shortest_wait
        self._shelf = shelf
        self._hints = hints
        self._lost_after = lost_after
        self._clock = clock
        self._durations = Durations(shortest_wait)
        self._costs = Costs(clock, page_bytes)
        self._watched: dict[str, Watched] = {}
        self._expected: OrderedDict[str, tuple[float, Prediction]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pacing: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_sweeping = False
        self._quiet_until = 0.0
        self._is_closed = False

    def expect(self, prediction: Prediction) -> None:
        """A prediction was just created; it will be followed."""
        self._expected[prediction.id] = (self._clock(), prediction)
        while len(self._expected) > _MOST_REMEMBERED:
            self._expected.popitem(last=False)

    def tell(self, prediction: Prediction) -> None:
        """An answer came on another way, as to a cancellation."""
        watched = self._watched.get(prediction.id)
        if watched is None:
            return
        self._heard(watched, prediction)
        if not prediction.has_ended:
            watched.due = self._clock() + self._shortest_wait
            self._wake.set()

    async def news(self, ref: VendorRef) -> AsyncIterator[News]:
        """What is heard of a prediction; the last item is one that has ended, or a failure.

        Raises BackendUnreachable where the vendor could not be asked for too long.
        """
        if self._is_closed:
            yield CLOSING
            return
        watched = self._join(ref)
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        watched.followers.add(queue)
        if watched.latest is not None:
            queue.put_nowait(watched.latest)
        try:
            while (item := await queue.get()) is not None:
                yield item
                if isinstance(item, Failed) or item.has_ended:
                    return
            raise BackendUnreachable(watched.trouble)
        finally:
            watched.followers.discard(queue)
            if not watched.followers:
                self._leave(watched)

    async def aclose(self) -> None:
        """Tell every follower that this ends, and stop asking."""
        self._is_closed = True
        for watched in self._watched.values():
            self._deliver(watched, CLOSING)
        tasks = [*self._tasks, *([self._pacing] if self._pacing is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _join(self, ref: VendorRef) -> Watched:
        watched = self._watched.get(ref.vendor_ref)
        if watched is not None:
            return watched
        now = self._clock()
        began, prediction = self._expected.get(ref.vendor_ref, (now, None))
        watched = Watched(ref, began, now, prediction)
        if prediction is not None:
            watched.due = now + self._wait(watched, prediction)
        watched.listener = self._spawn(self._listen(watched))
        self._watched[ref.vendor_ref] = watched
        if self._pacing is None or self._pacing.done():
            self._pacing = asyncio.create_task(self._pace())
        self._wake.set()
        return watched

    def _leave(self, watched: Watched) -> None:
        if self._watched.get(watched.ref.vendor_ref) is watched:
            del self._watched[watched.ref.vendor_ref]
        self._expected.pop(watched.ref.vendor_ref, None)
        if watched.listener is not None:
            watched.listener.cancel()

    async def _pace(self) -> None:
        while self._watched:
            now = self._clock()
            if now >= self._quiet_until:
                self._ask(
                    [watched for watched in self._watched.values() if not watched.is_asked and watched.due <= now]
                )
            waiting = (watched.due for watched in self._watched.values() if not watched.is_asked)
            soonest = max(min(waiting, default=math.inf), self._quiet_until)
            self._wake.clear()
            await asyncio.sleep(_GATHERED * self._shortest_wait)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(soonest - self._clock(), 0.0), _LONGEST_RETRY)):
                    await self._wake.wait()

    def _ask(self, due: list[Watched]) -> None:
        """Ask about those that are due, as far as the ration goes; the rest stays due."""
        known = [watched for watched in due if watched.latest is not None and watched.latest.created_at is not None]
        if known and self._costs.is_list_better(len(known), self._depth(known)):
            if not self._is_sweeping and self._costs.left:
                self._is_sweeping = True
                self._mark_asked(known)
                self._spawn(self._sweep(known))
            due = [watched for watched in due if watched not in known]
        for watched in sorted(due, key=lambda one: one.due)[: self._costs.left]:
            self._ask_singly(watched)

    def _ask_singly(self, watched: Watched) -> None:
        self._costs.spend(1)
        self._mark_asked([watched])
        self._spawn(self._ask_one(watched))

    def _depth(self, due: Iterable[Watched]) -> int:
        """About at which place of the list the oldest of these stands."""
        oldest = min(watched.began for watched in due)
        return sum(watched.began > oldest for watched in self._watched.values())

    def _mark_asked(self, asked: Iterable[Watched]) -> None:
        for watched in asked:
            watched.is_asked, watched.is_rung = True, False

    async def _ask_one(self, watched: Watched) -> None:
        try:
            told, size = await self._shelf.one(watched.ref.vendor_ref)
            self._costs.weigh_single(size)
            prediction = read_prediction(told)
            if prediction is None:
                raise BackendUnreachable("the answer is no prediction")
            self._heard(watched, prediction)
        except (BackendUnreachable, Refusal) as trouble:
            self._missed(watched, trouble)
        finally:
            watched.is_asked = False
            self._wake.set()

    async def _sweep(self, due: list[Watched]) -> None:
        """Read the list, newest first, down to the oldest of these; what is not listed is asked for singly."""
        sought = {watched.ref.vendor_ref: watched for watched in due}
        try:
            async for page in self._pages(oldest_of(due)):
                for prediction in page:
                    watched = self._watched.get(prediction.id)
                    if watched is None or (prediction.status == "succeeded" and not prediction.outputs):
                        continue  # a list that leaves outputs out is no answer
                    sought.pop(prediction.id, None)
                    self._heard(watched, prediction)
                if not sought:
                    break
        except (BackendUnreachable, Refusal) as trouble:
            for watched in sought.values():
                self._missed(watched, trouble)
            sought.clear()
        finally:
            for watched in due:
                watched.is_asked = False
            self._is_sweeping = False
            self._wake.set()
        for watched in sought.values():
            self._ask_singly(watched)

    async def _pages(self, oldest: datetime) -> AsyncIterator[list[Prediction]]:
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            self._costs.spend(1)
            told, size = await self._shelf.page(cursor)
            self._costs.weigh_page(size)
            page = [one for one in map(read_prediction, told.get("results") or ()) if one is not None]
            yield page
            cursor = told.get("next")
            if not cursor or any(one.created_at is not None and one.created_at < oldest for one in page):
                return

    def _heard(self, watched: Watched, prediction: Prediction) -> None:
        if watched.latest is None and prediction.created_at is not None:
            watched.began -= max((datetime.now(UTC) - prediction.created_at).total_seconds(), 0.0)
        watched.latest, watched.failing_since = prediction, None
        if prediction.has_ended:
            watched.due = math.inf
            if prediction.status == "succeeded" and prediction.seconds is not None:
                self._durations.learn(prediction.pace, prediction.seconds)
        elif watched.due <= self._clock():
            watched.due = self._clock() + (0.0 if watched.is_rung else self._wait(watched, prediction))
        self._deliver(watched, prediction)

    def _missed(self, watched: Watched, trouble: BackendUnreachable | Refusal) -> None:
        now = self._clock()
        is_gone = isinstance(trouble, Refusal) and trouble.status == 404
        if isinstance(trouble, Refusal) and trouble.status == 429:
            wanted = 1.0 if trouble.retry_after is None else trouble.retry_after
            self._quiet_until = now + min(wanted, _LONGEST_QUIET)
        if watched.failing_since is None:
            watched.failing_since = now
        elif is_gone:
            self._deliver(watched, FORGOTTEN)
        failing = now - watched.failing_since
        watched.due = now + min(max(failing / 2, self._shortest_wait), _LONGEST_RETRY)
        if failing >= self._lost_after:
            watched.trouble = str(trouble)
            self._deliver(watched, None)

    def _wait(self, watched: Watched, prediction: Prediction) -> float:
        wait = self._durations.until_next(prediction.pace, self._clock() - watched.began)
        return min(wait, _PROGRESS_WAIT) if len(self._watched) <= _FEW else wait

    async def _listen(self, watched: Watched) -> None:
        while True:
            if await self._hints.wait(watched.ref.call_id, _LISTENING):
                watched.is_rung, watched.due = True, self._clock()
                if not watched.is_asked and self._costs.left and self._clock() >= self._quiet_until:
                    self._ask_singly(watched)
                self._wake.set()

    def _deliver(self, watched: Watched, item: News | None) -> None:
        for queue in watched.followers:
            queue.put_nowait(item)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("replicate.watch_broken", exc_info=fault)
