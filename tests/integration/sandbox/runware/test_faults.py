"""Every kind of fault at least once: what the customer notices, and what stands in the ledger afterwards."""

import asyncio
from pathlib import Path

import httpx
import pytest
from runware import RunOptions, RunwareError
from websockets.exceptions import ConnectionClosed

from sandbox.runware import app
from sandbox.runware.faults import FaultKind

pytestmark = pytest.mark.asyncio


async def test_the_sdk_gets_over_a_lost_answer_without_paying_twice(vendor, order):
    client = await vendor.sdk()
    task = order()
    await vendor.fault("lose_answer")
    assert len(await client.run(task)) == 1
    assert [row["taskUUID"] for row in await vendor.ledger()] == [task["taskUUID"]]
    seen = (await vendor.http.get("/sim/requests")).json()
    assert seen["task_types"]["imageInference"] == 2
    assert await vendor.struck() == {"lose_answer": 1}


@pytest.mark.parametrize(("kind", "is_taken"), [("refuse", False), ("lose_answer", True), ("cut_frame", True)])
async def test_a_broken_connection_says_nothing_of_whether_the_task_was_taken(vendor, order, kind, is_taken):
    wire = await vendor.wire()
    await vendor.fault(kind, times=2)
    with pytest.raises(ConnectionClosed):
        await wire.ask(order())
    with pytest.raises(httpx.HTTPError):
        await vendor.post(order())
    assert len(await vendor.ledger()) == (2 if is_taken else 0)
    assert (await vendor.post(order())).is_success


async def test_a_task_that_is_never_acknowledged_is_taken_all_the_same(vendor, order):
    wire = await vendor.wire()
    await vendor.fault("never_ack", times=2)
    task = order(deliveryMethod="async")
    await wire.say(task)
    assert await wire.ask({"taskType": "ping", "ping": True}) == {"data": [{"taskType": "ping", "pong": True}]}
    assert (await wire.ask({"taskType": "getResponse", "taskUUID": task["taskUUID"]}))["data"][0]["imageURL"]
    with pytest.raises(httpx.ReadTimeout):
        await vendor.http.post("/v1", json=[order()], headers=_bearer(await vendor.settings()), timeout=0.2)
    assert len(await vendor.ledger()) == 2


async def test_a_silent_authentication_times_out_in_the_sdk(vendor):
    await vendor.fault("auth_silent")
    with pytest.raises(RunwareError, match="timed out"):
        await vendor.sdk(auth_timeout=50)


async def test_a_right_key_may_be_called_wrong(vendor, order):
    await vendor.fault("wrong_key", times=2)
    with pytest.raises(RunwareError) as refused:
        await vendor.sdk()
    assert refused.value.code == "auth"
    assert (await vendor.post(order())).status_code == 401
    assert (await vendor.post(order())).is_success


@pytest.mark.parametrize(
    ("fault", "status", "code", "category"),
    [
        ({"kind": "no_balance"}, 402, "insufficientCredits", "quota"),
        ({"kind": "rate_limited", "seconds": 7}, 429, "rateLimitExceeded", "rateLimit"),
        ({"kind": "server_error"}, 500, "internalServerError", "serverError"),
        (
            {"kind": "server_error", "status": 503, "code": "serviceUnavailable"},
            503,
            "serviceUnavailable",
            "serverError",
        ),
    ],
)
async def test_errors_before_taking_come_by_both_doors(vendor, order, fault, status, code, category):
    await vendor.fault(**fault, times=2)
    answer = await vendor.post(order())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    client = await vendor.sdk()
    with pytest.raises(RunwareError) as refused:
        await client.run(order())
    assert refused.value.code == category
    assert await vendor.ledger() == []


