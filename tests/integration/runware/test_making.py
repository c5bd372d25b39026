"""What the backend makes, told as it goes."""

import asyncio
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from sandbox.runware.faults import FaultKind
from services.catalogue import OfferedLora
from tests.integration.runware.house import (
    House,
    Vendor,
    call_for,
    ended,
    eventually,
    finished,
    from_photo,
    made,
    offer_of,
    photo,
    ref_of,
    solid,
    submitted,
    told,
    upscale,
    words,
)
from workers.backends.base import ErrorKind, Failed, Finished, Progress, Remote
from workers.backends.runware import RunwareBackend


async def fetched(remote: object) -> bytes:
    assert isinstance(remote, Remote)
    async with httpx.AsyncClient() as http:
        return (await http.get(remote.url)).raise_for_status().content


async def test_words_become_a_picture_that_lies_at_the_vendor(vendor: Vendor, backend: RunwareBackend) -> None:
    answer = await finished(backend, words())
    assert [output.seed for output in answer.outputs] == [5]
    assert (answer.cost_microusd, answer.blocked) == (1300, 0)
    assert Image.open(io.BytesIO(await fetched(answer.outputs[0]))).format == "JPEG"


async def test_several_pictures_come_in_order_with_seeds_of_their_own(backend: RunwareBackend) -> None:
    answer = await finished(backend, words(num_images=4))
    assert [output.seed for output in answer.outputs] == [5, 6, 7, 8]
    assert len({output.url for output in answer.outputs if isinstance(output, Remote)}) == 4
    assert answer.cost_microusd == 4 * 1300


async def test_a_photo_becomes_a_picture(vendor: Vendor, backend: RunwareBackend) -> None:
    answer = await finished(backend, from_photo(num_images=2))
    assert len(answer.outputs) == 2
    assert vendor.tasks("imageInference")[0]["seedImage"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("factor", [2, 4])
async def test_a_picture_is_enlarged_by_the_factor_asked_for(
    vendor: Vendor, backend: RunwareBackend, factor: int
) -> None:
    vendor.world.settings.side = None
    order = upscale(factor=factor)
    answer = await ended(backend, await submitted(backend, order, call_for(order, photo(40, 30))))
    assert isinstance(answer, Finished)
    assert Image.open(io.BytesIO(await fetched(answer.outputs[0]))).size == (40 * factor, 30 * factor)


async def test_a_photo_becomes_a_solid(vendor: Vendor, backend: RunwareBackend) -> None:
    answer = await finished(backend, solid(parameters={"face_count": 200_000}))
    assert (await fetched(answer.outputs[0])).startswith(b"glTF")
    assert vendor.tasks("3dInference")[0]["settings"] == {"decimationTarget": 200_000}
    assert answer.cost_microusd == 50_000


async def test_words_become_a_solid_where_the_model_takes_them(vendor: Vendor, backend: RunwareBackend) -> None:
    order = solid(file_id=None, prompt="a chair", model="tencent:hunyuan-3d@3.1-rapid")
    assert len((await finished(backend, order)).outputs) == 1
    assert vendor.tasks("3dInference")[0]["positivePrompt"] == "a chair"


async def test_a_lora_travels_with_its_weight(vendor: Vendor, backend: RunwareBackend) -> None:
    order = words()
    offer = offer_of(order, loras=(OfferedLora("runware:20@1", 0.6),), words="film, a fox", steps=4)
    await ended(backend, await submitted(backend, order, call_for(order, offer=offer)))
    task = vendor.tasks("imageInference")[0]
    assert (task["lora"], task["positivePrompt"]) == ([{"model": "runware:20@1", "weight": 0.6}], "film, a fox")
    assert task["steps"] == 4


async def test_what_was_made_is_kept_where_another_picture_failed(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.fault(FaultKind.ONE_FAILS)
    answer = await finished(backend, words(num_images=3))
    assert len(answer.outputs) == 2
    assert answer.cost_microusd == 2 * 1300


async def test_pictures_that_the_vendor_holds_back_are_counted_and_billed(
    vendor: Vendor, backend: RunwareBackend
) -> None:
    vendor.fault(FaultKind.NSFW, times=2)
    answer = await finished(backend, words(num_images=2))
    assert (answer.outputs, answer.blocked, answer.cost_microusd) == ((), 2, 2600)


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        ("inferenceError", ErrorKind.VENDOR, "vendor_error"),
        ("timeoutProvider", ErrorKind.VENDOR, "vendor_error"),
        ("providerTimeout", ErrorKind.VENDOR, "vendor_timeout"),
        ("contentPolicyViolation", ErrorKind.ORDER, "prompt_blocked"),
        ("invalidPositivePrompt", ErrorKind.ORDER, "invalid_positive_prompt"),
        ("somethingNew", ErrorKind.VENDOR, "vendor_error"),
    ],
)
async def test_a_task_that_failed_says_whose_fault_it_was(
    vendor: Vendor, backend: RunwareBackend, code: str, kind: ErrorKind, word: str
) -> None:
    vendor.fault(FaultKind.FAIL_TASK, code=code)
    answer = await made(backend, words(num_images=2))
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.cost_microusd) == (kind, word, 0)
    assert code in answer.message


