"""What every backend promises, asked of each in turn. A new backend adds a row to BACKENDS, no test.

The suite speaks the Backend protocol alone: no knowledge of a vendor, no clock.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

import numpy as np
import pytest
import pytest_asyncio
import skimage.data
from PIL import Image

from services.orders import ImageOrder, ImageToImageOrder, TextToImageOrder
from workers.backends.base import (
    Backend,
    BackendCall,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    VendorRef,
)
from workers.backends.preview import PreviewBackend

PATIENCE = 60.0
"""Seconds after which a backend is taken to hang."""


@dataclass(frozen=True)
class Candidate:
    """How to open a backend for the suite."""

    open: Callable[[], Awaitable[Backend]]
    style: str
    """A style it supports."""


async def _preview() -> Backend:
    return PreviewBackend(parallel=2)


BACKENDS: Mapping[str, Candidate] = {"preview": Candidate(_preview, "studio")}


@pytest.fixture(params=BACKENDS)
def candidate(request: pytest.FixtureRequest) -> Candidate:
    return BACKENDS[request.param]


@pytest_asyncio.fixture
async def backend(candidate: Candidate) -> AsyncIterator[Backend]:
    opened = await candidate.open()
    yield opened
    await opened.aclose()


@pytest.fixture(scope="module")
def photo() -> bytes:
    out = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(out, "JPEG")
    return out.getvalue()


def text_order(**asked: object) -> TextToImageOrder:
    return TextToImageOrder.model_validate({"prompt": "A fox", "width": 256, "height": 320, "seed": 5, **asked})


def photo_order(style: str | None, **asked: object) -> ImageToImageOrder:
    fields = {"file_id": uuid4(), "style": style, "width": 256, "height": 320, "seed": 5, **asked}
    return ImageToImageOrder.model_validate(fields)


def call_for(order: ImageOrder, content: bytes = b"") -> BackendCall:
    inputs: dict[UUID, bytes] = {order.file_id: content} if isinstance(order, ImageToImageOrder) else {}
    return BackendCall(uuid4(), inputs)


async def followed(backend: Backend, ref: VendorRef) -> list[Progress | Finished | Failed]:
    async with asyncio.timeout(PATIENCE):
        return [item async for item in backend.follow(ref)]


async def made(backend: Backend, order: ImageOrder, content: bytes = b"") -> Finished | Failed:
    ref = await backend.submit(call_for(order, content), order)
    last = (await followed(backend, ref))[-1]
    assert not isinstance(last, Progress)
    return last


def check_pictures(answer: Finished | Failed, order: ImageOrder) -> None:
    assert isinstance(answer, Finished)
    assert len(answer.outputs) == order.num_images
    for picture in answer.outputs:
        image = Image.open(io.BytesIO(picture.content))
        image.load()
        assert Image.MIME[image.format or ""] == picture.media_type
        assert image.size == (picture.width, picture.height) == (order.width, order.height)
    assert len({picture.content for picture in answer.outputs}) == order.num_images


async def test_text_becomes_as_many_pictures_as_ordered(backend: Backend) -> None:
    order = text_order(num_images=3)
    check_pictures(await made(backend, order), order)


async def test_a_photo_becomes_as_many_pictures_as_ordered(
    backend: Backend, candidate: Candidate, photo: bytes
) -> None:
    order = photo_order(candidate.style, num_images=2)
    check_pictures(await made(backend, order, photo), order)


async def test_a_photo_needs_no_style_where_there_are_words(backend: Backend, photo: bytes) -> None:
    order = photo_order(None, prompt="в лесу, акварель")
    check_pictures(await made(backend, order, photo), order)


async def test_it_supports_what_it_makes_and_no_style_that_it_does_not_know(
    backend: Backend, candidate: Candidate
) -> None:
    assert backend.supports(text_order(), None)
    assert backend.supports(photo_order(candidate.style), None)
    assert not backend.supports(photo_order("no_such_style_anywhere"), None)


async def test_progress_never_falls_and_the_end_comes_last_and_once(
    backend: Backend, candidate: Candidate, photo: bytes
) -> None:
    order = photo_order(candidate.style, num_images=2)
    told = await followed(backend, await backend.submit(call_for(order, photo), order))
    percents = [item.percent for item in told[:-1] if isinstance(item, Progress)]
    assert len(percents) == len(told) - 1
    assert percents == sorted(percents)
    assert all(0 <= percent <= 100 for percent in percents)
    assert isinstance(told[-1], Finished)


async def test_a_photo_that_cannot_be_read_is_the_orders_fault(backend: Backend, candidate: Candidate) -> None:
    answer = await made(backend, photo_order(candidate.style), b"this is no photo")
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.ORDER, "unreadable_photo")


async def test_it_has_never_heard_of_a_call_that_was_not_submitted(backend: Backend) -> None:
    assert isinstance(await backend.resolve(call_for(text_order())), NeverHeard)


async def test_a_submitted_call_resolves_to_its_run_and_then_to_its_end(
    backend: Backend, candidate: Candidate, photo: bytes
) -> None:
    order = photo_order(candidate.style, num_images=4)
    call = call_for(order, photo)
    ref = await backend.submit(call, order)
    assert await backend.resolve(call) == StillRunning(ref)
    last = (await followed(backend, ref))[-1]
    assert await backend.resolve(call) == last


async def test_the_same_call_submitted_again_is_made_once(backend: Backend) -> None:
    order = text_order()
    call = call_for(order)
    first, second = await backend.submit(call, order), await backend.submit(call, order)
    assert first == second
    assert (await followed(backend, first))[-1] == (await followed(backend, second))[-1]


async def test_two_may_follow_one_call_and_a_late_one_hears_the_end(backend: Backend) -> None:
    order = text_order()
    ref = await backend.submit(call_for(order), order)
    first, second = await asyncio.gather(followed(backend, ref), followed(backend, ref))
    assert first[-1] == second[-1]
    assert (await followed(backend, ref))[-1] == first[-1]


async def test_a_cancelled_call_ends_with_fewer_pictures_than_ordered(
    backend: Backend, candidate: Candidate, photo: bytes
) -> None:
    order = photo_order(candidate.style, num_images=4, width=1024, height=1024)
    ref = await backend.submit(call_for(order, photo), order)
    following = aiter(backend.follow(ref))
    await anext(following)
    assert not (await backend.cancel(ref)).still_billed
    async with asyncio.timeout(PATIENCE):
        last = [item async for item in following][-1]
    assert isinstance(last, Failed) or (isinstance(last, Finished) and len(last.outputs) < 4)


async def test_cancelling_a_call_that_has_ended_changes_nothing(backend: Backend) -> None:
    order = text_order()
    call = call_for(order)
    ref = await backend.submit(call, order)
    last = (await followed(backend, ref))[-1]
    await backend.cancel(ref)
    assert await backend.resolve(call) == last


async def test_calls_do_not_mix_up_their_pictures(backend: Backend) -> None:
    orders = [text_order(prompt=f"Lake {number}", seed=number) for number in range(5)]
    answers = await asyncio.gather(*(made(backend, order) for order in orders))
    seeds = [answer.outputs[0].seed for answer in answers if isinstance(answer, Finished)]
    assert seeds == [order.seed for order in orders]


async def test_an_order_with_a_seed_gives_the_same_pictures_again(backend: Backend) -> None:
    first, second = await made(backend, text_order()), await made(backend, text_order())
    assert isinstance(first, Finished)
    assert isinstance(second, Finished)
    assert _pixels(first).tolist() == _pixels(second).tolist()


def _pixels(answer: Finished) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(answer.outputs[0].content)))


async def test_it_is_healthy_while_it_is_open(backend: Backend) -> None:
    health = await backend.health()
    assert health.available
    assert health.detail


async def test_closing_ends_what_runs_for_those_who_follow(candidate: Candidate, photo: bytes) -> None:
    backend = await candidate.open()
    order = photo_order(candidate.style, num_images=4, width=1024, height=1024)
    refs = [await backend.submit(call_for(order, photo), order) for _ in range(4)]
    following = [asyncio.create_task(followed(backend, ref)) for ref in refs]
    await backend.aclose()
    for told in await asyncio.gather(*following):
        assert not isinstance(told[-1], Progress)
