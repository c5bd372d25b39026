"""The requests themselves: their bytes, and where the token goes."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from services.catalogue import Offer
from services.orders import StepOrder
from tests.integration.replicate.listening import listening
from tests.integration.replicate.vendor import (
    DEV_LORA,
    ESRGAN,
    HUNYUAN,
    TOKEN,
    Vendor,
    call_for,
    enlarge,
    lora,
    made,
    offer,
    restyle,
    sent,
    solid,
    words,
)
from workers.backends.base import BackendUnreachable, Finished, Remote, Unknown

FILE = uuid4()


async def body_of(vendor: Vendor, order: StepOrder, offered: Offer, content: bytes, call_id: UUID) -> bytes:
    async with listening() as heard:
        backend = vendor.backend(url=heard.url, webhook_url=lambda call: f"https://house/hook?call={call}")
        await sent(backend, call_for(order, offered, content, call_id=call_id), order)
        return heard.bodies[-1]


@pytest.mark.parametrize(
    ("order", "offered"),
    [
        (words(num_images=2), offer(DEV_LORA, loras=(lora("a/b"), lora("c/d", 0.3)))),
        (restyle(file_id=FILE), offer(DEV_LORA)),
        (enlarge(file_id=FILE), offer(ESRGAN)),
        (solid(file_id=FILE, prompt="", parameters={"face_count": 50_000}), offer(HUNYUAN)),
    ],
)
async def test_the_same_order_is_the_same_bytes_but_for_the_calls_own_name(
    vendor: Vendor, order: StepOrder, offered: Offer, plain_photo: bytes
) -> None:
    first, second = uuid4(), uuid4()
    one = await body_of(vendor, order, offered, plain_photo, first)
    other = await body_of(vendor, order, offered, plain_photo, second)
    assert one != other
    assert one.replace(str(first).encode(), str(second).encode()) == other


async def test_a_request_carries_what_the_models_page_names_and_nothing_that_was_not_asked_for(vendor: Vendor) -> None:
    version = "0123456789abcdef" * 4
    call_id = uuid4()
    offered = offer(DEV_LORA, steps=28, loras=(lora(f"dream-photo/anna:{version}"), lora("fofr/cars", 0.4)))
    body = orjson.loads(await body_of(vendor, words(width=832, height=1152), offered, b"", call_id))
    assert body == {
        "input": {
            "prompt": "TOK, studio, a fox",
            "num_outputs": 1,
            "num_inference_steps": 28,
            "seed": 7,
            "aspect_ratio": "2:3",
            "megapixels": "1",
            "output_format": "jpg",
            "output_quality": 95,
            "go_fast": False,
            "lora_weights": f"dream-photo/anna/{version}",
            "lora_scale": 0.9,
            "extra_lora": "fofr/cars",
            "extra_lora_scale": 0.4,
            "dream_photo_call": str(call_id),
        },
        "webhook": f"https://house/hook?call={call_id}",
        "webhook_events_filter": ["completed"],
    }


async def test_a_trained_model_gets_its_size_a_second_lora_and_what_is_to_be_avoided(vendor: Vendor) -> None:
    order = words(width=640, height=1088, negative_prompt="blur")
    offered = offer("dream-photo/anna:0123", loras=(lora("a/b", 0.5),))
    body = orjson.loads(await body_of(vendor, order, offered, b"", uuid4()))
    assert body["version"] == "0123"
    wanted = {"aspect_ratio": "custom", "width": 640, "height": 1088, "negative_prompt": "blur", "extra_lora": "a/b"}
    assert wanted.items() <= body["input"].items()
    assert "lora_weights" not in body["input"]


async def test_the_vendor_is_told_when_to_give_up_and_is_sent_no_webhook_that_nobody_hears(vendor: Vendor) -> None:
    async with listening() as heard:
        order = words()
        await sent(vendor.backend(url=heard.url, cancel_after=timedelta(minutes=3)), call_for(order), order)
        assert heard.heads[-1]["Cancel-After"] == "180s"
        assert heard.heads[-1]["Authorization"] == f"Bearer {TOKEN}"
        assert not {"webhook", "webhook_events_filter"} & set(orjson.loads(heard.bodies[-1]))


async def test_the_token_goes_to_no_other_host_wherever_the_api_points(vendor: Vendor) -> None:
    async with listening() as api, listening() as stranger:
        backend, order = vendor.backend(url=api.url), words()
        api.page = {"results": [], "next": f"{stranger.url}/v1/predictions?cursor=x"}
        assert isinstance(await backend.resolve(call_for(order)), Unknown)  # pages without end prove nothing
        asked = len(api.heads)
        api.redirect = f"{stranger.url}/elsewhere"
        with pytest.raises(BackendUnreachable):
            await backend.submit(call_for(order), order)
        assert len(api.heads) == asked + 1
        assert stranger.heads == []


async def test_outputs_are_addresses_for_the_caller_and_are_not_fetched_here(vendor: Vendor) -> None:
    finished = await made(vendor.backend(), words(), offer())
    assert isinstance(finished, Finished)
    assert isinstance(finished.outputs[0], Remote)
    assert (await vendor.http.get("/sim/files/requests")).json()["requests"] == []


async def test_several_submits_at_once_do_not_mix_up_their_names(vendor: Vendor) -> None:
    async with listening() as heard:
        backend, order = vendor.backend(url=heard.url), words()
        calls = [call_for(order) for _ in range(20)]
        refs = await asyncio.gather(*(sent(backend, call, order) for call in calls))
        marks = {orjson.loads(body)["input"]["dream_photo_call"] for body in heard.bodies}
    assert marks == {str(call.call_id) for call in calls}
    assert [ref.call_id for ref in refs] == [call.call_id for call in calls]
