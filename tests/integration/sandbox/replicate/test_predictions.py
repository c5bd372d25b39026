"""Predictions as the SDK sees them: from the first answer to the last, listed, cancelled, refused."""

import asyncio
import base64
import io

import pytest
from PIL import Image
from replicate.exceptions import ReplicateError

pytestmark = pytest.mark.asyncio


def picture_of(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def data_uri(width: int = 60, height: int = 40, colour: str = "red") -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


async def test_a_prediction_goes_from_starting_over_processing_to_pictures(vendor):
    await vendor.settings(seconds=100)
    prediction = await vendor.starts(num_outputs=2, num_inference_steps=20, aspect_ratio="16:9")
    assert (prediction.status, prediction.output, prediction.logs) == ("starting", None, "")
    await vendor.settings(clock_advance=60)
    while prediction.status == "starting":
        await prediction.async_reload()
    assert prediction.status == "processing"
    assert prediction.progress is not None
    assert (prediction.progress.current, prediction.progress.total) == (10, 20)
    await vendor.settings(clock_advance=60)
    while prediction.status == "processing":
        await prediction.async_reload()
    assert prediction.status == "succeeded"
    assert prediction.metrics["predict_time"] > 0
    first, second = [(await vendor.download(url)) for url in prediction.output]
    assert first.headers["content-type"] == "image/webp"
    assert picture_of(first.content).size == (1344, 768)
    assert first.content != second.content


async def test_the_same_seed_and_prompt_paint_the_same_picture(vendor):
    one, same, other = [await vendor.makes(seed=seed, megapixels="0.25") for seed in (7, 7, 8)]
    contents = [(await vendor.download(made.output[0])).content for made in (one, same, other)]
    assert contents[0] == contents[1] != contents[2]


async def test_our_own_mark_survives_in_the_input_and_in_the_ledger(vendor):
    prediction = await vendor.makes(dream_photo_call="call-1", megapixels="0.25")
    listed = (await vendor.sdk.predictions.async_list()).results[0]
    assert prediction.input["dream_photo_call"] == listed.input["dream_photo_call"] == "call-1"
    (entry,) = await vendor.ledger()
    assert (entry["dream_photo_call"], entry["status"], entry["billed"]) == ("call-1", "succeeded", 0.025)


async def test_a_given_picture_shows_through(vendor):
    upload = await vendor.sdk.files.async_create(io.BytesIO(base64.b64decode(data_uri().partition(",")[2])))
    for image in (data_uri(), upload.urls["get"]):
        made = await vendor.makes(image=image, prompt_strength=0, megapixels="0.25", output_format="png")
        red, green, _ = picture_of((await vendor.download(made.output[0])).content).convert("RGB").getpixel((5, 5))
        assert red > 220 > 60 > green


async def test_a_picture_that_cannot_be_read_fails_the_prediction(vendor):
    made = await vendor.makes(image="data:image/png;base64,AAAA")
    assert (made.status, made.error) == ("failed", "cannot identify image file")
    for image in ("http://example.com/a.png", "http://[broken"):
        made = await vendor.makes(image=image)
        assert "only from this machine" in made.error


async def test_real_esrgan_really_enlarges(vendor):
    made = await vendor.runs("nightmareai/real-esrgan", image=data_uri(60, 40), scale=3)
    assert picture_of((await vendor.download(made.output)).content).size == (180, 120)
    made = await vendor.runs("nightmareai/real-esrgan", image=data_uri(1800, 1200))
    assert "greater than the max size that fits in GPU memory" in made.error


@pytest.mark.parametrize("given", [{"image": data_uri()}, {"prompt": "a chair"}])
async def test_hunyuan_makes_one_glb(vendor, given):
    made = await vendor.sdk.models.predictions.async_create("tencent/hunyuan-3d-3.1", given, wait=20)
    mesh = await vendor.download(made.output)
    assert mesh.headers["content-type"] == "model/gltf-binary"
    assert mesh.content[:4] == b"glTF"
    assert int.from_bytes(mesh.content[8:12], "little") == len(mesh.content)


async def test_pages_of_a_hundred_newest_first(vendor):
    await vendor.settings(side=16)
    created = [(await vendor.starts()).id for _ in range(103)]
    first = await vendor.sdk.predictions.async_list()
    second = await vendor.sdk.predictions.async_list(first.next)
    assert [prediction.id for prediction in [*first, *second]] == created[::-1]
    assert (len(first), second.next) == (100, None)


async def test_a_cancelled_prediction_is_billed_for_what_was_done(vendor):
    await vendor.settings(seconds=100)
    prediction = await vendor.starts()
    await vendor.settings(clock_advance=50)
    while prediction.status == "starting":
        await prediction.async_reload()
    await prediction.async_cancel()
    assert prediction.status == "canceled"
    (entry,) = await vendor.ledger()
    assert 0 < entry["billed"] < 0.025
    await prediction.async_cancel()
    assert prediction.status == "canceled"
    assert await vendor.ledger() == [entry]


@pytest.mark.parametrize(("seconds", "status"), [(100, "canceled"), (100_000, "aborted")])
async def test_a_deadline_cancels_what_runs_and_aborts_what_has_not_started(vendor, seconds, status):
    await vendor.settings(seconds=seconds)
    answer = await vendor.http.post(
        "/v1/models/black-forest-labs/flux-dev/predictions",
        json={"input": {"prompt": "a fox"}},
        headers={"Authorization": f"Bearer {vendor.sdk._api_token}", "Cancel-After": "1m"},
    )
    ended = asyncio.create_task(_ended(vendor, answer.json()["id"]))
    await vendor.settings(clock_advance=30)
    await vendor.settings(clock_advance=40)
    assert (await ended)["status"] == status


async def _ended(vendor, prediction_id: str) -> dict:
    headers = {"Authorization": f"Bearer {vendor.sdk._api_token}"}
    while True:
        view = (await vendor.http.get(f"/v1/predictions/{prediction_id}", headers=headers)).json()
        if view["status"] not in ("starting", "processing"):
            return view


async def test_results_expire(vendor):
    made = await vendor.makes(megapixels="0.25")
    await vendor.settings(clock_advance=3601)
    await made.async_reload()
    assert (made.output, made.input, made.logs) == (None, {}, "")
    assert (await vendor.ledger())[0]["status"] == "succeeded"


async def test_a_file_is_gone_when_its_time_is_over(vendor):
    made = await vendor.makes(megapixels="0.25")
    assert (await vendor.download(made.output[0])).status_code == 200
    await vendor.settings(results_expire_seconds=0)
    assert (await vendor.download(made.output[0])).status_code == 404


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"prompt": None}, "input.prompt is required"),
        ({"num_outputs": 9}, "input.num_outputs must be less than or equal to 4"),
        ({"width": "wide"}, "input.width must be an integer"),
        ({"aspect_ratio": "7:1"}, "input.aspect_ratio must be one of the following"),
    ],
)
async def test_bad_inputs_are_refused_and_not_created(vendor, given, reason):
    with pytest.raises(ReplicateError) as refused:
        await vendor.starts(**given)
    assert (refused.value.status, refused.value.title) == (422, "Input validation failed")
    assert f"- {reason}" in refused.value.detail
    assert await vendor.ledger() == []


