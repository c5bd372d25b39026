"""Trains a preview model: no AI, but a LoRA file in its form, that carries a small picture of the person.

The pair in it is all zeros, so whoever loads it as a LoRA changes nothing. Portraits are painted from the picture.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from PIL import Image

from services.orders import TrainOrder
from workers.backends.base import Trained
from workers.backends.preview.face import Face, find_face
from workers.backends.preview.photo import read_photo
from workers.backends.preview.pixels import Photo
from workers.weights.safetensors import Array, BrokenSafetensors, read_header, written

PICTURE_SIDE = 512
"""Pixels of the longest side of the person's picture."""
PORTRAIT = 3.6
"""Height and width of the part of a photo that is kept, in heights of its face."""
EYE_LINE = 0.42
"""Where down that part the middle of the face stands."""
_PICTURE = "preview.picture"
_RANK, _WIDTH = 4, 8
_ZEROS = Array("F16", (_RANK, _WIDTH), bytes(_RANK * _WIDTH * 2)), Array("F16", (_WIDTH, _RANK), bytes(64))
_QUALITY = 90


class NoPreviewModel(Exception):
    """The weights are none that this backend has made."""


@dataclass(frozen=True, slots=True)
class TrainingStage:
    """A piece of the work is done."""

    percent: int
    trained: Trained | None = None
    """What the last stage brings."""


@dataclass(frozen=True, slots=True)
class _Sitting:
    photo: Photo
    face: Face | None

    @property
    def size(self) -> float:
        """Area of the face in pixels."""
        return self.face.width * self.face.height if self.face is not None else 0.0


def train(order: TrainOrder, photos: Mapping[UUID, bytes]) -> Iterator[TrainingStage]:
    """Look at each photo, and make the model from the one with the largest face. Raises UnreadablePhoto."""
    best: _Sitting | None = None
    for number, caption in enumerate(order.photos, start=1):
        photo = read_photo(photos[caption.file_id])
        sitting = _Sitting(photo, find_face(photo))
        if best is None or sitting.size > best.size:
            best = sitting
        yield TrainingStage(95 * number // len(order.photos))
    assert best is not None  # an order has photos
    yield TrainingStage(100, Trained(content=_model(order, _picture(best))))


def picture_in(weights: bytes) -> bytes:
    """The person's picture in a model of this backend, as a JPEG. Raises NoPreviewModel."""
    try:
        header = read_header(io.BytesIO(weights), len(weights))
    except BrokenSafetensors as fault:
        raise NoPreviewModel(str(fault)) from fault
    place = header.tensors.get(_PICTURE)
    if header.metadata.get("preview") != "true" or place is None:
        raise NoPreviewModel("it carries no picture")
    return weights[place.begin : place.end]


def _model(order: TrainOrder, picture: bytes) -> bytes:
    layer = "transformer.single_transformer_blocks.0.attn.to_q"
    arrays = {
        f"{layer}.lora_A.weight": _ZEROS[0],
        f"{layer}.lora_B.weight": _ZEROS[1],
        _PICTURE: Array("U8", (len(picture),), picture),
    }
    metadata = {
        "format": "pt",
        "preview": "true",
        "trigger_word": order.trigger_word,
        "subject_class": order.subject_class.value,
        "photos": str(len(order.photos)),
    }
    return written(arrays, metadata)


def _picture(sitting: _Sitting) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(_portrait(sitting)))
    image.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _portrait(sitting: _Sitting) -> Photo:
    """The part of the photo around its face; all of it where it has none."""
    if sitting.face is None:
        return sitting.photo
    height, width = sitting.photo.shape[:2]
    side = sitting.face.height * PORTRAIT
    x, y = sitting.face.centre
    left, top = max(round(x - side / 2), 0), max(round(y - side * EYE_LINE), 0)
    return sitting.photo[top : min(round(top + side), height), left : min(round(x + side / 2), width)]
