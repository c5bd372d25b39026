"""Orders, and the ways to follow a call to its end; nothing here knows of a vendor."""

import asyncio
from typing import Any
from uuid import uuid4

from services.orders import ImageTo3DOrder, ImageToImageOrder, TextToImageOrder, UpscaleOrder
from workers.backends.base import Backend, Failed, Finished, Progress, VendorRef

PATIENCE = 30.0
"""Seconds after which a backend is taken to hang."""


def words(**asked: Any) -> TextToImageOrder:
    return TextToImageOrder.model_validate({"prompt": "A fox", "width": 256, "height": 320, "seed": 5, **asked})


def from_photo(style: str | None = None, **asked: Any) -> ImageToImageOrder:
    fields = {"file_id": uuid4(), "style": style, "prompt": "in the woods", "width": 256, "height": 320, "seed": 5}
    return ImageToImageOrder.model_validate(fields | asked)


def upscale(**asked: Any) -> UpscaleOrder:
    return UpscaleOrder.model_validate({"file_id": uuid4(), "factor": 2, **asked})


def solid(**asked: Any) -> ImageTo3DOrder:
    return ImageTo3DOrder.model_validate({"file_id": uuid4(), "seed": 5, **asked})


async def followed(backend: Backend, ref: VendorRef) -> list[Progress | Finished | Failed]:
    """All that is told of a call, to its end. Raises BackendUnreachable."""
    async with asyncio.timeout(PATIENCE):
        return [item async for item in backend.follow(ref)]


async def ended(backend: Backend, ref: VendorRef) -> Finished | Failed:
    last = (await followed(backend, ref))[-1]
    assert not isinstance(last, Progress)
    return last


def finished(answer: Finished | Failed) -> Finished:
    assert isinstance(answer, Finished), answer
    return answer
