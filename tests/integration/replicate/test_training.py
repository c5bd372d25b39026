"""Trainings at Replicate: what is asked for, what is left behind, and what becomes of them."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from PIL import Image

from services.offers import Offer
from services.orders import SubjectClass, TrainingCaption, TrainOrder
from tests.integration.replicate.vendor import PATIENCE, TOKEN, Vendor, call_for, encoded, offer, sent, told
from workers.backends.base import BackendUnreachable, ErrorKind, Failed, Finished, NeverHeard, Progress
from workers.backends.replicate import ReplicateBackend
from workers.backends.replicate.archives import archive_of
from workers.downloads import Downloads
from workers.weights import WeightsFault, WeightsRefused, bring

TRAINER = "ostris/flux-dev-lora-trainer"
KEY = {"Authorization": f"Bearer {TOKEN}"}


def training(photos: int = 4, steps: int = 500) -> TrainOrder:
    captions = tuple(TrainingCaption(file_id=UUID(int=number), words=f"zxkq, {number}") for number in range(photos))
    return TrainOrder(
        model_id=1, version=1, trigger_word="zxkq", subject_class=SubjectClass.MAN, photos=captions, steps=steps
    )


def trainer(**more: Any) -> Offer:
    return offer(TRAINER, **{"words": "", "steps": 0, "estimated_microusd": 1_500_000, **more})


async def ended(backend: ReplicateBackend, order: TrainOrder, photo: bytes) -> Finished | Failed:
    last = (await told(backend, await sent(backend, call_for(order, trainer(), photo), order)))[-1]
    assert not isinstance(last, Progress)
    return last


async def files_left(vendor: Vendor) -> list[str]:
    answer = await vendor.http.get("/v1/files", headers=KEY)
    return [file["id"] for file in answer.json()["results"]]


@asynccontextmanager
async def webhook_door(vendor: Vendor) -> AsyncIterator[tuple[str, list[UUID]]]:
    """Where the vendor calls, as the API's door does it: each call rings for the call that its address names."""
    rung: list[UUID] = []

    async def take(request: web.Request) -> web.Response:
        rung.append(UUID(request.query["call"]))
        vendor.hints.ring(rung[-1])
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", rung
    finally:
        await runner.cleanup()


async def test_the_trainer_is_asked_with_our_own_captions_and_our_mark(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=1000)
    backend = vendor.backend(webhook_url=lambda call: f"http://127.0.0.1:9/hook?call={call}")
    call = call_for(training(), trainer(), plain_photo)
    ref = await sent(backend, call, training())
    job = (await vendor.http.get(f"/v1/{ref.vendor_ref}", headers=KEY)).json()
    asked = job["input"]
    photos = asked.pop("input_images").rpartition("/")[2]
    assert asked == {
        "trigger_word": "zxkq",
        "autocaption": False,
        "steps": 500,
        "learning_rate": 0.0004,
        "lora_rank": 16,
        "resolution": "512,768,1024",
        "caption_dropout_rate": 0.05,
        "dream_photo_call": str(call.call_id),
    }
    assert job["destination"] == "dream-photo/dream-photo-models"
    assert await files_left(vendor) == [photos]
    model = (await vendor.http.get("/v1/models/dream-photo/dream-photo-models", headers=KEY)).json()
    assert (model["visibility"], model["latest_version"]) == ("private", None)
    created = [asked for asked in await vendor.requests() if asked["path"].endswith("/trainings")][-1]
    assert created["cancel_after"] == "3600s"


async def test_a_destination_of_the_settings_is_used_and_made_once(vendor: Vendor, plain_photo: bytes) -> None:
    backend = vendor.backend(destination="dream-photo/people")
    await vendor.settings(training_seconds=0)
    first, second = [await ended(backend, training(), plain_photo) for _ in range(2)]
    for answer in (first, second):
        assert isinstance(answer, Finished)
        assert answer.trained is not None
        assert answer.trained.vendor_id.startswith("dream-photo/people:")
    made = [asked for asked in await vendor.requests() if (asked["method"], asked["path"]) == ("POST", "/v1/models")]
    assert len(made) == 1


