"""Each kind of order, made by the sandbox over the real wire."""

import io

import pytest
from PIL import Image

from services.offers import Offer
from services.orders import StepOrder
from tests.integration.replicate.vendor import (
    DEV,
    DEV_LORA,
    ESRGAN,
    HUNYUAN,
    PRICE,
    SCHNELL,
    TOKEN,
    Vendor,
    call_for,
    encoded,
    enlarge,
    lora,
    made,
    offer,
    restyle,
    sent,
    solid,
    told,
    words,
)
from workers.backends.base import ErrorKind, Failed, Finished, Progress, Remote
from workers.backends.hints import Hints
from workers.backends.replicate import ReplicateBackend


async def fetched(vendor: Vendor, finished: Finished) -> list[Image.Image]:
    """The outputs as their caller fetches them: with no token."""
    answers = [await vendor.http.get(output.url) for output in finished.outputs if isinstance(output, Remote)]
    return [Image.open(io.BytesIO(answer.raise_for_status().content)) for answer in answers]


async def test_words_become_as_many_pictures_as_ordered_for_the_catalogues_price(vendor: Vendor) -> None:
    order = words(num_images=3)
    finished = await made(vendor.backend(), order, offer(estimated_microusd=3 * PRICE))
    assert isinstance(finished, Finished)
    assert len({output.url for output in finished.outputs if isinstance(output, Remote)}) == 3
    assert [output.seed for output in finished.outputs] == [7, 7, 7]
    assert (finished.cost_microusd, finished.blocked) == (3 * PRICE, 0)
    assert [picture.format for picture in await fetched(vendor, finished)] == ["JPEG"] * 3


@pytest.mark.parametrize("size", [(1024, 1024), (832, 1152), (1152, 832), (768, 1344), (512, 512)])
async def test_a_picture_is_nowhere_smaller_than_ordered(vendor: Vendor, size: tuple[int, int]) -> None:
    await vendor.settings(side=None)
    finished = await made(vendor.backend(), words(width=size[0], height=size[1]), offer())
    assert isinstance(finished, Finished)
    picture = (await fetched(vendor, finished))[0]
    assert size[0] <= picture.width <= size[0] * 1.1
    assert size[1] <= picture.height <= size[1] * 1.1


async def test_a_trained_model_makes_the_very_size_that_was_ordered(vendor: Vendor) -> None:
    await vendor.settings(side=None)
    finished = await made(vendor.backend(), words(width=640, height=1088), offer(await vendor.trained()))
    assert isinstance(finished, Finished)
    assert (await fetched(vendor, finished))[0].size == (640, 1088)


@pytest.mark.parametrize("vendor_id", [DEV, DEV_LORA])
async def test_a_photo_small_or_large_becomes_pictures(
    vendor: Vendor, vendor_id: str, photo: bytes, plain_photo: bytes
) -> None:
    await vendor.settings(side=None)
    backend = vendor.backend()
    for content in (photo, plain_photo):
        for order in (restyle(num_images=2), restyle(width=1024, height=1024)):
            finished = await made(backend, order, offer(vendor_id), content)
            assert isinstance(finished, Finished)
            assert len(finished.outputs) == order.num_images
    uploads = [asked for asked in await vendor.requests() if asked["path"] == "/v1/files"]
    assert len(uploads) == 1  # only the megapixel of noise is too large for the request itself


async def test_loras_ride_along(vendor: Vendor) -> None:
    offered = offer(DEV_LORA, loras=(lora("fofr/flux-pixar-cars"), lora("https://example.com/x.safetensors", 0.4)))
    assert isinstance(await made(vendor.backend(), words(), offered), Finished)


async def test_a_picture_is_enlarged_as_it_is_by_a_model_that_only_has_versions(
    vendor: Vendor, plain_photo: bytes
) -> None:
    await vendor.settings(side=None)
    backend = vendor.backend()
    for _ in range(2):
        finished = await made(backend, enlarge(factor=2), offer(ESRGAN), plain_photo)
        assert isinstance(finished, Finished)
        assert (await fetched(vendor, finished))[0].size == (1600, 2000)
    paths = [asked["path"] for asked in await vendor.requests() if asked["method"] == "POST"]
    assert paths == [f"/v1/models/{ESRGAN}/predictions", "/v1/predictions", "/v1/predictions"]


