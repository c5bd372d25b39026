"""What every backend makes: each kind of order, whole, in order, and the same again for the same seed."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from services.offers import OfferedLora
from services.orders import LoraSource, LoraUse, StepOrder
from tests.conformance.asking import finished, followed, from_photo, solid, upscale, words
from tests.conformance.candidates import VENDORS, Candidate
from tests.conformance.conftest import Bench
from tests.conformance.stand_ins import StandIn
from workers.backends.base import Backend, ErrorKind, Failed, Finished, Output, Picture, Progress, Remote, Solid
from workers.downloads import Downloads

KINDS = {
    "text": words(),
    "image": from_photo(),
    "upscale": upscale(),
    "solid": solid(),
    "solid from words": solid(file_id=None, prompt="a chair"),
}
ACCEPT = frozenset({"image/jpeg", "image/png", "image/webp", "model/gltf-binary"})


async def bytes_of(outputs: tuple[Output, ...], stand_in: StandIn | None) -> list[bytes]:
    """What was made, fetched as the house fetches it."""
    downloads = Downloads(frozenset({stand_in.place}) if stand_in is not None else frozenset())
    try:
        return [await _bytes(output, downloads) for output in outputs]
    finally:
        await downloads.aclose()


async def _bytes(output: Output, downloads: Downloads) -> bytes:
    match output:
        case Picture() | Solid():
            return output.content
        case Remote():
            return (await downloads.fetch(output.url, limit_bytes=20_000_000, accept=ACCEPT)).content


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_order_is_supported_and_made(
    backend: Backend, bench: Bench, candidate: Candidate, kind: str
) -> None:
    order = KINDS[kind]
    assert backend.supports(order, candidate.offer(order))
    answer = finished(await bench.made(backend, order))
    assert (len(answer.outputs), answer.blocked) == (1, 0)
    assert isinstance(answer.outputs[0], candidate.outputs)
    (content,) = await bytes_of(answer.outputs, bench.stand_in)
    if kind.startswith("solid"):
        assert content.startswith(b"glTF")
    else:
        Image.open(io.BytesIO(content)).load()


@pytest.mark.parametrize("order", [words(num_images=3), from_photo(num_images=2)], ids=["text", "image"])
async def test_as_many_pictures_come_as_were_ordered(
    backend: Backend, bench: Bench, candidate: Candidate, order: StepOrder
) -> None:
    answer = finished(await bench.made(backend, order))
    assert len(answer.outputs) == order.units
    for output in answer.outputs:
        assert isinstance(output, candidate.outputs)
        if isinstance(output, Picture):
            image = Image.open(io.BytesIO(output.content))
            image.load()
            assert Image.MIME[image.format or ""] == output.media_type
            assert image.size == (output.width, output.height) == (256, 320)
    names = [output.url if isinstance(output, Remote) else output.content for output in answer.outputs]
    assert len(set(names)) == order.units


@pytest.mark.parametrize("candidate", VENDORS, indirect=True)
async def test_a_vendors_bill_is_told_and_is_about_what_the_catalogue_says(
    backend: Backend, bench: Bench, candidate: Candidate
) -> None:
    order = words(num_images=2)
    offer = candidate.offer(order)
    assert offer is not None
    cost = finished(await bench.made(backend, order)).cost_microusd
    assert offer.estimated_microusd / 2 <= cost <= offer.estimated_microusd * 2


async def test_a_photo_may_come_with_a_style_and_with_words_alone(
    backend: Backend, bench: Bench, candidate: Candidate
) -> None:
    for order in (from_photo(candidate.style), from_photo(None, prompt="в лесу, акварель")):
        assert len(finished(await bench.made(backend, order)).outputs) == 1


def refused_orders(candidate: Candidate) -> list[tuple[StepOrder, Any]]:
    """Orders of which a part would be dropped, with what the catalogue might say of them."""
    lora = LoraUse(source=LoraSource.EXTRA, id=1)
    if not candidate.needs_offers:
        return [(from_photo("no_such_style_anywhere"), None), (words(loras=(lora,)), None)]
    coarse = solid(parameters={"face_count": 1_000})
    offered = [(order, None) for order in KINDS.values()] + [(coarse, candidate.offer(coarse))]
    if candidate.name == "replicate":
        several = tuple(OfferedLora(f"https://weights.example/{number}", 1.0) for number in range(5))
        order = words(model="runware:101@1", loras=(lora,) * 5)
        offer = candidate.offer(order)
        assert offer is not None
        negative = words(negative_prompt="rain")
        offered += [
            (order, type(offer)(offer.backend, offer.vendor_id, offer.words, offer.steps, several, 1)),
            (negative, candidate.offer(negative)),
        ]
    return offered


async def test_an_order_that_cannot_be_honoured_whole_is_refused_without_a_word_to_the_vendor(
    backend: Backend, candidate: Candidate, stand_in: StandIn | None
) -> None:
    asked = stand_in.asked() if stand_in is not None else 0
    for order, offer in refused_orders(candidate):
        assert not backend.supports(order, offer), order
    assert stand_in is None or stand_in.asked() == asked


async def test_progress_never_falls_and_the_end_comes_last_and_once(
    backend: Backend, bench: Bench, candidate: Candidate, stand_in: StandIn | None
) -> None:
    if stand_in is not None:
        stand_in.settings(seconds=1.5)
    told = await bench.told(backend, from_photo(candidate.style, num_images=2))
    percents = [item.percent for item in told[:-1] if isinstance(item, Progress)]
    assert len(percents) == len(told) - 1 >= 1
    assert percents == sorted(percents)
    assert all(0 <= percent <= 100 for percent in percents)
    assert isinstance(told[-1], Finished)


@pytest.mark.parametrize("order", [from_photo(), upscale()], ids=["image", "upscale"])
async def test_a_photo_that_cannot_be_read_is_the_orders_fault(
    backend: Backend, candidate: Candidate, order: StepOrder
) -> None:
    ref = await backend.submit(candidate.call(order, b"this is no photo"), order)
    answer = ref if isinstance(ref, Failed) else (await followed(backend, ref))[-1]
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.ORDER, "unreadable_photo")


async def test_calls_do_not_mix_up_what_they_made(backend: Backend, bench: Bench) -> None:
    orders = [words(prompt=f"Lake {number}", seed=number) for number in range(1, 9)]
    answers = await asyncio.gather(*(bench.made(backend, order) for order in orders))
    assert [finished(answer).outputs[0].seed for answer in answers] == [order.seed for order in orders]


async def test_an_order_with_a_seed_gives_the_same_pictures_again(backend: Backend, bench: Bench) -> None:
    """At a vendor: what is asked is the same to the last byte, whoever asks."""
    order = words()
    if bench.stand_in is None:
        first, second = finished(await bench.made(backend, order)), finished(await bench.made(backend, order))
        assert first.outputs == second.outputs
        return
    call = bench.call(order)
    await bench.sent(backend, order, call)
    await bench.sent(bench.open(), order, call)
    first_request, second_request = bench.stand_in.requests()[-2:]
    assert first_request == second_request