def test_the_same_order_makes_the_same_archive_of_photos_no_larger_than_the_trainer_looks_at(
    photo: bytes, plain_photo: bytes
) -> None:
    order = training()
    inputs = dict(
        zip(order.input_files, [photo, plain_photo, photo, encoded(Image.new("RGB", (9, 9)), "PNG")], strict=True)
    )
    with archive_of(order, inputs) as one, archive_of(order, inputs) as other:
        content = one.read()
        assert content == other.read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"00{number}.{ending}" for number in (1, 2, 3, 4) for ending in ("jpg", "txt")]
        assert archive.read("002.jpg") == plain_photo
        assert archive.read("003.txt") == b"zxkq, 2"
        large = Image.open(io.BytesIO(archive.read("001.jpg")))
        assert large.format == "JPEG"
        assert large.width * large.height <= 1024 * 1024


async def test_progress_is_that_of_the_training_and_of_no_other_bar(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=1000)
    backend = vendor.backend(lost_after=PATIENCE)
    ref = await sent(backend, call_for(training(), trainer(), plain_photo), training())
    percents: list[int] = []
    await vendor.settings(clock_advance=250)
    async with asyncio.timeout(PATIENCE):
        async for item in backend.follow(ref):
            if not isinstance(item, Progress):
                break
            percents.append(item.percent)
            await vendor.settings(clock_advance=200)
    assert percents == sorted(set(percents))
    assert len(percents) >= 3
    assert percents[0] < 50


@pytest.mark.parametrize("fault", ["webhook_twice", "webhook_late", "webhook_never", None])
async def test_whatever_a_webhook_does_the_training_ends_once(
    vendor: Vendor, plain_photo: bytes, fault: str | None
) -> None:
    await vendor.settings(training_seconds=0.3)
    if fault is not None:
        await vendor.fault(fault, seconds=0.5)
    async with webhook_door(vendor) as (address, rung):
        backend = vendor.backend(webhook_url=lambda call: f"{address}?call={call}")
        call = call_for(training(), trainer(), plain_photo)
        last = (await told(backend, await sent(backend, call, training())))[-1]
    assert isinstance(last, Finished)
    assert set(rung) <= {call.call_id}
    assert len(await vendor.ledger()) == 1


async def test_a_webhook_wakes_a_follower_who_would_ask_much_later(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=0.5)
    async with webhook_door(vendor) as (address, rung):
        backend = vendor.backend(shortest_wait=300.0, webhook_url=lambda call: f"{address}?call={call}")
        call = call_for(training(), trainer(), plain_photo)
        last = (await told(backend, await sent(backend, call, training())))[-1]
    assert isinstance(last, Finished)
    assert rung == [call.call_id]


async def test_a_training_costs_what_its_machine_did_and_leaves_no_photos(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=0.5)
    answer = await ended(vendor.backend(), training(), plain_photo)
    assert isinstance(answer, Finished)
    (entry,) = await vendor.ledger()
    assert answer.cost_microusd == pytest.approx(entry["billed"] * 1e6, abs=1)
    assert answer.trained is not None
    assert answer.trained.photos_left == ""
    assert await files_left(vendor) == []


async def test_photos_that_could_not_be_deleted_are_named_and_deleted_later(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.fault("server_error", where="files.delete")
    backend = vendor.backend()
    await vendor.settings(training_seconds=0)
    answer = await ended(backend, training(), plain_photo)
    assert isinstance(answer, Finished)
    assert answer.trained is not None
    assert [answer.trained.photos_left] == await files_left(vendor)
    assert await backend.delete_copy("photos", answer.trained.photos_left)
    assert await files_left(vendor) == []
    assert await backend.delete_copy("photos", answer.trained.photos_left)


async def test_a_deleted_model_is_gone_and_a_silent_vendor_is_asked_again(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=0)
    backend = vendor.backend()
    answer = await ended(backend, training(), plain_photo)
    assert isinstance(answer, Finished)
    assert answer.trained is not None
    name = answer.trained.vendor_id
    await vendor.fault("server_error", where="models.delete")
    with pytest.raises(BackendUnreachable):
        await backend.delete_copy("model", name)
    assert await backend.delete_copy("model", name)
    path = f"/v1/models/{name.replace(':', '/versions/')}"
    assert (await vendor.http.get(path, headers=KEY)).status_code == 404
    assert not await backend.delete_copy("model", "https://weights.example/somebody.safetensors")


@pytest.mark.parametrize("kind", ["fail_task", "abort_task"])
async def test_one_that_fails_costs_nothing_and_leaves_no_photos(vendor: Vendor, plain_photo: bytes, kind: str) -> None:
    await vendor.settings(training_seconds=0.1)
    await vendor.fault(kind, where="trainings")
    answer = await ended(vendor.backend(), training(), plain_photo)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.cost_microusd) == (ErrorKind.VENDOR, 0)
    assert await files_left(vendor) == []
    assert [entry["billed"] for entry in await vendor.ledger()] == [0]


