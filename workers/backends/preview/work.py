"""What a thread of the preview backend does with one call, from its order to its end.

The painters are imported by the first call that needs them: a worker that idles carries no OpenCV.
"""

from collections.abc import Callable, Iterator
from threading import Event
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from services.orders import (
    MAX_SEED,
    ImageOrder,
    ImageTo3DOrder,
    ImageToImageOrder,
    PictureStep,
    RegisterOrder,
    StepOrder,
    TextToImageOrder,
    TrainOrder,
    UpscaleOrder,
)
from workers.backends.base import CANCELLED, BackendCall, ErrorKind, Failed, Finished, Output, Solid
from workers.backends.preview.styles import Style

if TYPE_CHECKING:
    from workers.backends.preview.painting import Stage
    from workers.backends.preview.subject import Subjects

CANCELLED_CALL = Failed(ErrorKind.ORDER, CANCELLED, "stopped before the first picture")
STYLE_CODES = frozenset(style.value for style in Style)
"""The styles that have a painter."""
Told = Callable[[int], None]
"""Is told of the per cent that are done."""
_NO_FILE = UUID(int=0)


class Studio:
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


def make(studio: Studio, call: BackendCall, order: StepOrder, stop: Event, told: Told) -> Finished | Failed:
    """Run an order through its stages in a thread of the pool."""
    if stop.is_set():
        return CANCELLED_CALL
    if isinstance(order, RegisterOrder):
        return Failed(ErrorKind.OURS, "unsupported", "there is nobody to register a model with")
    from workers.backends.preview.photo import UnreadablePhoto
    from workers.backends.preview.training import NoPreviewModel

    if (
        isinstance(order, TextToImageOrder | ImageToImageOrder)
        and order.style is not None
        and order.style not in STYLE_CODES
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
                return Finished(tuple(outputs)) if outputs else CANCELLED_CALL
            told(stage.percent)
    except UnreadablePhoto as fault:
        return Failed(ErrorKind.ORDER, "unreadable_photo", str(fault))
    except NoPreviewModel as fault:
        return Failed(ErrorKind.OURS, "no_weights", str(fault))
    return Finished(tuple(outputs))


def _built(order: ImageTo3DOrder, call: BackendCall, seed: int) -> "Iterator[Stage]":
    """A solid, built in one piece."""
    from workers.backends.preview.painting import Stage
    from workers.backends.preview.solids.paint import paint_solid

    photo = call.inputs[order.file_id] if order.file_id is not None else None
    yield Stage(10)
    yield Stage(100, Solid(paint_solid(order.prompt, seed, photo=photo), seed))


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


def _train(call: BackendCall, order: TrainOrder, stop: Event, told: Told) -> Finished | Failed:
    """Train in a thread of the pool."""
    from workers.backends.preview.training import train

    for stage in train(order, call.inputs):
        if stage.trained is not None:
            return Finished((), trained=stage.trained)
        if stop.is_set():
            return CANCELLED_CALL
        told(stage.percent)
    raise AssertionError("the last stage brings the model")


def _seed(call: BackendCall, asked: int | None) -> int:
    """The order's own, else one that the call carries in its id."""
    return asked if asked is not None else call.call_id.int % (MAX_SEED + 1)
