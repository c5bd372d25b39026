"""Pictures through the vendor's SDK, over both of its transports."""

import base64

import pytest
from runware import RunOptions

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("transport", ["websocket", "rest"])
@pytest.mark.parametrize("delivery", ["sync", "async"])
async def test_several_pictures_are_made_delivered_and_billed(vendor, order, opened, transport, delivery):
    client = await vendor.sdk(transport)
    task = order(numberResults=3, deliveryMethod=delivery, seed=7)
    heard = []
    results = await client.run(task, RunOptions(on_result=heard.append))
    assert len(results) == len(heard) == 3
    assert [result["seed"] for result in results] == [7, 8, 9]
    assert {result["cost"] for result in results} == {0.0013}
    for result in results:
        file = await vendor.http.get(result["imageURL"])
        assert file.headers["content-type"] == "image/jpeg"
        assert opened(file.content).size == (128, 192)
    row = await vendor.row(task["taskUUID"])
    assert (row["state"], row["cost"], row["deliveries"]) == ("success", 0.0039, 3)


@pytest.mark.parametrize("transport", ["websocket", "rest"])
async def test_progress_is_told_in_steps_until_the_end(start_vendor, tmp_path, order, transport):
    now = [1000.0]
    async with start_vendor(tmp_path, clock=lambda: now[0], seconds=100, progress_steps=4) as vendor:
        client = await vendor.sdk(transport)
        told = []

        def on_progress(item):
            told.append((item["status"], item["progress"]))
            now[0] += 60

        assert len(await client.run(order(), RunOptions(on_progress=on_progress))) == 1
    assert told == [("processing", 0), ("processing", 50)]


async def test_results_come_one_by_one_as_they_are_ready(start_vendor, tmp_path, order):
    now = [1000.0]
    async with start_vendor(tmp_path, clock=lambda: now[0], seconds=100) as vendor:
        task = order(numberResults=2, deliveryMethod="async")
        assert (await vendor.post(task)).json()["data"] == [
            {"taskType": "imageInference", "taskUUID": task["taskUUID"]}
        ]
        now[0] += 50
        states = [item["status"] for item in await vendor.results_of(task["taskUUID"])]
        assert states == ["success", "processing"]
        assert (await vendor.row(task["taskUUID"]))["state"] == "processing"
        now[0] += 50
        assert [item["status"] for item in await vendor.results_of(task["taskUUID"])] == ["success", "success"]


@pytest.mark.parametrize(("kind", "pillow"), [("JPG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WEBP")])
async def test_pictures_come_in_the_format_and_the_way_asked_for(vendor, order, opened, kind, pillow):
    wanted = order(outputFormat=kind, outputType="base64Data", deliveryMethod="sync")
    result = (await vendor.post(wanted)).json()["data"][0]
    assert opened(base64.b64decode(result["imageBase64Data"])).format == pillow
    again = order(outputFormat=kind, outputType="dataURI", deliveryMethod="sync")
    result = (await vendor.post(again)).json()["data"][0]
    assert result["imageDataURI"].startswith(f"data:image/{pillow.lower()};base64,")


async def test_the_same_prompt_and_seed_give_the_same_picture(vendor, order):
    async def picture(**changes):
        data = (await vendor.post(order(deliveryMethod="sync", **changes))).json()["data"]
        return (await vendor.http.get(data[0]["imageURL"])).content

    assert await picture(seed=5) == await picture(seed=5)
    assert await picture(seed=5) != await picture(seed=6)
    assert await picture(seed=5) != await picture(seed=5, positivePrompt="a person in the wood")


async def test_a_given_picture_shines_through(vendor, order, opened, selfie):
    client = await vendor.sdk()
    stored = await client.media_storage(
        {"operation": "upload", "media": f"data:image/png;base64,{base64.b64encode(selfie).decode()}"}
    )
    assert (await vendor.http.get(stored[0]["mediaURL"])).content == selfie
    for reference in (stored[0]["mediaUUID"], stored[0]["mediaURL"]):
        task = order(seedImage=reference, strength=0, deliveryMethod="sync")
        result = (await client.run(task))[0]
        made = opened((await vendor.http.get(result["imageURL"])).content)
        red, green, blue = made.getpixel((10, 10))
        assert (red > 240, 150 < green < 180, blue < 15) == (True, True, True)
    deleted = await client.media_storage({"operation": "delete", "media": stored[0]["mediaUUID"]})
    assert deleted[0]["mediaUUID"] == stored[0]["mediaUUID"]
    assert (await vendor.http.get(stored[0]["mediaURL"])).status_code == 404


async def test_the_older_upload_and_the_older_upscale_work(vendor, opened, selfie):
    client = await vendor.sdk()
    stored = await client.image_upload({"image": base64.b64encode(selfie).decode()})
    result = await client.run(
        {
            "taskType": "imageUpscale",
            "inputImage": stored[0]["imageUUID"],
            "upscaleFactor": 4,
            "deliveryMethod": "sync",
            "outputFormat": "PNG",
        }
    )
    assert opened((await vendor.http.get(result[0]["imageURL"])).content).size == (384, 256)


async def test_a_result_is_upscaled_by_its_uuid(vendor, order, opened):
    client = await vendor.sdk()
    made = await client.run(order(deliveryMethod="sync"))
    upscale = {
        "taskType": "upscale",
        "model": "runware:504@1",
        "inputs": {"image": made[0]["imageUUID"]},
        "deliveryMethod": "sync",
    }
    result = await client.run(upscale)
    assert opened((await vendor.http.get(result[0]["imageURL"])).content).size == (256, 384)


@pytest.mark.parametrize("transport", ["websocket", "rest"])
async def test_a_3d_model_is_a_real_glb(vendor, order, transport):
    client = await vendor.sdk(transport)
    made = await client.run(order(deliveryMethod="sync"))
    result = await client.run(
        {
            "taskType": "3dInference",
            "model": "microsoft:trellis-2@4b",
            "inputs": {"image": made[0]["imageURL"]},
            "deliveryMethod": "sync",
        }
    )
    file = await vendor.http.get(result[0]["outputs"]["files"][0]["url"])
    assert file.headers["content-type"] == "model/gltf-binary"
    assert file.content[:4] == b"glTF"
    assert int.from_bytes(file.content[8:12], "little") == len(file.content)


async def test_a_check_of_content_says_that_there_is_nothing(vendor, order):
    checked = (await vendor.post(order(safety={"checkContent": True}))).json()["data"][0]
    assert checked["NSFWContent"] is False
    assert "NSFWContent" not in (await vendor.post(order())).json()["data"][0]


async def test_a_forced_side_makes_all_pictures_one_cached_file(vendor, order, opened):
    await vendor.settings(side=64)
    urls = [(await vendor.post(order())).json()["data"][0]["imageURL"] for _ in range(2)]
    first, second = [(await vendor.http.get(url)).content for url in urls]
    assert first == second
    assert opened(first).size == (64, 64)
    assert (await vendor.settings(side=None))["side"] is None
