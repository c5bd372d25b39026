"""Orders as the vendor's tasks. The same order makes the same task, but for its taskUUID and the webhook's address.

Every task names its type and its model: nothing is left to the SDK to guess. Parameters are those of `task_map.py` in
runware-sdk 1.8.0.
"""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.offers import Offer
from services.orders import (
    ImageTo3DOrder,
    ImageToImageOrder,
    PictureStep,
    RegisterOrder,
    StepOrder,
    TextToImageOrder,
    TrainOrder,
    UpscaleOrder,
)
from services.vendor_hints import WebhookUrl
from workers.backends.base import BackendCall, ErrorKind, Failed
from workers.backends.runware.photos import UnreadablePhoto, data_uri
from workers.backends.runware.wire import Task


@dataclass(frozen=True, slots=True)
class SolidModel:
    """What a model for solids can be asked; what it cannot be asked is no parameter of it."""

    takes_words: bool = False
    """Makes a solid from words alone."""
    takes_seed: bool = False
    """Without this the seed, drawn for every order, is not sent: such a model draws its own."""
    face_count_setting: str | None = None
    """The setting's name for the number of triangles."""
    face_counts: tuple[int, int] = (0, 0)
    """The fewest and the most triangles that it can be set to."""


AIR_SOURCE = "dreamphoto"
"""The first part of every AIR that we give."""


class _PhotoGone(Exception):
    """The call came without a photo of its order."""


SOLID_MODELS = {
    "microsoft:trellis-2@4b": SolidModel(
        takes_seed=True, face_count_setting="decimationTarget", face_counts=(100_000, 1_000_000)
    ),
    "tencent:hunyuan-3d@3.1-rapid": SolidModel(takes_words=True),
}
"""By AIR; a model that is not here is asked for nothing but its picture."""


def can_ask(order: StepOrder, offer: Offer) -> bool:
    """Whether every part of the order has a place in a task for this model."""
    if isinstance(order, TrainOrder | RegisterOrder):
        return isinstance(order, RegisterOrder) and order.backend == offer.backend
    if not isinstance(order, ImageTo3DOrder):
        return True
    model = SOLID_MODELS.get(offer.vendor_id, SolidModel())
    if order.file_id is None and not (model.takes_words and offer.words):
        return False
    if not order.parameters.texture:
        return False
    faces = order.parameters.face_count
    return faces is None or (
        model.face_count_setting is not None and model.face_counts[0] <= faces <= model.face_counts[1]
    )


def task_of(call: BackendCall, order: StepOrder, webhook_url: WebhookUrl | None) -> Task | Failed:
    """The task for a call, or why none can be made of it. Reads and shrinks photos: not for the event loop."""
    offer = call.offer
    if offer is None:
        return Failed(ErrorKind.OURS, "no_offer", "the call is not in the catalogue")
    if isinstance(order, TrainOrder):
        return Failed(ErrorKind.OURS, "unsupported", "this vendor trains nobody")
    if isinstance(order, RegisterOrder):
        return _with_webhook({"taskUUID": str(call.call_id), **_registration(order, offer)}, call, webhook_url)
    try:
        made = _work(call, order, offer)
    except UnreadablePhoto as error:
        return Failed(ErrorKind.ORDER, "unreadable_photo", str(error))
    except _PhotoGone as error:
        return Failed(ErrorKind.ORDER, "photo_gone", f"the call came without the file {error}")
    task: Task = {
        "taskType": made.pop("taskType"),
        "taskUUID": str(call.call_id),
        "model": offer.vendor_id,
        **made,
        "outputType": "URL",
        "outputFormat": "GLB" if isinstance(order, ImageTo3DOrder) else "JPG",
        "includeCost": True,
        "deliveryMethod": "async",
    }
    return _with_webhook(task, call, webhook_url)


def air_of(order: RegisterOrder) -> str:
    """The name that the model gets there, always the same one: it holds the weights' digest.

    So no other installation and no other weights of ours come to it, and whoever finds it taken finds this model.
    """
    return f"{AIR_SOURCE}:{order.model_id}-{order.weights_sha256[:16]}@{order.version}"


def _registration(order: RegisterOrder, offer: Offer) -> Task:
    """Of the person it says nothing but our number of the model and its trigger word."""
    return {
        "taskType": "modelUpload",
        "category": "lora",
        "architecture": offer.vendor_id,
        "format": "safetensors",
        "air": air_of(order),
        "name": f"Dream Photo {order.model_id}",
        "version": str(order.version),
        "downloadURL": order.weights_url,
        "private": True,
        "defaultWeight": 1.0,
        "positiveTriggerWords": order.trigger_word,
    }


def _with_webhook(task: Task, call: BackendCall, webhook_url: WebhookUrl | None) -> Task:
    if webhook_url is not None:
        task["webhookURL"] = webhook_url(call.call_id)
    return task


def _work(call: BackendCall, order: PictureStep, offer: Offer) -> Task:
    match order:
        case TextToImageOrder():
            return _picture(order, offer)
        case ImageToImageOrder():
            photo = data_uri(_input(call, order.file_id))
            return {**_picture(order, offer), "seedImage": photo, "strength": order.strength}
        case UpscaleOrder():
            # What is to become larger is not made smaller first.
            photo = data_uri(_input(call, order.file_id), most_pixels=None)
            return {"taskType": "upscale", "inputs": {"image": photo}, "upscaleFactor": order.factor}
        case ImageTo3DOrder():
            return _solid(call, order, offer)
        case _:
            assert_never(order)


def _picture(order: TextToImageOrder | ImageToImageOrder, offer: Offer) -> Task:
    task: Task = {"taskType": "imageInference", "positivePrompt": offer.words}
    if order.negative_prompt is not None:
        task["negativePrompt"] = order.negative_prompt
    task |= {"width": order.width, "height": order.height, "steps": offer.steps, "numberResults": order.num_images}
    if order.seed is not None:
        task["seed"] = order.seed
    if offer.loras:
        task["lora"] = [{"model": lora.vendor_id, "weight": lora.weight} for lora in offer.loras]
    task["safety"] = {"checkContent": True}
    return task


def _solid(call: BackendCall, order: ImageTo3DOrder, offer: Offer) -> Task:
    model = SOLID_MODELS.get(offer.vendor_id, SolidModel())
    task: Task = {"taskType": "3dInference"}
    if order.file_id is not None:
        task["inputs"] = {"image": data_uri(_input(call, order.file_id))}
    else:
        task["positivePrompt"] = offer.words
    if order.seed is not None and model.takes_seed:
        task["seed"] = order.seed
    if order.parameters.face_count is not None and model.face_count_setting is not None:
        task["settings"] = {model.face_count_setting: order.parameters.face_count}
    return task


def _input(call: BackendCall, file_id: UUID) -> bytes:
    content = call.inputs.get(file_id)
    if content is None:
        raise _PhotoGone(file_id)
    return content