async def test_one_that_was_stopped_costs_what_was_done(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=1000)
    backend = vendor.backend()
    ref = await sent(backend, call_for(training(), trainer(), plain_photo), training())
    following = asyncio.create_task(told(backend, ref))
    await vendor.settings(clock_advance=400)
    while (await vendor.http.get(f"/v1/{ref.vendor_ref}", headers=KEY)).json()["status"] == "starting":
        pass
    assert (await backend.cancel(ref)).still_billed
    last = (await following)[-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.ORDER, "cancelled")
    (entry,) = await vendor.ledger()
    assert last.cost_microusd == pytest.approx(entry["billed"] * 1e6, abs=1)
    assert entry["billed"] > 0.3


async def test_the_vendor_gives_up_a_training_that_takes_too_long(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.settings(training_seconds=10_000)
    backend = vendor.backend(training_cancel_after=timedelta(minutes=40))
    ref = await sent(backend, call_for(training(), trainer(), plain_photo), training())
    await vendor.settings(clock_advance=1600)
    while (await vendor.http.get(f"/v1/{ref.vendor_ref}", headers=KEY)).json()["status"] == "starting":
        pass
    await vendor.settings(clock_advance=900)
    last = (await told(backend, ref))[-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.VENDOR, "too_slow")
    assert last.cost_microusd > 0


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("broken_archive", WeightsFault.BROKEN_ARCHIVE), ("not_a_lora", WeightsFault.NOT_A_LORA)],
)
async def test_weights_that_are_none_are_refused_by_name(
    vendor: Vendor, plain_photo: bytes, kind: str, fault: WeightsFault, tmp_path: Any
) -> None:
    await vendor.settings(training_seconds=0)
    await vendor.fault(kind)
    answer = await ended(vendor.backend(), training(), plain_photo)
    assert isinstance(answer, Finished)
    assert answer.trained is not None
    host, port = vendor.url.removeprefix("http://").split(":")
    downloads = Downloads(frozenset({(host, int(port))}))
    with pytest.raises(WeightsRefused) as refused:
        await bring(answer.trained, downloads, tmp_path)
    await downloads.aclose()
    assert refused.value.code is fault


async def test_without_its_offer_a_training_is_found_all_the_same(vendor: Vendor, plain_photo: bytes) -> None:
    """The catalogue's row may be gone by the time that a process asks."""
    await vendor.settings(training_seconds=1000)
    call = call_for(training(), trainer(), plain_photo)
    ref = await sent(vendor.backend(), call, training())
    asked = type(call)(call.call_id, {}, None, prepared_at=call.prepared_at)
    answer = await vendor.backend().resolve(asked)
    assert not isinstance(answer, Finished | Failed | NeverHeard)
    assert answer.ref == ref  # type: ignore[union-attr]


async def test_a_process_that_is_still_packing_photos_is_waited_for(vendor: Vendor, plain_photo: bytes) -> None:
    """It may yet create the training: so long nobody else may."""
    backend = vendor.backend(in_flight=timedelta(seconds=20))
    for seconds, is_free in ((60, False), (75, True)):
        written_down = datetime.now(UTC) - timedelta(seconds=seconds)
        answer = await backend.resolve(call_for(training(), trainer(), plain_photo, prepared_at=written_down))
        assert isinstance(answer, NeverHeard) is is_free


