"""Preview models: a marked file that carries the person, and portraits that are painted from it."""

import asyncio
import io
import time
from uuid import UUID, uuid4

from PIL import Image

from services.offers import Offer, OfferedLora
from services.orders import (
    ImageToImageOrder,
    LoraSource,
    LoraUse,
    StepOrder,
    SubjectClass,
    TextToImageOrder,
    TrainingCaption,
    TrainOrder,
)
from tests.unit.preview.photos import decoded, difference, portrait, still_life
from workers.backends.base import BackendCall, ErrorKind, Failed, Finished, Picture, Progress
from workers.backends.preview import PreviewBackend
from workers.backends.preview.training import PICTURE_SIDE, picture_in
from workers.weights.safetensors import read_header

OWN = LoraUse(source=LoraSource.PERSONAL, id=1)
EXTRA = LoraUse(source=LoraSource.EXTRA, id=1)
TRAINER = Offer("preview", "preview", "", 0, (), 0)


def training(photos: int = 4) -> TrainOrder:
    captions = tuple(TrainingCaption(file_id=UUID(int=number), words="zxkq") for number in range(photos))
    return TrainOrder(model_id=1, version=1, trigger_word="zxkq", subject_class=SubjectClass.WOMAN, photos=captions)


def offer(*names: str) -> Offer:
    return Offer("preview", "preview", "", 4, tuple(OfferedLora(name, 1.0) for name in names), 0)


async def told(backend: PreviewBackend, order: StepOrder, call: BackendCall) -> list[Progress | Finished | Failed]:
    ref = await backend.submit(call, order)
    return [item async for item in backend.follow(ref)]


async def weights_of(backend: PreviewBackend, *photos: bytes) -> bytes:
    order = training(len(photos))
    call = BackendCall(uuid4(), dict(zip(order.input_files, photos, strict=True)), TRAINER)
    last = (await told(backend, order, call))[-1]
    assert isinstance(last, Finished)
    assert last.trained is not None
    return last.trained.content


async def painted(backend: PreviewBackend, weights: bytes, order: TextToImageOrder | ImageToImageOrder) -> Picture:
    last = (await told(backend, order, BackendCall(uuid4(), {}, offer("own"), {"own": weights})))[-1]
    assert isinstance(last, Finished), last
    (output,) = last.outputs
    assert isinstance(output, Picture)
    return output


async def test_a_model_says_that_it_is_a_preview_and_carries_a_small_picture_of_the_person() -> None:
    backend = PreviewBackend()
    weights = await weights_of(backend, still_life(), portrait(), still_life(), still_life())
    header = read_header(io.BytesIO(weights), len(weights))
    assert header.metadata["preview"] == "true"
    picture = Image.open(io.BytesIO(picture_in(weights)))
    assert picture.format == "JPEG"
    assert max(picture.size) <= PICTURE_SIDE
    whole = decoded(portrait()).resize(picture.size)
    assert difference(picture, whole) < difference(picture, decoded(still_life()).resize(picture.size))
    assert len(weights) < 200_000
    await backend.aclose()


async def test_the_same_photos_make_the_same_model() -> None:
    backend = PreviewBackend(parallel=2)
    photos = [portrait()] * 4
    first, second = await asyncio.gather(weights_of(backend, *photos), weights_of(backend, *photos))
    assert first == second
    await backend.aclose()


async def test_twenty_photos_take_some_seconds_and_are_told_of_one_by_one() -> None:
    backend = PreviewBackend()
    order = training(20)
    began = time.monotonic()
    items = await told(backend, order, BackendCall(uuid4(), dict.fromkeys(order.input_files, portrait()), TRAINER))
    assert time.monotonic() - began < 20
    assert sum(isinstance(item, Progress) for item in items) >= 10
    await backend.aclose()


async def test_portraits_show_the_person_in_the_ordered_style_each_seed_otherwise() -> None:
    backend = PreviewBackend()
    weights = await weights_of(backend, *[portrait()] * 4)
    asked = {"prompt": "on a beach", "width": 384, "height": 512, "loras": (OWN,)}
    studio = decoded((await painted(backend, weights, TextToImageOrder(style="studio", seed=1, **asked))).content)
    again = decoded((await painted(backend, weights, TextToImageOrder(style="studio", seed=1, **asked))).content)
    other = decoded((await painted(backend, weights, TextToImageOrder(style="studio", seed=2, **asked))).content)
    oil = decoded((await painted(backend, weights, TextToImageOrder(style="oil", seed=1, **asked))).content)
    assert studio.size == (384, 512)
    assert difference(studio, again) == 0
    assert difference(studio, other) > 1
    assert difference(studio, oil) > 5
    await backend.aclose()


async def test_a_picture_to_start_from_gives_way_to_the_person() -> None:
    backend = PreviewBackend()
    weights = await weights_of(backend, *[portrait()] * 4)
    order = ImageToImageOrder(file_id=UUID(int=9), style="studio", seed=1, width=256, height=256, loras=(OWN,))
    call = BackendCall(uuid4(), {UUID(int=9): still_life()}, offer("own"), {"own": weights})
    last = (await told(backend, order, call))[-1]
    assert isinstance(last, Finished)
    await backend.aclose()


async def test_it_takes_one_personal_model_that_the_catalogue_offers_and_no_other_lora() -> None:
    backend = PreviewBackend()
    asked = {"prompt": "a portrait"}
    own = TextToImageOrder(loras=(OWN,), **asked)
    assert backend.supports(own, offer("own"))
    assert not backend.supports(own, None)
    assert not backend.supports(own, offer())
    assert not backend.supports(TextToImageOrder(loras=(EXTRA,), **asked), offer("extra"))
    assert not backend.supports(TextToImageOrder(loras=(OWN, EXTRA), **asked), offer("own", "extra"))
    assert not backend.supports(training(), None)
    await backend.aclose()


async def test_a_call_without_its_weights_or_with_strange_ones_is_our_fault() -> None:
    backend = PreviewBackend()
    order = TextToImageOrder(prompt="a portrait", loras=(OWN,))
    for weights in ({}, {"own": b"no weights"}):
        last = (await told(backend, order, BackendCall(uuid4(), {}, offer("own"), weights)))[-1]
        assert isinstance(last, Failed)
        assert (last.kind, last.code) == (ErrorKind.OURS, "no_weights")
    await backend.aclose()