async def test_an_error_without_uuid_fails_every_running_task_of_the_sdk(start_vendor, tmp_path, order):
    async with start_vendor(tmp_path, seconds=600) as vendor:
        client = await vendor.sdk()
        running = asyncio.create_task(client.run(order()))
        while not await vendor.ledger():
            assert not running.done()
        await vendor.fault("error_without_uuid")
        for doomed in (client.run(order()), running):
            with pytest.raises(RunwareError):
                await doomed
        assert [row["state"] for row in await vendor.ledger()] == ["processing", "processing"]
        await vendor.fault("error_without_uuid")
        assert "taskUUID" not in (await vendor.post(order(deliveryMethod="async"))).json()["errors"][0]


async def test_a_late_error_of_another_task_comes_after_the_acknowledgement(vendor, order):
    wire = await vendor.wire()
    await vendor.fault("late_error", code="taskCancelled")
    task = order(deliveryMethod="async")
    assert (await wire.ask(task))["data"][0]["taskUUID"] == task["taskUUID"]
    late = (await wire.hear())["errors"][0]
    assert late["code"] == "taskCancelled"
    assert late["taskUUID"] != task["taskUUID"]


async def test_one_of_several_fails_and_the_others_are_billed(vendor, order):
    await vendor.fault("one_fails", code="providerContentPolicyViolation")
    client = await vendor.sdk()
    task, heard = order(numberResults=3), []
    with pytest.raises(RunwareError) as failed:
        await client.run(task, RunOptions(on_result=heard.append))
    assert failed.value.code == "safety"
    assert [item["status"] for item in heard] == ["success", "success", "error"]
    row = await vendor.row(task["taskUUID"])
    assert (row["state"], row["results_made"], row["cost"]) == ("partial", 2, 0.0026)


async def test_failed_results_may_stand_beside_the_data_and_hide_it_from_the_sdk(vendor, order):
    await vendor.settings(failures_in="errors")
    await vendor.fault("one_fails")
    client = await vendor.sdk()
    task, heard = order(numberResults=3), []
    with pytest.raises(RunwareError):
        await client.run(task, RunOptions(on_result=heard.append))
    assert heard == []
    answer = (await vendor.post({"taskType": "getResponse", "taskUUID": task["taskUUID"]})).json()
    assert (len(answer["data"]), [error["taskUUID"] for error in answer["errors"]]) == (2, [task["taskUUID"]])


async def test_a_task_fails_in_the_end_and_costs_nothing(vendor, order):
    await vendor.fault("fail_task", code="noAvailableServer", message="nobody there", times=2)
    client = await vendor.sdk()
    task = order()
    with pytest.raises(RunwareError, match="nobody there") as failed:
        await client.run(task)
    assert failed.value.code == "provider"
    row = await vendor.row(task["taskUUID"])
    assert (row["state"], row["cost"]) == ("error", 0)
    with pytest.raises(RunwareError):
        await client.run(order(deliveryMethod="sync"))


async def test_a_response_may_be_empty_once(vendor, order):
    task = order(deliveryMethod="async")
    await vendor.post(task)
    await vendor.fault("empty_data")
    assert await vendor.results_of(task["taskUUID"]) == []
    assert len(await vendor.results_of(task["taskUUID"])) == 1


async def test_a_slow_task_takes_longer_and_a_slow_answer_comes_later(start_vendor, tmp_path, order):
    now = [1000.0]
    async with start_vendor(tmp_path, clock=lambda: now[0], seconds=1) as vendor:
        await vendor.fault("slow", seconds=50)
        slow, quick = order(deliveryMethod="async"), order(deliveryMethod="async")
        await vendor.post(slow)
        await vendor.post(quick)
        now[0] += 10
        assert (await vendor.results_of(slow["taskUUID"]))[0]["status"] == "processing"
        assert (await vendor.results_of(quick["taskUUID"]))[0]["status"] == "success"
        await vendor.fault("slow", where="getResponse", seconds=600)
        poll = [{"taskType": "getResponse", "taskUUID": quick["taskUUID"]}]
        with pytest.raises(httpx.ReadTimeout):
            await vendor.http.post("/v1", json=poll, headers=_bearer(await vendor.settings()), timeout=0.2)


