"""Every fault, once at least, as a client meets it."""

import asyncio
import io

import httpx
import pytest
from PIL import Image
from replicate.exceptions import ReplicateError

pytestmark = pytest.mark.asyncio

DEV = "black-forest-labs/flux-dev"


async def test_a_lost_answer_is_lost_after_the_work_is_created(vendor):
    await vendor.fault("lose_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        await vendor.starts(dream_photo_call="lost")
    assert [found.input["dream_photo_call"] for found in await vendor.sdk.predictions.async_list()] == ["lost"]


async def test_a_hanging_answer_never_comes_and_the_work_is_created(vendor):
    await vendor.fault("hang")
    waiting = asyncio.create_task(vendor.starts())
    while not await vendor.ledger():
        assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (await vendor.http.get("/sim/requests")).json()["requests"][0]["status"] is None


async def test_a_hanging_answer_does_not_hold_up_the_stop(start_vendor, tmp_path):
    async with asyncio.timeout(5):
        async with start_vendor(tmp_path) as vendor:
            await vendor.fault("hang")
            waiting = asyncio.create_task(vendor.starts())
            while not await vendor.ledger():
                assert not waiting.done()
        with pytest.raises(httpx.HTTPError):
            await waiting


async def test_a_refused_connection_creates_nothing(vendor):
    await vendor.fault("refuse")
    with pytest.raises(httpx.RemoteProtocolError):
        await vendor.starts()
    assert await vendor.ledger() == []


async def test_a_cut_body_breaks_off_in_the_middle(vendor):
    await vendor.fault("cut_body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await vendor.starts()
    assert len(await vendor.ledger()) == 1


async def test_a_slow_answer_holds_up_nobody_else(vendor):
    await vendor.fault("slow", seconds=600, where="predictions.create")
    slow = asyncio.create_task(vendor.starts())
    while not await vendor.struck():
        assert not slow.done()
    assert (await vendor.starts()).id
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        ({"kind": "wrong_token"}, 401, "Unauthenticated"),
        ({"kind": "no_balance"}, 402, "Insufficient credit"),
        ({"kind": "rate_limited"}, 429, None),
        ({"kind": "server_error", "status": 503}, 503, "Server error"),
        ({"kind": "html_answer"}, 502, None),
    ],
)
async def test_a_refusal_creates_nothing_and_the_next_call_is_answered(vendor, fault, status, title):
    await vendor.fault(**fault)
    with pytest.raises(ReplicateError) as refused:
        await vendor.starts()
    assert (refused.value.status, refused.value.title) == (status, title)
    assert await vendor.ledger() == []
    assert (await vendor.starts()).id


async def test_a_rate_limit_says_when_only_if_told(vendor):
    for retry_after, detail in ((None, "~30s"), (7, "~7s")):
        await vendor.fault("rate_limited", retry_after=retry_after)
        answer = await vendor.http.get("/v1/predictions")
        assert detail in answer.json()["detail"]
        assert answer.headers.get("retry-after") == (None if retry_after is None else "7")


async def test_a_fault_strikes_its_place_only_and_as_often_as_told(vendor):
    await vendor.fault("server_error", where="trainings", times=2)
    made = await vendor.starts()
    await made.async_reload()
    for _ in range(2):
        with pytest.raises(ReplicateError):
            await vendor.sdk.trainings.async_list()
    assert len(await vendor.sdk.trainings.async_list()) == 0
    assert await vendor.struck() == {"server_error": 2}


async def test_faults_that_wait_are_told_and_can_be_dropped(vendor):
    await vendor.fault("nsfw", times=50)
    view = (await vendor.http.get("/sim/faults")).json()
    assert [(fault["kind"], fault["times"]) for fault in view["waiting"]] == [("nsfw", 50)]
    assert (await vendor.http.delete("/sim/faults")).json() == {"waiting": [], "struck": {}}
    assert (await vendor.http.post("/sim/faults", json={"kind": "sunshine"})).status_code == 400


async def test_a_failed_task_says_what_it_was_told_to(vendor):
    await vendor.fault("fail_task", error="CUDA out of memory")
    await vendor.fault("nsfw")
    failed, unsafe, well = [await vendor.makes(megapixels="0.25") for _ in range(3)]
    assert (failed.status, failed.error) == ("failed", "CUDA out of memory")
    assert (unsafe.status, unsafe.error.startswith("NSFW content detected")) == ("failed", True)
    assert well.status == "succeeded"
    assert [entry["billed"] for entry in await vendor.ledger()] == [0, 0, 0.025]


