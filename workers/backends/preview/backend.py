"""The preview backend: the Backend protocol over painters that run in this process, on the CPU.

It is no AI, and every picture says so. What it knows dies with the process: after a restart it has never
heard of any call, and making one again costs nothing and gives the same pictures.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import assert_never
from uuid import UUID

from services.offers import Offer
from services.orders import (
    ImageOrder,
    ImageTo3DOrder,
    ImageToImageOrder,
    LoraSource,
    RegisterOrder,
    StepOrder,
    TextToImageOrder,
    TrainOrder,
    UpscaleOrder,
)
from workers.backends.base import (
    BackendCall,
    Cancelled,
    CopyKind,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.preview.work import CANCELLED_CALL, STYLE_CODES, Studio, make

REMEMBERED = 8
"""Ended calls whose pictures are kept for `resolve` and late followers; older ones are forgotten."""
_CLOSING = Failed(ErrorKind.VENDOR, "closing", "the backend is shutting down")


@dataclass(slots=True)
class _Running:
    """One call. The loop's thread alone writes it, but for `stop`, which threads read."""

    ref: VendorRef
    percent: int = 0
    ending: Finished | Failed | None = None
    stop: Event = field(default_factory=Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    work: "Future[Finished | Failed] | None" = None

    def tell(self, percent: int, ending: Finished | Failed | None = None) -> None:
        """Move on, and wake who follows."""
        self.percent = max(self.percent, percent)
        self.ending = self.ending or ending
        self.changed.set()
        self.changed = asyncio.Event()


class PreviewBackend:
    """Makes pictures with filters, for newcomers without accounts and for tests without vendors."""

    name = "preview"
    reads_weights = True

    def __init__(self, parallel: int = 1) -> None:
        """Paint so many orders at once; each takes a core and up to about 250 MB while it runs."""
        self._parallel = parallel
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="preview")
        self._calls: OrderedDict[UUID, _Running] = OrderedDict()
        self._studio = Studio()
        self._closing = False

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """Any image order in a style that has a painter, or in none; every upscale, every solid.

        Model, steps and the like are details of an AI; a preview stands in for whichever was asked for. Of LoRAs it
        has one personal model, trained here; what the catalogue does not know of it cannot have.
        """
        match order:
            case TextToImageOrder() | ImageToImageOrder():
                is_styled = order.style is None or order.style in STYLE_CODES
                return is_styled and (not order.loras or _has_one_model(order, offer))
            case UpscaleOrder() | ImageTo3DOrder():
                return True
            case TrainOrder():
                return offer is not None
            case RegisterOrder():
                return False
            case _:
                assert_never(order)

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef:
        """Queue the call for a free thread. The same call again is answered with the first."""
        known = self._calls.get(call.call_id)
        if known is not None:
            return known.ref
        running = _Running(VendorRef(call.call_id, str(call.call_id)))
        self._calls[call.call_id] = running
        if self._closing:
            self._end(running, _CLOSING)
            return running.ref
        loop = asyncio.get_running_loop()

        def told(percent: int) -> None:
            loop.call_soon_threadsafe(running.tell, percent)

        def ended(work: "Future[Finished | Failed]") -> None:
            loop.call_soon_threadsafe(self._settle, running, work)

        running.work = self._pool.submit(make, self._studio, call, order, running.stop, told)
        running.work.add_done_callback(ended)
        return running.ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Progress as stages and pictures are done, then the end. Any number may follow, at any time."""
        running = self._calls.get(ref.call_id)
        if running is None:
            yield Failed(ErrorKind.VENDOR, "forgotten", "this process knows no such call")
            return
        told = -1
        while True:
            changed = running.changed
            if running.ending is not None:
                yield running.ending
                return
            if running.percent > told:
                told = running.percent
                yield Progress(told)
                continue
            await changed.wait()

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """What became of a call of this process; of any other it has never heard."""
        running = self._calls.get(call.call_id)
        if running is None:
            return NeverHeard()
        return running.ending or StillRunning(running.ref)

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Stop at the next stage; pictures that are finished are handed out. Nothing is billed."""
        running = self._calls.get(ref.call_id)
        if running is not None and running.ending is None:
            running.stop.set()
            if running.work is not None:
                running.work.cancel()  # where no thread has begun with it, it ends at once
        return Cancelled(still_billed=False)

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """There is nothing to delete: this process keeps neither photos nor models."""
        return True

    async def health(self) -> Health:
        """Available until it is closed."""
        at_work = sum(running.ending is None for running in self._calls.values())
        return Health(not self._closing, f"{at_work} calls, {self._parallel} at once, no AI")

    async def aclose(self) -> None:
        """Stop every call at its next stage and let the threads go."""
        self._closing = True
        for running in self._calls.values():
            running.stop.set()
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def _settle(self, running: _Running, work: "Future[Finished | Failed]") -> None:
        if work.cancelled():
            self._end(running, _CLOSING if self._closing else CANCELLED_CALL)
            return
        fault = work.exception()
        if fault is not None:
            self._end(running, Failed(ErrorKind.OURS, "preview_broken", repr(fault)))
        else:
            self._end(running, work.result())

    def _end(self, running: _Running, ending: Finished | Failed) -> None:
        running.tell(100 if isinstance(ending, Finished) else 0, ending)
        running.work = None
        ended = [call_id for call_id, other in self._calls.items() if other.ending is not None]
        for call_id in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._calls[call_id]


def _has_one_model(order: ImageOrder, offer: Offer | None) -> bool:
    sources = [lora.source for lora in order.loras]
    return offer is not None and len(offer.loras) == 1 and sources == [LoraSource.PERSONAL]
