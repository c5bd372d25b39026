"""The vendor Runware behind the protocol of all backends."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from services.offers import Offer
from services.orders import ImageToImageOrder, RegisterOrder, StepOrder, TaskKind, TextToImageOrder
from services.vendor_hints import WebhookUrl
from workers.backends.base import (
    OUR_NAME,
    BackendCall,
    BackendUnreachable,
    Cancelled,
    CopyKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.hints import Hints
from workers.backends.runware.answers import Asked
from workers.backends.runware.checkup import Checkup
from workers.backends.runware.handing_over import hand_over
from workers.backends.runware.line import Access, LineRefused
from workers.backends.runware.lines import Lines
from workers.backends.runware.pace import Pace
from workers.backends.runware.polling import Polling
from workers.backends.runware.refusals import ALREADY_EXISTS, Refusals
from workers.backends.runware.requests import air_of, can_ask, task_of
from workers.backends.runware.resolving import Resolving
from workers.backends.runware.taken_names import TakenNames
from workers.backends.runware.watch import Patience, Sent, Watch
from workers.backends.runware.wire import Task

_KINDS = (
    TaskKind.TEXT_TO_IMAGE,
    TaskKind.IMAGE_TO_IMAGE,
    TaskKind.UPSCALE,
    TaskKind.IMAGE_TO_3D,
    TaskKind.REGISTER,
)
LONG_PAST = timedelta(hours=1)
"""Before now: when a call was written down that is looked for only after it must have arrived."""
_CALLS_REMEMBERED = 5_000
_Kept = TypeVar("_Kept")


class RunwareBackend:
    """Makes pictures and solids at Runware, over its WebSocket, also with models that were trained elsewhere.

    Built without a connection: that comes when needed.
    """

    name = "runware"
    reads_weights = False

    def __init__(
        self,
        api_key: str,
        ws_url: str,
        *,
        hints: Hints,
        webhook_url: WebhookUrl | None = None,
        patience: Patience | None = None,
        pace: Pace | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._refusals = Refusals(api_key)
        self._webhook_url = webhook_url
        self._lines = Lines(Access(ws_url, api_key), self._refusals)
        self._polling = Polling(self._lines, hints, self._patience)
        self._resolving = Resolving(self._refusals, self._patience, now)
        self._checkup = Checkup(self._lines, self._patience)
        self._pace = pace or Pace()
        self._sent: OrderedDict[UUID, Sent] = OrderedDict()
        self._sent_at: OrderedDict[UUID, float] = OrderedDict()
        self._taken_names = TakenNames(self._lines, self._patience)

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """Whether the catalogue offers the order here, and every part of it has a place in the vendor's task."""
        return offer is not None and order.kind in _KINDS and can_ask(order, offer)

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef | Failed:
        """Hand the call over, at most once: nothing here sends it again.

        Raises BackendUnreachable where nobody knows whether the vendor has it.
        """
        task = await asyncio.to_thread(task_of, call, order, self._webhook_url)
        if isinstance(task, Failed):
            return task
        try:
            line = await self._lines.take()
        except LineRefused as refused:
            return refused.failure
        _remember(self._sent_at, call.call_id, time.monotonic())
        try:
            refusal = await hand_over(line, task, self._refusals, self._patience)
        finally:
            self._lines.give_back(line)
        if refusal is not None and isinstance(order, RegisterOrder) and refusal.code == ALREADY_EXISTS:
            self._taken_names.note(call.call_id, air_of(order))  # by an earlier call of ours: it holds our digest
            return VendorRef(call.call_id, str(call.call_id))
        if refusal is not None:
            return refusal
        _remember(self._sent, call.call_id, Sent(_asked(task, order), time.monotonic()))
        return VendorRef(call.call_id, str(call.call_id))

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Tell of the call until it ends; any number may follow one call.

        Raises BackendUnreachable where the vendor answers no more for long enough.
        """
        if ref.call_id in self._taken_names:
            yield await self._taken_names.ending(ref.call_id)
            return
        watch = self._polling.find(ref.call_id)
        if watch is None:
            watch = Watch(ref.call_id, self._refusals, self._pace, self._patience, self._sent.get(ref.call_id))
            self._polling.begin(watch)
        news = asyncio.Event()
        watch.followers.add(news)
        told = -1
        try:
            while watch.outcome is None:
                news.clear()
                if watch.gathering.is_known and watch.gathering.progress > told:
                    told = watch.gathering.progress
                    yield Progress(told)
                else:
                    await news.wait()
        finally:
            watch.followers.discard(news)
            if not watch.followers:
                self._polling.drop(watch)
        if isinstance(watch.outcome, BackendUnreachable):
            raise BackendUnreachable(str(watch.outcome))
        yield watch.outcome

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """What became of the call. NeverHeard only when the vendor says so twice, long enough after it was written."""
        try:
            line = await self._lines.take()
        except LineRefused:
            return Unknown()
        sent_at = self._sent_at.get(call.call_id)
        try:
            return await self._resolving.ask(line, call, None if sent_at is None else time.monotonic() - sent_at)
        except BackendUnreachable:
            return Unknown()
        finally:
            self._lines.give_back(line)

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Follow the call no more; the vendor goes on with it and bills it."""
        self._taken_names.cancel(ref.call_id)
        watch = self._polling.find(ref.call_id)
        if watch is not None:
            watch.is_cancelled = True
            self._polling.hurry(watch)
            asyncio.get_running_loop().call_later(self._patience.last_word, watch.end_cancelled)
        return Cancelled(still_billed=True)

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """Nothing is deleted: the vendor's API knows no way to take back a model, and it is given no photos to keep.

        Of a registration that nobody waited for it says whether it has left anything. Raises BackendUnreachable.
        """
        if not vendor_id.startswith(OUR_NAME):
            return False
        call_id = UUID(vendor_id.removeprefix(OUR_NAME))
        match await self.resolve(BackendCall(call_id, {}, None, prepared_at=datetime.now(UTC) - LONG_PAST)):
            case NeverHeard() | Failed():
                return True
            case Finished():
                return False
        raise BackendUnreachable(f"what became of {call_id} is not known yet")

    async def health(self) -> Health:
        """Whether the vendor is there, knows our key, and has money of ours left."""
        return await self._checkup.look()

    async def aclose(self) -> None:
        """End what is followed and close the connections; calls under way go on at the vendor."""
        await self._polling.aclose()
        await self._lines.aclose()


def _remember(kept: OrderedDict[UUID, _Kept], call_id: UUID, what: _Kept) -> None:
    kept[call_id] = what
    kept.move_to_end(call_id)
    if len(kept) > _CALLS_REMEMBERED:
        kept.popitem(last=False)


def _asked(task: Task, order: StepOrder) -> Asked:
    work = (str(task.get("model")), str(task["taskType"]))
    if isinstance(order, TextToImageOrder | ImageToImageOrder):
        return Asked(work, order.num_images, order.seed or 0)
    return Asked(work, 1, int(task.get("seed", 0)), str(task.get("air", "")))