async def test_what_is_not_there_is_refused(vendor):
    for model in ("nobody/nothing", "nightmareai/real-esrgan"):
        with pytest.raises(ReplicateError) as refused:
            await vendor.starts(model)
        assert refused.value.status == 404
    with pytest.raises(ReplicateError) as refused:
        await vendor.sdk.predictions.async_create(version="0" * 64, input={})
    assert (refused.value.status, refused.value.title) == (422, "Invalid version or not permitted")
    for asking in (vendor.sdk.predictions.async_get("nothing"), vendor.sdk.hardware.async_list()):
        with pytest.raises(ReplicateError) as refused:
            await asking
        assert (refused.value.status, refused.value.title) == (404, "Not found")


async def test_a_misspelt_field_of_the_body_is_named(vendor):
    answer = await vendor.http.post(
        "/v1/predictions", json={"inptu": {}}, headers={"Authorization": f"Bearer {vendor.sdk._api_token}"}
    )
    assert answer.status_code == 422
    reasons = [wrong["description"] for wrong in answer.json()["invalid_fields"]]
    assert "Additional property inptu is not allowed" in reasons
    assert "version is required" in reasons


async def test_a_wrong_token_is_refused(vendor):
    with pytest.raises(ReplicateError) as refused:
        await vendor.client("r8_wrong").accounts.async_current()
    assert (refused.value.status, refused.value.title) == (401, "Unauthenticated")


async def test_nothing_is_created_when_the_balance_is_spent(vendor):
    await vendor.settings(balance=0.01)
    await vendor.makes(megapixels="0.25")
    with pytest.raises(ReplicateError) as refused:
        await vendor.makes()
    assert refused.value.status == 402
    assert len(await vendor.ledger()) == 1
