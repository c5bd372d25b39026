"""Models that were trained elsewhere and are made known to Runware: stage by stage, once, under one name."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp import web

from sandbox.runware.faults import FaultKind
from services.offers import Offer
from services.orders import RegisterOrder
from tests.integration.runware.house import PATIENCE, House, Vendor
from workers.backends.base import BackendCall, ErrorKind, Failed, Finished, Progress, StillRunning, VendorRef
from workers.backends.runware import RunwareBackend
from workers.weights.safetensors import Array, written

WEIGHTS = written(
    {"a.lora_A.weight": Array("F16", (4, 8), bytes(64)), "a.lora_B.weight": Array("F16", (8, 4), bytes(64))}, {}
)
OFFER = Offer("runware", "flux1d", "", 0, (), 0)


@pytest.fixture
async def weights_url() -> AsyncIterator[str]:
    """Where the weights lie; `/broken` has others."""

    async def give(request: web.Request) -> web.Response:
        return web.Response(body=b"no weights" if request.path == "/broken" else WEIGHTS)

    app = web.Application()
    app.router.add_get("/{name}", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/lora.safetensors"
    await runner.cleanup()


def registration(url: str, model_id: int = 7, version: int = 2) -> RegisterOrder:
    return RegisterOrder(
        backend="runware",
        model_id=model_id,
        version=version,
        trigger_word="zxkq",
        weights_url=url,
        weights_sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    )


async def told(backend: RunwareBackend, order: RegisterOrder) -> list[Progress | Finished | Failed]:
    ref = await backend.submit(BackendCall(uuid4(), offer=OFFER), order)
    assert isinstance(ref, VendorRef), ref
    async with asyncio.timeout(20):
        return [item async for item in backend.follow(ref)]


async def test_the_vendor_is_told_nothing_of_the_person(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    order = registration(weights_url)
    last = (await told(backend, order))[-1]
    air = f"dreamphoto:7-{order.weights_sha256[:16]}@2"
    assert last == Finished((), served_as=air)
    (task,) = vendor.tasks("modelUpload")
    task.pop("taskUUID")
    assert task == {
        "taskType": "modelUpload",
        "category": "lora",
        "architecture": "flux1d",
        "format": "safetensors",
        "air": air,
        "name": "Dream Photo 7",
        "version": "2",
        "downloadURL": weights_url,
        "private": True,
        "defaultWeight": 1.0,
        "positiveTriggerWords": "zxkq",
    }


async def test_it_ends_when_the_model_is_ready_and_tells_of_the_stages_before(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    vendor.world.settings.seconds_by_type["modelUpload"] = 1.0
    items = await told(backend, registration(weights_url))
    percents = [item.percent for item in items if isinstance(item, Progress)]
    assert percents == sorted(set(percents))
    assert set(percents) <= {0, 10, 40, 70, 90}
    assert len(percents) >= 3
    assert isinstance(items[-1], Finished)


async def test_a_model_that_is_known_already_counts_as_made_known(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    order = registration(weights_url)
    first, second = [(await told(backend, order))[-1] for _ in range(2)]
    assert first == second
    assert isinstance(first, Finished)
    other = (await told(backend, registration(weights_url, version=3)))[-1]
    assert isinstance(other, Finished)
    assert other.served_as != first.served_as


async def test_weights_that_the_vendor_cannot_use_are_no_model(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    broken = registration(weights_url.replace("/lora.safetensors", "/broken"))
    last = (await told(backend, broken))[-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code, last.is_lasting) == (ErrorKind.VENDOR, "vendor_error", False)
    assert "safetensors" in last.message
    assert isinstance((await told(backend, registration(weights_url)))[-1], Finished)


async def test_one_whose_answer_was_lost_is_asked_for_by_its_own_name(
    vendor: Vendor, open_house: Callable[..., House], weights_url: str
) -> None:
    vendor.world.settings.seconds_by_type["modelUpload"] = 0.5
    vendor.fault(FaultKind.NEVER_ACK)
    order, call = registration(weights_url), BackendCall(uuid4(), offer=OFFER)
    first, second = open_house(vendor.ws_url).backend, open_house(vendor.ws_url).backend
    await first.submit(call, order)
    answer = await second.resolve(call)
    if isinstance(answer, StillRunning):
        answer = [item async for item in second.follow(answer.ref)][-1]
    assert isinstance(answer, Finished)
    assert answer.served_as.startswith("dreamphoto:7-")
    assert len(vendor.tasks("modelUpload")) == 1


async def test_a_hint_brings_the_end_at_once(vendor: Vendor, house: House, weights_url: str) -> None:
    call = BackendCall(uuid4(), offer=OFFER)
    ref = await house.backend.submit(call, registration(weights_url))
    assert isinstance(ref, VendorRef)
    following = asyncio.create_task(_last(house.backend, ref))
    house.hints.ring(call.call_id)
    assert isinstance(await following, Finished)


async def test_nothing_is_deleted_there_and_that_is_said(backend: RunwareBackend) -> None:
    assert not await backend.delete_copy("model", "dreamphoto:7-00@2")
    assert not await backend.delete_copy("photos", "anything")


async def _last(backend: RunwareBackend, ref: VendorRef) -> Progress | Finished | Failed:
    async with asyncio.timeout(20):
        return [item async for item in backend.follow(ref)][-1]


async def test_a_name_that_an_earlier_upload_has_is_waited_for_until_that_is_ready(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    vendor.world.settings.seconds_by_type["modelUpload"] = 1.0
    order = registration(weights_url)
    assert isinstance(await backend.submit(BackendCall(uuid4(), offer=OFFER), order), VendorRef)
    assert [task.upload_status for task in vendor.world.ledger.uploads] == ["validated"]
    (last,) = await told(backend, order)
    assert isinstance(last, Finished)
    assert [task.upload_status for task in vendor.world.ledger.uploads] == ["ready"]


async def test_an_earlier_upload_that_breaks_is_no_model_and_leaves_the_name_to_the_next(
    vendor: Vendor, open_house: Callable[..., House], weights_url: str
) -> None:
    vendor.world.settings.seconds_by_type["modelUpload"] = 1.0
    backend = open_house(vendor.ws_url, patience=replace(PATIENCE, registration=0.5)).backend
    vendor.fault(FaultKind.FAIL_TASK, where="modelUpload")
    order = registration(weights_url)
    first = await backend.submit(BackendCall(uuid4(), offer=OFFER), order)
    (last,) = await told(backend, order)
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.VENDOR, "not_ready")
    assert isinstance(first, VendorRef)
    assert isinstance(await _last(backend, first), Failed)
    assert isinstance((await told(backend, order))[-1], Finished)


async def test_a_wait_for_an_earlier_upload_ends_when_it_is_cancelled(
    vendor: Vendor, backend: RunwareBackend, weights_url: str
) -> None:
    vendor.world.settings.seconds_by_type["modelUpload"] = 60.0
    order = registration(weights_url)
    await backend.submit(BackendCall(uuid4(), offer=OFFER), order)
    waiting = await backend.submit(BackendCall(uuid4(), offer=OFFER), order)
    assert isinstance(waiting, VendorRef)
    following = asyncio.create_task(_last(backend, waiting))
    await backend.cancel(waiting)
    last = await following
    assert isinstance(last, Failed)
    assert last.code == "cancelled"
