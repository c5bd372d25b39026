"""What each family of models is asked for, and which orders it can honour in full.

The inputs are those of the models' own pages and of replicate/cog-flux. FLUX runs in its full precision
(`go_fast` off): otherwise the same seed makes another picture each time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from services.offers import Offer
from services.orders import (
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
from workers.backends.replicate import pictures
from workers.backends.replicate.formats import MEGAPIXEL, nearest_format
from workers.backends.replicate.pictures import InputPicture

Inputs = dict[str, Any]

_LORA_SCALES = (-1.0, 3.0)
_MOST_SIDE = 1440
_FEWEST_FACES = 40_000
_VERSIONED_LORA = re.compile(r"([\w.-]+/[\w.-]+):([0-9a-f]{40,})")


class Family(Enum):
    """Models that take the same inputs."""

    SCHNELL = "black-forest-labs/flux-schnell"
    DEV = "black-forest-labs/flux-dev"
    DEV_LORA = "black-forest-labs/flux-dev-lora"
    ESRGAN = "nightmareai/real-esrgan"
    HUNYUAN = "tencent/hunyuan-3d-3.1"
    TRAINER = "ostris/flux-dev-lora-trainer"
    TRAINED = "trained"
    """Any other model: a destination of the FLUX trainer, which takes width and height."""


_MOST_LORAS = {Family.SCHNELL: 0, Family.DEV: 0, Family.DEV_LORA: 2, Family.TRAINED: 1}


@dataclass(frozen=True, slots=True)
class NeededPicture:
    """The picture that an order starts from, and how it is made ready for its model."""

    file_id: UUID
    prepare: Callable[[bytes], InputPicture]
    """Raises UnreadablePicture, PictureTooLarge."""


def family_of(offer: Offer) -> Family:
    """The family of an offer's model."""
    name = offer.vendor_id.partition(":")[0]
    return next((family for family in Family if family.value == name), Family.TRAINED)


def honours(order: StepOrder, offer: Offer) -> bool:
    """Whether the offer's model takes every part of the order."""
    family = family_of(offer)
    match order:
        case TextToImageOrder() | ImageToImageOrder():
            return _honours_picture(order, offer, family)
        case UpscaleOrder():
            return family is Family.ESRGAN
        case ImageTo3DOrder():
            faces = order.parameters.face_count
            return family is Family.HUNYUAN and (faces is None or faces >= _FEWEST_FACES)
        case TrainOrder():
            return family is Family.TRAINER
        case RegisterOrder():
            return False  # what was trained here is served here as it is, and what was trained elsewhere is not


def needed_picture(order: PictureStep) -> NeededPicture | None:
    """The picture that the order starts from; None where it starts from words."""
    match order:
        case TextToImageOrder() | ImageTo3DOrder(file_id=None):
            return None
        case ImageToImageOrder():
            # FLUX makes its picture as large as the one it starts from, whatever else it is told.
            return NeededPicture(order.file_id, lambda content: pictures.fitted(content, order.width, order.height))
        case UpscaleOrder():
            return NeededPicture(order.file_id, pictures.untouched)
        case ImageTo3DOrder(file_id=UUID() as file_id):
            return NeededPicture(file_id, pictures.shrunk)
    raise AssertionError(order)


def inputs_for(order: PictureStep, offer: Offer, picture: str | None) -> Inputs:
    """The model's inputs; `picture` is the address or data URI of the one that it starts from."""
    match order:
        case TextToImageOrder() | ImageToImageOrder():
            return _picture_inputs(order, offer, picture)
        case UpscaleOrder():
            return {"image": picture, "scale": order.factor}
        case ImageTo3DOrder():
            return _solid_inputs(order, offer, picture)


def _honours_picture(order: ImageOrder, offer: Offer, family: Family) -> bool:
    lowest, highest = _LORA_SCALES
    if family not in _MOST_LORAS or len(offer.loras) > _MOST_LORAS[family]:
        return False
    if not all(lowest <= lora.weight <= highest for lora in offer.loras):
        return False
    if order.negative_prompt is not None and family is not Family.TRAINED:
        return False
    fits = max(order.width, order.height) <= _MOST_SIDE
    if isinstance(order, ImageToImageOrder):
        return fits and family is not Family.SCHNELL and order.width * order.height <= MEGAPIXEL
    if family is Family.TRAINED:
        return fits
    return nearest_format(order.width, order.height) is not None


def _picture_inputs(order: ImageOrder, offer: Offer, picture: str | None) -> Inputs:
    family = family_of(offer)
    inputs: Inputs = {
        "prompt": offer.words,
        "num_outputs": order.num_images,
        "num_inference_steps": offer.steps,
        "output_format": "jpg",
        "output_quality": 95,
        "go_fast": False,
    }
    if order.negative_prompt is not None:
        inputs["negative_prompt"] = order.negative_prompt
    if order.seed is not None:
        inputs["seed"] = order.seed
    if isinstance(order, ImageToImageOrder):
        inputs |= {"image": picture, "prompt_strength": order.strength}
    else:
        inputs |= _size_inputs(order, family)
    return inputs | _lora_inputs(offer, family)


def _size_inputs(order: ImageOrder, family: Family) -> Inputs:
    if family is Family.TRAINED:
        return {"aspect_ratio": "custom", "width": order.width, "height": order.height}
    made = nearest_format(order.width, order.height)
    if made is None:
        raise ValueError(f"{order.width} x {order.height} is not made by {family.value}")
    return {"aspect_ratio": made.aspect_ratio, "megapixels": made.megapixels}


def _lora_inputs(offer: Offer, family: Family) -> Inputs:
    """A trained model carries its own LoRA, so that an offered one is its second."""
    names = [("lora_weights", "lora_scale"), ("extra_lora", "extra_lora_scale")]
    if family is Family.TRAINED:
        del names[0]
    inputs: Inputs = {}
    for (weights, scale), lora in zip(names, offer.loras, strict=False):
        inputs |= {weights: _lora_name(lora.vendor_id), scale: lora.weight}
    return inputs


def _lora_name(vendor_id: str) -> str:
    """A trained model's version is `owner/name/version` as a LoRA, and `owner/name:version` everywhere else."""
    versioned = _VERSIONED_LORA.fullmatch(vendor_id)
    return f"{versioned[1]}/{versioned[2]}" if versioned is not None else vendor_id


def _solid_inputs(order: ImageTo3DOrder, offer: Offer, picture: str | None) -> Inputs:
    """From a picture or from words, never both; the model has no seed."""
    inputs: Inputs = {"image": picture} if picture is not None else {"prompt": offer.words}
    inputs["enable_pbr"] = order.parameters.texture
    inputs["generate_type"] = "Normal" if order.parameters.texture else "Geometry"
    if order.parameters.face_count is not None:
        inputs["face_count"] = order.parameters.face_count
    return inputs