async def test_progress_never_falls_and_the_end_comes_last(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 1.2
    items = await told(backend, await submitted(backend, words(num_images=2)))
    percents = [item.percent for item in items[:-1] if isinstance(item, Progress)]
    assert len(percents) == len(items) - 1 >= 3
    assert percents == sorted(percents)
    assert percents[-1] < 100
    assert isinstance(items[-1], Finished)


async def test_two_may_follow_one_call_and_a_late_one_hears_the_end(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 0.5
    ref = await submitted(backend, words())
    first, second = await asyncio.gather(ended(backend, ref), ended(backend, ref))
    assert first == second == await ended(backend, ref)


async def test_a_ring_wakes_who_waits(vendor: Vendor, house: House) -> None:
    vendor.world.settings.seconds = 3600.0
    ref = await submitted(house.backend, words())
    following = aiter(house.backend.follow(ref))
    assert isinstance(await anext(following), Progress)
    # The next question would be due long after the hour that the work has taken by now.
    watch = house.backend._polling.find(ref.call_id)
    assert watch is not None
    watch.due += 3600
    task = vendor.world.ledger.find(str(ref.call_id))
    assert task is not None
    task.results = [type(one)(one.uuid, one.seed, 0.0, one.cost) for one in task.results]
    house.hints.ring(ref.call_id)
    async with asyncio.timeout(5):
        assert isinstance([item async for item in following][-1], Finished)


async def test_a_cancelled_call_ends_with_what_is_made(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 3600.0
    ref = await submitted(backend, words(num_images=3))
    task = vendor.world.ledger.find(str(ref.call_id))
    assert task is not None
    task.results[0] = type(task.results[0])(task.results[0].uuid, 5, 0.0, 0.0013)
    following = aiter(backend.follow(ref))
    await anext(following)
    assert (await backend.cancel(ref)).still_billed
    async with asyncio.timeout(5):
        last = [item async for item in following][-1]
    assert isinstance(last, Finished)
    assert len(last.outputs) == 1


async def test_a_cancelled_call_of_which_nothing_is_made_was_cancelled(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 3600.0
    ref = await submitted(backend, words())
    following = aiter(backend.follow(ref))
    await anext(following)
    await backend.cancel(ref)
    async with asyncio.timeout(5):
        last = [item async for item in following][-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.ORDER, "cancelled")


async def test_cancelling_what_nobody_follows_changes_nothing(backend: RunwareBackend) -> None:
    ref = await submitted(backend, words())
    await backend.cancel(ref)
    assert isinstance(await ended(backend, ref), Finished)


async def test_closing_ends_what_is_followed(vendor: Vendor, open_house: Callable[..., House]) -> None:
    vendor.world.settings.seconds = 3600.0
    backend = open_house(vendor.ws_url).backend
    refs = [await submitted(backend, words()) for _ in range(4)]
    following = [asyncio.create_task(ended(backend, ref)) for ref in refs]
    await eventually(lambda: all(backend._polling.find(ref.call_id) for ref in refs), "nobody follows")
    await backend.aclose()
    for answer in await asyncio.gather(*following):
        assert isinstance(answer, Failed)
        assert (answer.kind, answer.code) == (ErrorKind.VENDOR, "closing")
    refused = await backend.submit(call_for(words()), words())
    assert isinstance(refused, Failed)
    assert refused.code == "closing"


async def test_two_hundred_calls_at_once_are_made_once_each_over_a_few_connections(
    vendor: Vendor, backend: RunwareBackend
) -> None:
    vendor.world.settings.seconds = 1.0
    answers = await asyncio.gather(*(finished(backend, words(seed=seed)) for seed in range(1, 201)))
    assert [answer.outputs[0].seed for answer in answers] == list(range(1, 201))
    assert len(vendor.tasks("imageInference")) == len(vendor.world.ledger) == 200
    assert len(vendor.tasks("authentication")) <= 9
    asking = [frame for frame in vendor.world.seen.frames() if frame["tasks"][0]["task"]["taskType"] == "getResponse"]
    assert len(asking) < len(vendor.tasks("getResponse")) / 3


async def test_who_stops_following_leaves_nothing_behind(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 3600.0
    ref = await submitted(backend, words())
    following = asyncio.create_task(told(backend, ref))
    await eventually(lambda: backend._polling.find(ref.call_id) is not None, "nobody follows")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert backend._polling.find(ref.call_id) is None


async def test_only_offered_orders_are_supported_and_only_whole(backend: RunwareBackend) -> None:
    def is_supported(order: Any, **changes: Any) -> bool:
        return backend.supports(order, offer_of(order, **changes))

    assert all(is_supported(order) for order in (words(), from_photo(), upscale(), solid()))
    assert not backend.supports(words(), None)
    assert not is_supported(solid(file_id=None, prompt="a chair"))  # TRELLIS takes no words
    assert not is_supported(solid(parameters={"texture": False}))
    assert not is_supported(solid(parameters={"face_count": 50_000}))


async def test_following_a_call_that_the_vendor_never_had_ends(backend: RunwareBackend) -> None:
    with pytest.raises(Exception, match="taskFailedOrNotFound"):
        await ended(backend, ref_of(uuid4()))