async def test_an_aborted_task_is_one_that_the_sdk_cannot_read(vendor):
    await vendor.fault("abort_task")
    with pytest.raises(ValueError, match="unexpected value"):
        await vendor.makes()
    assert (await vendor.ledger())[0]["status"] == "aborted"
    with pytest.raises(ValueError, match="unexpected value"):
        await vendor.sdk.predictions.async_list()


async def test_outputs_that_are_fewer_or_none(vendor):
    await vendor.fault("fewer_outputs")
    assert len((await vendor.makes(num_outputs=3, megapixels="0.25")).output) == 2
    await vendor.fault("output_null")
    made = await vendor.makes(megapixels="0.25")
    assert (made.status, made.output) == ("succeeded", None)


async def test_a_list_that_lags_shows_a_prediction_later(vendor):
    await vendor.fault("list_lags", seconds=30)
    made = await vendor.starts()
    assert len(await vendor.sdk.predictions.async_list()) == 0
    assert (await vendor.sdk.predictions.async_get(made.id)).id == made.id
    await vendor.settings(clock_advance=31)
    assert [listed.id for listed in await vendor.sdk.predictions.async_list()] == [made.id]


@pytest.fixture
async def picture_url(vendor) -> str:
    made = await vendor.makes(megapixels="0.25", output_format="jpg")
    return str(made.output[0])


async def test_a_download_that_breaks_is_whole_the_next_time(vendor, picture_url):
    await vendor.fault("output_broken")
    broken = (await vendor.download(picture_url)).content
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(broken)).load()
    Image.open(io.BytesIO((await vendor.download(picture_url)).content)).load()


async def test_downloads_that_are_not_pictures(vendor, picture_url):
    await vendor.fault("html")
    assert (await vendor.download(picture_url)).headers["content-type"].startswith("text/html")
    await vendor.fault("zero_bytes")
    empty = await vendor.download(picture_url)
    assert (empty.status_code, empty.content) == (200, b"")
    await vendor.fault("wrong_type")
    assert (await vendor.download(picture_url)).headers["content-type"] == "application/x-msdownload"
    await vendor.fault("not_found")
    assert (await vendor.download(picture_url)).status_code == 404


async def test_a_redirect_leads_to_a_private_address(vendor, picture_url):
    await vendor.fault("redirect_private", location="http://169.254.169.254/latest/meta-data/")
    answer = await vendor.download(picture_url)
    assert (answer.status_code, answer.headers["location"]) == (302, "http://169.254.169.254/latest/meta-data/")


async def test_a_huge_download_tells_no_size_and_goes_on(vendor, picture_url):
    await vendor.fault("huge")
    async with vendor.http.stream("GET", picture_url) as answer:
        assert "content-length" not in answer.headers
        read = 0
        async for chunk in answer.aiter_raw():
            read += len(chunk)
            if read > 20_000_000:
                break
    assert (await vendor.download(picture_url)).status_code == 200


async def test_a_slow_file_stops_after_its_head(vendor, picture_url):
    await vendor.fault("slow_file", seconds=600)
    async with vendor.http.stream("GET", picture_url) as answer:
        assert len(await anext(answer.aiter_raw())) == 64


async def test_a_file_fault_can_mean_one_sort_of_file(vendor, picture_url):
    await vendor.fault("not_found", where="tar")
    assert (await vendor.download(picture_url)).status_code == 200


async def test_downloads_tell_whether_they_carried_a_token(vendor, picture_url):
    await vendor.download(picture_url)
    await vendor.http.get(picture_url, headers={"Authorization": "Bearer r8_TEST"})
    downloads = (await vendor.http.get("/sim/files/requests")).json()["requests"]
    assert [download["authorization"] for download in downloads] == [False, True]


async def test_requests_are_told_without_their_token(vendor):
    await vendor.starts()
    answer = await vendor.http.get("/sim/requests")
    (call,) = answer.json()["requests"]
    assert (call["method"], call["path"], call["status"]) == ("POST", f"/v1/models/{DEV}/predictions", 201)
    assert len(call["body_sha256"]) == 64
    assert "r8_TEST" not in answer.text
