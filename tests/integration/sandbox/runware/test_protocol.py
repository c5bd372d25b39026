"""The wire: letting in, sessions, what is refused and with which code, what is told about the account."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from runware import RunwareError
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

pytestmark = pytest.mark.asyncio

NO_TASK = "11111111-1111-4111-8111-111111111111"


async def test_a_session_is_resumed_with_what_could_not_be_sent(vendor, order):
    await vendor.settings(seconds=0.2)
    wire = await vendor.bare_wire()
    session = (await wire.ask({"taskType": "authentication", "apiKey": (await vendor.settings())["api_key"]}))["data"]
    task = order(deliveryMethod="sync")
    await wire.say(task)
    await wire.connection.close()
    again = await vendor.wire(session[0]["connectionSessionUUID"])
    assert (await again.hear())["data"][0]["taskUUID"] == task["taskUUID"]
    assert (await vendor.row(task["taskUUID"]))["deliveries"] == 1


async def test_an_unknown_session_becomes_a_new_one(vendor):
    wire = await vendor.bare_wire()
    key = (await vendor.settings())["api_key"]
    answer = await wire.ask({"taskType": "authentication", "apiKey": key, "connectionSessionUUID": NO_TASK})
    assert answer["data"][0]["connectionSessionUUID"] != NO_TASK


async def test_a_ping_is_answered(vendor):
    wire = await vendor.wire()
    assert await wire.ask({"taskType": "ping", "ping": True}) == {"data": [{"taskType": "ping", "pong": True}]}


async def test_a_wrong_key_is_not_let_in(vendor, order):
    with pytest.raises(RunwareError) as refused:
        await vendor.sdk(api_key="another")
    assert refused.value.code == "auth"
    client = await vendor.sdk("rest", api_key="another")
    with pytest.raises(RunwareError) as refused:
        await client.run(order())
    assert (refused.value.code, refused.value.status_code) == ("auth", 401)
    assert (await vendor.post(order(), key=None)).status_code == 401
    assert await vendor.ledger() == []


async def test_nothing_is_taken_before_authentication(vendor, order):
    wire = await vendor.bare_wire()
    assert (await wire.ask(order()))["errors"][0]["code"] == "missingAuthentication"


async def test_the_key_may_be_the_first_task_of_a_rest_request(vendor, order):
    key = (await vendor.settings())["api_key"]
    answer = await vendor.post({"taskType": "authentication", "apiKey": key}, order(), key=None)
    assert answer.json()["data"][0]["imageURL"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"model": "runware:999@9"}, "invalidModel"),
        ({"model": "runware:504@1"}, "invalidModel"),
        ({"model": None}, "missingModel"),
        ({"positivePrompt": None}, "missingPositivePrompt"),
        ({"positivePrompt": "x"}, "invalidPositivePrompt"),
        ({"negativePrompt": ""}, "invalidNegativePrompt"),
        ({"width": 100}, "invalidWidth"),
        ({"height": 2112}, "invalidHeight"),
        ({"height": None}, "missingHeight"),
        ({"numberResults": 21}, "invalidNumberResults"),
        ({"strength": 1.5}, "invalidStrength"),
        ({"outputFormat": "GIF"}, "invalidOutputFormat"),
        ({"deliveryMethod": "pigeon"}, "invalidDeliveryMethod"),
        ({"webhookURL": "ftp://127.0.0.1/"}, "invalidWebhookURL"),
        ({"lora": [{"model": "nobody:1@1"}]}, "invalidModel"),
        ({"lora": [{"model": "runware:20@1", "weight": 9}]}, "invalidWeight"),
        ({"seedImage": NO_TASK}, "invalidSeedImage"),
        ({"seedImage": "https://example.com/a.jpg"}, "invalidSeedImage"),
        ({"positivPrompt": "a typo"}, "unknownParameter"),
        ({"taskUUID": "123"}, "invalidTaskUUID"),
        ({"taskUUID": None}, "missingTaskUUID"),
        ({"taskType": "makeCoffee"}, "invalidTaskType"),
    ],
)
async def test_a_wrong_task_is_refused_and_costs_nothing(vendor, order, change, code):
    task = order(**change)
    answer = await vendor.post({name: value for name, value in task.items() if value is not None})
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["code"] == code
    assert error.get("taskUUID") == task["taskUUID"]
    assert await vendor.ledger() == []


async def test_a_repeated_uuid_is_a_conflict_and_is_not_billed_twice(vendor, order):
    client = await vendor.sdk()
    task = order(deliveryMethod="sync")
    await client.run(task)
    with pytest.raises(RunwareError, match="already been used") as refused:
        await client.run(task)
    assert (refused.value.code, refused.value.parameter) == ("validation", "taskUUID")
    assert (await vendor.post(task)).json()["errors"][0]["code"] == "conflictTaskUUID"
    assert [row["cost"] for row in await vendor.ledger()] == [0.0013]


async def test_one_request_may_hold_several_tasks_and_only_the_wrong_one_fails(vendor, order):
    good, bad = order(), order(width=1)
    answer = await vendor.post(good, bad)
    assert answer.status_code == 200
    assert [item["taskUUID"] for item in answer.json()["data"]] == [good["taskUUID"]]
    assert [error["taskUUID"] for error in answer.json()["errors"]] == [bad["taskUUID"]]
    wire = await vendor.wire()
    first, second = order(), order()
    await wire.say(first, second)
    heard = {(await wire.hear())["data"][0]["taskUUID"] for _ in range(2)}
    assert heard == {first["taskUUID"], second["taskUUID"]}


async def test_a_poll_may_follow_its_task_without_waiting(vendor, order):
    wire = await vendor.wire()
    task = order(deliveryMethod="async")
    await wire.say(task, {"taskType": "getResponse", "taskUUID": task["taskUUID"]})
    heard = [(await wire.hear())["data"][0] for _ in range(2)]
    assert [item.get("status") for item in heard] == [None, "success"]


async def test_what_is_no_array_of_tasks_is_refused_without_an_uuid(vendor):
    wire = await vendor.wire()
    await wire.connection.send("{}")
    assert (await wire.hear())["errors"][0]["code"] == "invalidRequest"
    await wire.connection.send("[")
    assert (await wire.hear())["errors"][0]["code"] == "invalidJSON"
    assert (await vendor.http.post("/v1", content=b"[]")).status_code == 400


async def test_an_unknown_task_has_no_response(vendor):
    client = await vendor.sdk()
    for ask in (client.get_response, client.get_task_details):
        with pytest.raises(RunwareError) as refused:
            await ask({"taskUUID": NO_TASK})
        assert refused.value.code == "notFound"


async def test_the_details_of_a_task_are_its_request_and_its_response(vendor, order):
    client = await vendor.sdk()
    task = order(deliveryMethod="sync")
    result = (await client.run(task))[0]
    details = (await client.get_task_details({"taskUUID": task["taskUUID"]}))[0]
    assert details["request"] == [task]
    assert details["response"]["data"] == [{**result, "status": "success"}]


async def test_the_balance_goes_down_and_an_empty_account_is_told(vendor, order):
    client = await vendor.sdk()
    await vendor.settings(balance=0.002)
    await client.run(order(deliveryMethod="sync"))
    account = await client.account_management({"operation": "getDetails"})
    assert account[0]["balance"] == pytest.approx(0.0007)
    with pytest.raises(RunwareError) as refused:
        await client.run(order())
    assert refused.value.code == "quota"
    assert (await vendor.post(order())).status_code == 402


async def test_requests_are_shown_without_the_key_and_told_apart_by_their_work(vendor, order):
    wire = await vendor.wire()
    task = order()
    await wire.ask(task)
    await wire.ask({**task, "taskUUID": str(uuid4())})
    seen = (await vendor.http.get("/sim/requests")).json()
    assert seen["task_types"] == {"authentication": 1, "imageInference": 2}
    first, second = (frame["tasks"][0] for frame in seen["frames"][1:])
    assert first["sha256"] == second["sha256"]
    assert (await vendor.settings())["api_key"] not in str(seen)


async def test_a_fetch_that_carries_the_key_is_seen(vendor, order):
    url = (await vendor.post(order())).json()["data"][0]["imageURL"]
    key = (await vendor.settings())["api_key"]
    await vendor.http.get(url)
    await vendor.http.get(url, headers={"Authorization": "Bearer something"})
    await vendor.http.get(url, params={"token": key})
    fetches = (await vendor.http.get("/sim/files/requests")).json()["requests"]
    assert [(fetch["has_authorization"], fetch["has_key"]) for fetch in fetches] == [
        (False, False),
        (True, False),
        (False, True),
    ]


async def test_a_web_page_from_elsewhere_reaches_neither_door(vendor):
    foreign = {"Origin": "https://example.com"}
    assert (await vendor.http.post("/v1", json=[], headers=foreign)).status_code == 403
    with pytest.raises(InvalidStatus):
        async with connect(f"{vendor.url.replace('http', 'ws')}/v1", origin="https://example.com"):
            pass


async def test_a_waiting_task_does_not_hold_up_the_stop(start_vendor, tmp_path, order):
    async with asyncio.timeout(5):
        async with start_vendor(tmp_path, seconds=600) as vendor:
            wire = await vendor.wire()
            await wire.say(order(deliveryMethod="sync"))
            waiting = asyncio.create_task(
                vendor.http.post("/v1", json=[order()], headers={"Authorization": "Bearer x"})
            )
            assert (await waiting).status_code == 401
            held = asyncio.create_task(vendor.post(order(deliveryMethod="sync")))
            while len(await vendor.ledger()) < 2:
                assert not held.done()
        with pytest.raises((httpx.HTTPError, AssertionError)):
            assert (await held).json()["data"]


async def test_the_page_is_served_and_needs_nothing_from_outside(vendor):
    page = await vendor.http.get("/")
    assert page.is_success
    for name in ("page.css", "page.js"):
        assert name in page.text
        assert "://" not in (await vendor.http.get(f"/{name}")).text


async def test_the_ledger_shows_the_last_tasks_with_their_files(vendor, order):
    for _ in range(2):
        await vendor.post(order())
    shown = (await vendor.http.get("/sim/ledger", params={"last": 1})).json()
    assert (len(shown["tasks"]), shown["count"]) == (1, 2)
    assert (await vendor.http.get(shown["tasks"][0]["files"][0])).is_success
    assert (await vendor.http.get("/sim/ledger", params={"last": "x"})).status_code == 400
