"""The preview backend: the Backend protocol over painters that run in this process, on the CPU.

It is no AI, and every picture says so. What it knows dies with the process: after a restart it has never
heard of any call, and making one again costs nothing and gives the same pictures.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from services.offers import Offer
from services.orders import (
    MAX_SEED,
    ImageOrder,
    ImageTo3DOrder,
    ImageToImageOrder,
    LoraSource,
    PictureStep,
    RegisterOrder,
    StepOrder,
    TextToImageOrder,
    TrainOrder,
    UpscaleOrder,
)
from workers.backends.base import (
    CANCELLED,
    BackendCall,
    Cancelled,
    CopyKind,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Output,
    Progress,
    Solid,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.preview.styles import Style

if TYPE_CHECKING:
    from workers.backends.preview.painting import Stage
    from workers.backends.preview.subject import Subjects

REMEMBERED = 8
"""Ended calls whose pictures are kept for `resolve` and late followers; older ones are forgotten."""
_CANCELLED = Failed(ErrorKind.ORDER, CANCELLED, "stopped before the first picture")
_STOPPED = Failed(ErrorKind.ORDER, CANCELLED, "stopped before the model was made")
_CLOSING = Failed(ErrorKind.VENDOR, "closing", "the backend is shutting down")
_Told = Callable[[int], None]
_NO_FILE = UUID(int=0)
_CODES = frozenset(style.value for style in Style)


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
        self._studio = _Studio()
        self._closing = False

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """Any image order in a style that has a painter, or in none; every upscale, every solid.

        Model, steps and the like are details of an AI; a preview stands in for whichever was asked for. Of LoRAs it
        has one personal model, trained here; what the catalogue does not know of it cannot have.
        """
        match order:
            case TextToImageOrder() | ImageToImageOrder():
                is_styled = order.style is None or order.style in _CODES
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

        running.work = self._pool.submit(_make, self._studio, call, order, running.stop, told)
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
            self._end(running, _CLOSING if self._closing else _CANCELLED)
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


class _Studio:
    """What the painters share from one call to the next."""

    def __init__(self) -> None:
        self._subjects: Subjects | None = None

    def stages(self, call: BackendCall, order: PictureStep) -> "Iterator[Stage]":
        """The stages of an order. Its painters are imported by the first: a worker that idles carries no OpenCV."""
        from workers.backends.preview.enlarging import enlarge
        from workers.backends.preview.painting import paint_photo, paint_words
        from workers.backends.preview.subject import Subjects

        self._subjects = self._subjects or Subjects()
        if isinstance(order, TextToImageOrder | ImageToImageOrder) and order.loras:
            return paint_photo(_as_portrait(order), _person_in(call), _seed(call, order.seed), self._subjects)
        match order:
            case ImageToImageOrder():
                return paint_photo(order, call.inputs[order.file_id], _seed(call, order.seed), self._subjects)
            case TextToImageOrder():
                return paint_words(order, _seed(call, order.seed))
            case UpscaleOrder():
                return enlarge(order, call.inputs[order.file_id])
            case ImageTo3DOrder():
                return _built(order, call, _seed(call, order.seed))
            case _:
                assert_never(order)


def _built(order: ImageTo3DOrder, call: BackendCall, seed: int) -> "Iterator[Stage]":
    """A solid, built in one piece."""
    from workers.backends.preview.painting import Stage
    from workers.backends.preview.solids.paint import paint_solid

    photo = call.inputs[order.file_id] if order.file_id is not None else None
    yield Stage(10)
    yield Stage(100, Solid(paint_solid(order.prompt, seed, photo=photo), seed))


def _has_one_model(order: ImageOrder, offer: Offer | None) -> bool:
    sources = [lora.source for lora in order.loras]
    return offer is not None and len(offer.loras) == 1 and sources == [LoraSource.PERSONAL]


def _as_portrait(order: ImageOrder) -> ImageToImageOrder:
    """The order as one that starts from the person's picture: it is not in the order's files."""
    asked = order.model_dump(exclude={"kind", "loras", "file_id", "strength"})
    return ImageToImageOrder(**asked, file_id=_NO_FILE, strength=1.0)


def _person_in(call: BackendCall) -> bytes:
    """The picture in the weights of the call's one LoRA. Raises NoPreviewModel."""
    from workers.backends.preview.training import NoPreviewModel, picture_in

    names = [lora.vendor_id for lora in call.offer.loras] if call.offer is not None else []
    if len(names) != 1 or names[0] not in call.weights:
        raise NoPreviewModel("the call came without its weights")
    return picture_in(call.weights[names[0]])


def _train(call: BackendCall, order: TrainOrder, stop: Event, told: _Told) -> Finished | Failed:
    """Train in a thread of the pool."""
    from workers.backends.preview.training import train

    for stage in train(order, call.inputs):
        if stage.trained is not None:
            return Finished((), trained=stage.trained)
        if stop.is_set():
            return _STOPPED
        told(stage.percent)
    raise AssertionError("the last stage brings the model")


def _make(studio: _Studio, call: BackendCall, order: StepOrder, stop: Event, told: _Told) -> Finished | Failed:
    """Run an order through its stages in a thread of the pool."""
    if stop.is_set():
        return _CANCELLED
    if isinstance(order, RegisterOrder):
        return Failed(ErrorKind.OURS, "unsupported", "there is nobody to register a model with")
    from workers.backends.preview.photo import UnreadablePhoto
    from workers.backends.preview.training import NoPreviewModel

    if (
        isinstance(order, TextToImageOrder | ImageToImageOrder)
        and order.style is not None
        and order.style not in _CODES
    ):
        return Failed(ErrorKind.ORDER, "unsupported", f"no painter for {order.style}")
    missing = [file_id for file_id in order.input_files if file_id not in call.inputs]
    if missing:
        return Failed(ErrorKind.OURS, "no_input", f"the call carries no file {missing[0]}")
    outputs: list[Output] = []
    try:
        if isinstance(order, TrainOrder):
            return _train(call, order, stop, told)
        for stage in studio.stages(call, order):
            if stage.output is not None:
                outputs.append(stage.output)
            if stop.is_set() and len(outputs) < order.units:
                return Finished(tuple(outputs)) if outputs else _CANCELLED
            told(stage.percent)
    except UnreadablePhoto as fault:
        return Failed(ErrorKind.ORDER, "unreadable_photo", str(fault))
    except NoPreviewModel as fault:
        return Failed(ErrorKind.OURS, "no_weights", str(fault))
    return Finished(tuple(outputs))


def _seed(call: BackendCall, asked: int | None) -> int:
    """The order's own, else one that the call carries in its id."""
    return asked if asked is not None else call.call_id.int % (MAX_SEED + 1)
