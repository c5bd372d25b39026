"""Model uploads: fetched for real from this machine, until they can be used as a LoRA."""

import struct
from uuid import uuid4

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

pytestmark = pytest.mark.asyncio


def safetensors(tensor_bytes: int = 16) -> bytes:
    header = orjson.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}})
    return struct.pack("<Q", len(header)) + header + bytes(tensor_bytes)


@pytest.fixture
async def weights(serve):
    files = {"whole": safetensors(), "half": safetensors(8), "text": b"no weights at all"}

    async def get(request: Request) -> Response:
        content = files.get(request.path_params["name"])
        return Response(content) if content is not None else Response(status_code=404)

    async with serve(Starlette(routes=[Route("/{name}", get)])) as url:
        yield url


def upload(url: str, **changes):
    return {
        "taskUUID": str(uuid4()),
        "category": "lora",
        "architecture": "flux1d",
        "format": "safetensors",
        "air": "sandbox:1@1",
        "name": "A face",
        "version": "1",
        "downloadURL": url,
        "private": True,
        **changes,
    }


async def final(client, task):
    """Poll until the upload ends; return the statuses seen and the last message."""
    seen = []
    while True:
        item = (await client.get_response({"taskUUID": task["taskUUID"]}))[0]
        if item["status"] not in seen:
            seen.append(item["status"])
        if item["status"] in ("ready", "failed"):
            return seen, item["message"]


@pytest.mark.parametrize("transport", ["websocket", "rest"])
async def test_an_uploaded_lora_is_ready_in_the_end_and_can_be_used(vendor, order, weights, transport):
    await vendor.settings(seconds_by_type={"modelUpload": 0.4})
    client = await vendor.sdk(transport)
    task = upload(f"{weights}/whole")
    first = (await client.model_upload(task))[0]
    assert (first["status"], first["air"]) == ("validated", "sandbox:1@1")
    wanted = order(lora=[{"model": "sandbox:1@1", "weight": 0.9}], deliveryMethod="sync")
    assert (await vendor.post(wanted)).json()["errors"][0]["parameter"] == "lora.model"
    seen, _ = await final(client, task)
    assert seen[-1] == "ready"
    assert set(seen) <= {"validated", "downloaded", "optimized", "stored", "ready"}
    assert len(await client.run(wanted)) == 1
    row = await vendor.row(task["taskUUID"])
    assert (row["upload_status"], row["cost"], row["state"]) == ("ready", 0, "success")
    again = await vendor.post({"taskType": "modelUpload", **upload(f"{weights}/whole")})
    assert again.json()["errors"][0]["code"] == "modelAlreadyExists"


@pytest.mark.parametrize(
    ("name", "reason"), [("missing", "HTTP 404"), ("text", "safetensors format"), ("half", "not complete")]
)
async def test_a_file_that_is_no_model_fails_the_upload_and_frees_its_name(vendor, weights, name, reason):
    client = await vendor.sdk()
    task = upload(f"{weights}/{name}")
    await client.model_upload(task)
    seen, message = await final(client, task)
    assert seen[-1] == "failed"
    assert reason in message
    again = upload(f"{weights}/whole")
    await client.model_upload(again)
    assert (await final(client, again))[0][-1] == "ready"


async def test_nothing_is_fetched_from_outside(vendor):
    client = await vendor.sdk()
    task = upload("https://example.com/face.safetensors")
    await client.model_upload(task)
    assert "outside this machine" in (await final(client, task))[1]


async def test_an_upload_may_fail_on_demand(vendor, weights):
    await vendor.fault("fail_task", where="modelUpload", message="no room left")
    client = await vendor.sdk()
    task = upload(f"{weights}/whole")
    await client.model_upload(task)
    seen, message = await final(client, task)
    assert (seen[-1], message) == ("failed", "no room left")


@pytest.mark.parametrize("change", [{"category": "song"}, {"format": "pickle"}, {"air": "noair"}, {"downloadURL": "x"}])
async def test_a_wrong_upload_is_refused(vendor, change):
    answer = await vendor.post({"taskType": "modelUpload", **upload("http://127.0.0.1/x", **change)})
    assert answer.json()["errors"][0]["parameter"] == next(iter(change))


async def test_a_restart_goes_on_with_an_upload(start_vendor, tmp_path, weights):
    task = upload(f"{weights}/whole")
    async with start_vendor(tmp_path, seconds=600) as before:
        await (await before.sdk()).model_upload(task)
    # What is left of ten minutes would be waited for: the ledger is told that it takes none.
    ledger = tmp_path / "ledger.jsonl"
    line = orjson.loads(ledger.read_bytes())
    line["task"]["results"][0]["ready_at"] = line["task"]["taken_at"]
    ledger.write_bytes(orjson.dumps(line) + b"\n")
    async with start_vendor(tmp_path) as after:
        assert (await final(await after.sdk(), task))[0][-1] == "ready"