@pytest.mark.parametrize("has_picture", [True, False])
async def test_a_solid_is_made_of_a_picture_or_of_words(vendor: Vendor, plain_photo: bytes, has_picture: bool) -> None:
    order = enlarge() if has_picture else None
    asked: StepOrder = solid(file_id=order.file_id, prompt="") if order is not None else solid()
    finished = await made(vendor.backend(), asked, offer(HUNYUAN, words="a chair"), plain_photo)
    assert isinstance(finished, Finished)
    assert isinstance(finished.outputs[0], Remote)
    assert (await vendor.http.get(finished.outputs[0].url)).content.startswith(b"glTF")


async def test_progress_comes_from_the_logs_and_never_falls(vendor: Vendor) -> None:
    await vendor.settings(seconds=1)
    backend, order = vendor.backend(), words()
    items = await told(backend, await sent(backend, call_for(order), order))
    percents = [item.percent for item in items[:-1] if isinstance(item, Progress)]
    assert percents
    assert percents == sorted(set(percents))
    assert isinstance(items[-1], Finished)


async def test_what_the_safety_filter_held_back_is_counted_and_not_paid_for(vendor: Vendor) -> None:
    await vendor.fault("fewer_outputs")
    finished = await made(vendor.backend(), words(num_images=4), offer(estimated_microusd=4 * PRICE))
    assert isinstance(finished, Finished)
    assert (len(finished.outputs), finished.blocked, finished.cost_microusd) == (3, 1, 3 * PRICE)


async def test_a_photo_that_cannot_be_read_is_the_orders_fault_and_nothing_is_sent(vendor: Vendor) -> None:
    for order, vendor_id in ((restyle(), DEV), (enlarge(), ESRGAN)):
        answer = await vendor.backend().submit(call_for(order, offer(vendor_id), b"no photo"), order)
        assert isinstance(answer, Failed)
        assert (answer.kind, answer.code) == (ErrorKind.ORDER, "unreadable_photo")
    assert await vendor.requests() == []


async def test_a_picture_that_is_too_large_to_enlarge_is_the_orders_fault(vendor: Vendor) -> None:
    order = enlarge()
    large = encoded(Image.new("RGB", (1600, 1600)))
    answer = await vendor.backend().submit(call_for(order, offer(ESRGAN), large), order)
    assert isinstance(answer, Failed)
    assert answer.code == "picture_too_large"


@pytest.mark.parametrize(
    ("order", "offered"),
    [
        (words(), None),
        (words(negative_prompt="blur"), offer()),
        (words(width=2048, height=2048), offer()),
        (words(width=256, height=1024), offer()),
        (words(), offer(loras=(lora("a/b"),))),
        (words(), offer(DEV_LORA, loras=(lora("a/b", 3.5),))),
        (words(), offer(DEV_LORA, loras=(lora("a/b"),) * 3)),
        (words(width=1472), offer("dream-photo/anna")),
        (restyle(), offer(SCHNELL)),
        (restyle(width=1280, height=1280), offer(DEV)),
        (enlarge(), offer("somebody/upscaler")),
        (solid(), offer("somebody/solids")),
        (solid(parameters={"face_count": 5000}), offer(HUNYUAN)),
    ],
)
def test_an_order_that_cannot_be_honoured_in_full_is_not_supported(order: StepOrder, offered: Offer | None) -> None:
    assert not ReplicateBackend(TOKEN, "", hints=Hints()).supports(order, offered)


def test_what_the_catalogue_offers_is_supported() -> None:
    backend = ReplicateBackend(TOKEN, "", hints=Hints())
    assert backend.supports(words(), offer())
    assert backend.supports(words(width=832, height=1152), offer(DEV_LORA, loras=(lora("a/b"), lora("c/d"))))
    assert backend.supports(words(negative_prompt="blur"), offer("dream-photo/anna"))
    assert backend.supports(restyle(), offer(DEV))
    assert backend.supports(enlarge(), offer(ESRGAN))
    assert backend.supports(solid(parameters={"face_count": 40_000}), offer(HUNYUAN))