async def test_a_huge_frame_is_more_than_the_sdk_reads(vendor, order):
    wire = await vendor.wire()
    await vendor.fault("huge_frame", times=2)
    with pytest.raises(ConnectionClosed):
        await wire.ask(order())
    assert len((await vendor.post(order())).content) > 1024 * 1024
    assert len(await vendor.ledger()) == 2


async def test_garbage_is_not_json_and_the_task_is_taken(vendor, order):
    wire = await vendor.wire()
    await vendor.fault("garbage_frame", times=2)
    with pytest.raises(ValueError, match="unexpected character"):
        await wire.ask(order())
    assert (await vendor.post(order())).headers["content-type"].startswith("text/plain")
    assert len(await vendor.ledger()) == 2


@pytest.fixture
async def file_url(vendor, order):
    return (await vendor.post(order())).json()["data"][0]["imageURL"]


async def test_files_break_in_every_way(vendor, file_url, opened):
    whole = (await vendor.http.get(file_url)).content

    async def fetch(kind, **details):
        await vendor.fault(kind, **details)
        return await vendor.http.get(file_url)

    broken = (await fetch("broken_picture")).content
    assert whole.startswith(broken)
    with pytest.raises(OSError, match="truncated"):
        opened(broken).load()
    assert (await fetch("html")).headers["content-type"].startswith("text/html")
    assert (await fetch("zero_bytes")).content == b""
    assert (await fetch("wrong_type")).headers["content-type"] == "application/x-msdownload"
    assert (await fetch("not_found")).status_code == 404
    assert (await fetch("redirect_private")).headers["location"] == "http://127.0.0.1:1/"
    elsewhere = await fetch("redirect_private", location="http://169.254.169.254/latest")
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (302, "http://169.254.169.254/latest")
    assert (await vendor.http.get(file_url)).content == whole


async def test_a_slow_file_and_an_endless_one_do_not_hold_up_others(vendor, file_url):
    await vendor.fault("slow_file", seconds=600)
    with pytest.raises(httpx.ReadTimeout):
        await vendor.http.get(file_url, timeout=0.2)
    await vendor.fault("huge")
    async with vendor.http.stream("GET", file_url) as endless:
        received = 0
        async for block in endless.aiter_raw():
            received += len(block)
            if received > 3_000_000:
                break
    assert (await vendor.http.get(file_url)).is_success


async def test_a_picture_may_be_called_unfit(vendor, order):
    await vendor.fault("nsfw")
    assert (await vendor.post(order())).json()["data"][0]["NSFWContent"] is True


async def test_a_fault_strikes_where_and_as_often_as_told_and_is_counted(vendor, order):
    await vendor.fault("server_error", where="getResponse", times=2)
    task = order(deliveryMethod="async")
    poll = {"taskType": "getResponse", "taskUUID": task["taskUUID"]}
    statuses = [(await vendor.post(one)).status_code for one in (task, poll, poll, poll)]
    assert statuses == [200, 500, 500, 200]
    shown = (await vendor.http.get("/sim/faults")).json()["faults"][0]
    assert (shown["times"], shown["struck"]) == (0, 2)
    await vendor.fault("server_error", times=9)
    assert (await vendor.http.delete("/sim/faults")).json() == {"faults": []}
    assert (await vendor.post(order())).is_success


@pytest.mark.parametrize("kind", FaultKind)
async def test_every_kind_is_described(kind):
    readme = Path(app.__file__).with_name("README.md").read_text("utf-8")
    assert f"`{kind}`" in readme


async def test_an_unknown_kind_is_refused(vendor):
    answer = await vendor.http.post("/sim/faults", json={"kind": "earthquake"})
    assert answer.status_code == 400
    assert "lose_answer" in answer.text


def _bearer(settings):
    return {"Authorization": f"Bearer {settings['api_key']}"}
