"""Orders as the vendor's tasks: everything asked for, nothing else, the same bytes for the same order."""

import asyncio
import base64
import io
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson
import pytest
from PIL import Image

from services.orders import StepOrder
from tests.integration.runware.house import (
    House,
    Vendor,
    call_for,
    from_photo,
    offer_of,
    photo,
    solid,
    submitted,
    upscale,
    words,
)
from workers.backends.base import BackendCall, ErrorKind, Failed
from workers.backends.runware.photos import MOST_PIXELS, data_uri
from workers.backends.runware.requests import task_of


def noise(width: int, height: int, format_: str = "JPEG") -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format_)
    return out.getvalue()


def hook(call_id: UUID) -> str:
    return f"http://127.0.0.1/webhooks/runware?call={call_id}&token=abc"


def task_for(order: StepOrder, call: BackendCall | None = None) -> dict[str, Any]:
    task = task_of(call or call_for(order), order, None)
    assert isinstance(task, dict), task
    return task


async def sent_bytes(vendor: Vendor, house: House, order: StepOrder, content: bytes) -> bytes:
    """The task as it came over the wire, without what belongs to one call alone."""
    await submitted(house.backend, order, call_for(order, content))
    task = vendor.tasks("imageInference" if order.kind.value.endswith("to_image") else str(order.kind.value))[-1]
    return orjson.dumps({name: value for name, value in task.items() if name not in ("taskUUID", "webhookURL")})


def test_a_picture_from_words_asks_for_exactly_this() -> None:
    order = words(num_images=3)
    call = call_for(order, offer=offer_of(order, steps=4, words="film, a fox"))
    assert task_of(call, order, hook) == {
        "taskType": "imageInference",
        "taskUUID": str(call.call_id),
        "model": "runware:100@1",
        "positivePrompt": "film, a fox",
        "width": 256,
        "height": 320,
        "steps": 4,
        "numberResults": 3,
        "seed": 5,
        "safety": {"checkContent": True},
        "outputType": "URL",
        "outputFormat": "JPG",
        "includeCost": True,
        "deliveryMethod": "async",
        "webhookURL": hook(call.call_id),
    }


def test_what_was_not_given_is_not_sent() -> None:
    bare = task_for(words(seed=None))
    assert not {"seed", "negativePrompt", "lora", "seedImage", "strength", "webhookURL"} & bare.keys()
    assert task_for(words(negative_prompt="rain"))["negativePrompt"] == "rain"
    assert "settings" not in task_for(solid())


def test_an_enlargement_asks_for_no_more_than_the_model_takes() -> None:
    task = task_for(upscale(factor=4))
    assert task.keys() == {
        "taskType", "taskUUID", "model", "inputs", "upscaleFactor",
        "outputType", "outputFormat", "includeCost", "deliveryMethod",
    }  # fmt: skip
    assert (task["taskType"], task["upscaleFactor"]) == ("upscale", 4)


def test_a_solid_from_a_photo_asks_for_a_glb() -> None:
    task = task_for(solid())
    assert (task["taskType"], task["outputFormat"], task["seed"]) == ("3dInference", "GLB", 5)
    assert "positivePrompt" not in task
    assert "seed" not in task_for(solid(model="tencent:hunyuan-3d@3.1-rapid"))


@pytest.mark.parametrize("order", [words(), from_photo(strength=0.4), upscale(factor=4)])
async def test_the_same_order_is_the_same_bytes_every_time(vendor: Vendor, house: House, order: StepOrder) -> None:
    content = noise(1500, 900)
    first = await sent_bytes(vendor, house, order, content)
    assert await sent_bytes(vendor, house, order, content) == first
    calls = [await asyncio.to_thread(task_for, order, call_for(order, content)) for _ in range(2)]
    for task in calls:
        del task["taskUUID"]
    assert orjson.dumps(calls[0]) == orjson.dumps(calls[1])


def decoded(uri: str) -> tuple[str, bytes]:
    head, _, content = uri.partition(",")
    return head, base64.b64decode(content)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_is_small_enough_travels_as_it_is(format_: str) -> None:
    content = noise(64, 48, format_)
    assert decoded(data_uri(content)) == (f"data:image/{format_.lower()};base64", content)


@pytest.mark.parametrize(("width", "height"), [(1600, 1200), (4000, 300), (1025, 1024)])
def test_a_larger_photo_becomes_a_jpeg_of_a_megapixel(width: int, height: int) -> None:
    head, content = decoded(data_uri(noise(width, height, "PNG")))
    small = Image.open(io.BytesIO(content))
    assert (head, small.format) == ("data:image/jpeg;base64", "JPEG")
    assert 0.98 * MOST_PIXELS <= small.width * small.height <= MOST_PIXELS
    assert small.width / small.height == pytest.approx(width / height, rel=0.01)


def test_what_is_to_become_larger_is_not_made_smaller_first() -> None:
    content = noise(1500, 1200)
    order = upscale()
    assert decoded(task_for(order, call_for(order, content))["inputs"]["image"])[1] == content


def test_another_format_is_written_as_jpeg() -> None:
    assert data_uri(noise(30, 20, "BMP")).startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("content", [b"", b"this is no photo", photo()[:40]])
def test_a_photo_that_cannot_be_read_is_the_orders_fault(content: bytes) -> None:
    order = from_photo()
    answer = task_of(call_for(order, content), order, None)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.ORDER, "unreadable_photo")


def test_a_call_without_its_photo_or_offer_is_not_sent() -> None:
    order = from_photo()
    gone = task_of(replace(call_for(order), inputs={uuid4(): photo()}), order, None)
    unlisted = task_of(call_for(order, offer=None), order, None)
    assert isinstance(gone, Failed)
    assert isinstance(unlisted, Failed)
    assert (gone.code, unlisted.code) == ("photo_gone", "no_offer")