async def test_a_refused_training_leaves_no_photos(vendor: Vendor, plain_photo: bytes) -> None:
    await vendor.fault("no_balance", where="trainings.create")
    answer = await vendor.backend().submit(call_for(training(), trainer(), plain_photo), training())
    assert isinstance(answer, Failed)
    assert answer.code == "no_balance"
    assert await files_left(vendor) == []
    assert await vendor.ledger() == []


async def test_a_training_that_nobody_waits_for_is_stopped_and_leaves_nothing(
    vendor: Vendor, plain_photo: bytes
) -> None:
    await vendor.settings(training_seconds=60)
    call = call_for(training(), trainer(), plain_photo)
    ref = await sent(vendor.backend(), call, training())
    assert len(await files_left(vendor)) == 1
    assert await vendor.backend().delete_copy("model", ref.vendor_ref)
    assert await files_left(vendor) == []
    assert [entry["status"] for entry in await vendor.ledger()] in (["canceled"], ["aborted"])
    assert await vendor.backend().delete_copy("model", ref.vendor_ref)


async def test_one_whose_name_was_never_written_down_is_found_by_our_call_and_goes_with_its_model(
    vendor: Vendor, plain_photo: bytes
) -> None:
    await vendor.settings(training_seconds=0)
    backend = vendor.backend()
    call = call_for(training(), trainer(), plain_photo)
    last = (await told(backend, await sent(backend, call, training())))[-1]
    assert isinstance(last, Finished)
    assert last.trained is not None
    assert await vendor.backend().delete_copy("model", f"calls/{call.call_id}")
    path = f"/v1/models/{last.trained.vendor_id.replace(':', '/versions/')}"
    assert (await vendor.http.get(path, headers=KEY)).status_code == 404


async def test_one_that_never_came_to_be_is_gone_and_a_list_that_does_not_tell_is_read_again(
    vendor: Vendor, plain_photo: bytes
) -> None:
    call = call_for(training(), trainer(), plain_photo)
    assert await vendor.backend().delete_copy("model", f"calls/{call.call_id}")
    assert await vendor.backend().delete_copy("model", "trainings/nobody-knows-it")
    await vendor.fault("server_error", where="trainings.list")
    with pytest.raises(BackendUnreachable):
        await vendor.backend().delete_copy("model", f"calls/{call.call_id}")


@pytest.mark.parametrize("named_by", ["training", "call"])
async def test_a_model_whose_name_the_vendor_tells_no_more_is_said_to_stay(
    vendor: Vendor, plain_photo: bytes, named_by: str
) -> None:
    await vendor.settings(training_seconds=0, trainings_expire_seconds=3600)
    call = call_for(training(), trainer(), plain_photo)
    backend = vendor.backend()
    if named_by == "call":
        await vendor.fault("output_null", where="trainings")
    ref = await sent(backend, call, training())
    await told(backend, ref)
    if named_by == "training":
        await vendor.settings(clock_advance=4000)
    name = ref.vendor_ref if named_by == "training" else f"calls/{call.call_id}"
    assert not await vendor.backend().delete_copy("model", name)
    versions = await vendor.http.get("/v1/models/dream-photo/dream-photo-models/versions", headers=KEY)
    assert len(versions.json()["results"]) == 1


async def test_photos_of_a_failed_training_that_tells_nothing_of_them_are_gone_after_a_day(
    vendor: Vendor, plain_photo: bytes
) -> None:
    await vendor.settings(training_seconds=0, trainings_expire_seconds=0)
    await vendor.fault("fail_task", where="trainings")
    backend = vendor.backend()
    ref = await sent(backend, call_for(training(), trainer(), plain_photo), training())
    assert isinstance((await told(backend, ref))[-1], Failed)
    with pytest.raises(BackendUnreachable):
        await vendor.backend().delete_copy("model", ref.vendor_ref)
    next_day = vendor.backend(now=lambda: datetime.now(UTC) + timedelta(hours=25))
    assert await next_day.delete_copy("model", ref.vendor_ref)
