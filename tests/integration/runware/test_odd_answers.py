"""Answers as no vendor should give them: none breaks us, none is counted twice, none keeps us waiting for ever."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.runware.house import (
    KEY,
    PATIENCE,
    House,
    call_for,
    ended,
    eventually,
    finished,
    made,
    ref_of,
    submitted,
    words,
)
from tests.integration.runware.odd_vendor import Task, acknowledging, of, run_odd_vendor
from workers.backends.base import (
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Remote,
    StillRunning,
    VendorRef,
)
from workers.backends.runware.handing_over import hand_over
from workers.backends.runware.line import Access, Line
from workers.backends.runware.refusals import Refusals

Open = Callable[..., House]


def picture(task: Task, name: str, **more: Any) -> Task:
    fields = {"status": "success", "imageUUID": name, "imageURL": f"https://im/{name}.jpg", "seed": 5, "cost": 0.0013}
    return of(task, **(fields | more))


def error_of(task: Task, **more: Any) -> Task:
    return of(task, code="inferenceError", message="it did not work", **more)


async def test_results_and_errors_in_one_frame_are_both_heard(open_house: Open) -> None:
    def answers(task: Task, _: int) -> list[Any]:
        return [{"data": [picture(task, "a"), picture(task, "b")], "errors": [error_of(task)]}]

    async with run_odd_vendor(acknowledging(answers)) as vendor:
        answer = await finished(open_house(vendor.ws_url).backend, words(num_images=3))
    assert [output.url for output in answer.outputs if isinstance(output, Remote)] == [
        "https://im/a.jpg",
        "https://im/b.jpg",
    ]
    assert answer.cost_microusd == 2600


async def test_pictures_come_in_their_order_and_once_however_often_they_are_told(open_house: Open) -> None:
    def answers(task: Task, number: int) -> list[Any]:
        late, early = picture(task, "late", resultIndex=1), picture(task, "early", resultIndex=0, seed="4")
        at_work = of(task, status="processing", progress="60")
        return [{"data": [late, late, at_work]}, {"data": [late]}] if number == 0 else [{"data": [late, early]}]

    async with run_odd_vendor(acknowledging(answers)) as vendor:
        answer = await finished(open_house(vendor.ws_url).backend, words(num_images=2))
    assert [(output.seed, output.url) for output in answer.outputs if isinstance(output, Remote)] == [
        (4, "https://im/early.jpg"),
        (5, "https://im/late.jpg"),
    ]


@pytest.mark.parametrize("cost", [None, "0.0013", "much", [], {}, True, -3, "NaN", "Infinity"])
async def test_an_odd_price_breaks_nothing(open_house: Open, cost: object) -> None:
    async with run_odd_vendor(acknowledging(lambda task, _: [{"data": [picture(task, "a", cost=cost)]}])) as vendor:
        answer = await finished(open_house(vendor.ws_url).backend, words())
    assert answer.cost_microusd == (1300 if cost == "0.0013" else 0)


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "success"},
        {"status": "success", "imageURL": ""},
        {"status": "success", "imageURL": 7},
        {"status": "success", "outputs": "files"},
        {"status": "success", "outputs": {"files": [None, {"url": None}]}},
        {"status": "queued"},
        {"status": None},
        {"status": ["processing"]},
        {"progress": 50},
        {},
    ],
)
async def test_an_answer_that_says_nothing_is_asked_for_again_and_then_given_up(
    open_house: Open, odd: dict[str, Any]
) -> None:
    def twice_odd(task: Task, number: int) -> list[Any]:
        return [{"data": [of(task, **odd) if number < 2 else picture(task, "a")]}]

    async with run_odd_vendor(acknowledging(twice_odd)) as vendor:
        assert len((await finished(open_house(vendor.ws_url).backend, words())).outputs) == 1


async def test_answers_that_never_say_anything_end_as_unreachable(open_house: Open) -> None:
    async with run_odd_vendor(acknowledging(lambda task, _: [{"data": [of(task, status="success")]}])) as vendor:
        with pytest.raises(BackendUnreachable):
            await made(open_house(vendor.ws_url).backend, words())


async def test_what_was_made_is_kept_where_the_rest_never_gets_an_address(open_house: Open) -> None:
    def answers(task: Task, _: int) -> list[Any]:
        return [{"data": [picture(task, "a"), of(task, status="success", imageUUID="b")]}]

    async with run_odd_vendor(acknowledging(answers)) as vendor:
        assert len((await finished(open_house(vendor.ws_url).backend, words(num_images=2))).outputs) == 1


async def test_one_error_for_the_whole_task_ends_all_its_pictures(open_house: Open) -> None:
    async with run_odd_vendor(acknowledging(lambda task, _: [{"errors": [error_of(task)]}])) as vendor:
        answer = await made(open_house(vendor.ws_url).backend, words(num_images=4))
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.VENDOR, "vendor_error")


@pytest.mark.parametrize(
    "noise", ["", "null", "[]", "7", '{"data":7}', '{"errors":["odd",7]}', '{"data":["odd",null]}']
)
async def test_noise_between_the_answers_is_passed_over(open_house: Open, noise: str) -> None:
    def answers(task: Task, number: int) -> list[Any]:
        return [noise, {"data": [of(task, status="processing") if number == 0 else picture(task, "a")]}, noise]

    async with run_odd_vendor(acknowledging(answers)) as vendor:
        assert len((await finished(open_house(vendor.ws_url).backend, words())).outputs) == 1


async def test_an_error_of_our_name_that_nobody_asked_for_is_asked_about(open_house: Open) -> None:
    def script(task: Task) -> list[Any]:
        if task["taskType"] == "getResponse":
            return [{"data": [picture(task, "a")]}]
        return [{"data": [of(task)]}, {"errors": [error_of(task)]}]

    async with run_odd_vendor(script) as vendor:
        backend = open_house(vendor.ws_url).backend
        assert isinstance(await ended(backend, await submitted(backend, words())), Finished)


async def test_a_conflict_means_that_the_vendor_has_the_call(open_house: Open) -> None:
    async with run_odd_vendor(lambda task: [{"data": [], "errors": [of(task, code="conflictTaskUUID")]}]) as vendor:
        call = call_for(words())
        assert await open_house(vendor.ws_url).backend.submit(call, words()) == VendorRef(
            call.call_id, str(call.call_id)
        )


async def test_an_error_of_another_task_is_not_taken_for_ours(open_house: Open) -> None:
    def script(task: Task) -> list[Any]:
        if task["taskType"] == "imageInference":
            return [{"errors": [{"code": "invalidModel", "taskUUID": str(uuid4())}]}, {"data": [of(task)]}]
        return [{"data": [picture(task, "a")]}]

    async with run_odd_vendor(script) as vendor:
        backend = open_house(vendor.ws_url).backend
        assert isinstance(await submitted(backend, words()), VendorRef)


async def test_nothing_is_ever_sent_a_second_time_when_connections_break(open_house: Open) -> None:
    async with run_odd_vendor(lambda _: [None]) as vendor:
        backend = open_house(vendor.ws_url).backend
        for _ in range(3):
            with pytest.raises(BackendUnreachable):
                await backend.submit(call_for(words()), words())
        sent = [task["taskUUID"] for task in vendor.tasks("imageInference")]
        assert len(sent) == len(set(sent)) == 3
        assert not (await backend.health()).available
        assert [task["taskUUID"] for task in vendor.tasks("imageInference")] == sent


@pytest.mark.parametrize("end", [None, 1000, 1011])
async def test_a_lost_connection_keeps_nothing_that_the_sdk_could_send_again(open_house: Open, end: int | None) -> None:
    async with run_odd_vendor(lambda _: [end]) as vendor:
        line = await Line.open(Access(vendor.ws_url, KEY), Refusals(KEY))
        lost = asyncio.Event()
        line.when_lost.append(lost.set)
        with pytest.raises(BackendUnreachable):
            await hand_over(line, {"taskType": "imageInference", "taskUUID": str(uuid4())}, Refusals(KEY), PATIENCE)
        await lost.wait()
        sdk = line._transport
        await eventually(lambda: not sdk._background_tasks, "the SDK goes on with something")
        assert (sdk._in_flight, sdk._task_callbacks, sdk._will_reconnect(), sdk.is_connected) == ({}, {}, False, False)
        with pytest.raises(BackendUnreachable):
            await line.send([{"taskType": "imageInference", "taskUUID": str(uuid4())}])
        assert len(vendor.tasks("imageInference")) == len(vendor.tasks("authentication")) == 1
        await line.close()


async def test_the_vendors_record_is_read_where_results_can_be_asked_for_no_more(open_house: Open) -> None:
    def script(task: Task) -> list[Any]:
        if task["taskType"] == "getResponse":
            return [{"errors": [{"code": "taskFailedOrNotFound", "message": "gone", **task}]}]
        request = of(task, model="m", numberResults=2, seed=8)
        response = {"data": [picture(task, "a"), picture(task, "b", seed=9)]}
        return [{"data": [{**task, "request": [request], "response": response}]}]

    async with run_odd_vendor(script) as vendor:
        answer = await open_house(vendor.ws_url).backend.resolve(call_for(words(num_images=2)))
    assert isinstance(answer, Finished)
    assert (len(answer.outputs), answer.cost_microusd) == (2, 2600)


async def test_a_call_with_a_record_but_no_results_is_not_taken_for_unknown(open_house: Open) -> None:
    def script(task: Task) -> list[Any]:
        if task["taskType"] == "getResponse":
            return [{"errors": [{"code": "taskFailedOrNotFound", **task}]}]
        return [{"data": [{**task, "request": "odd", "response": None}]}]

    async with run_odd_vendor(script) as vendor:
        call = call_for(words())
        old = call_for(words(), prepared_at=call.prepared_at.replace(year=2020))
        assert isinstance(await open_house(vendor.ws_url).backend.resolve(old), StillRunning)


async def test_a_call_of_which_nobody_here_knows_how_many_pictures_it_has_ends_all_the_same(open_house: Open) -> None:
    def answers(task: Task, number: int) -> list[Any]:
        first, second = picture(task, "a", resultIndex=0), picture(task, "b", resultIndex=1)
        return [{"data": [first, of(task, status="processing") if number < 2 else second]}]

    async with run_odd_vendor(acknowledging(answers)) as vendor:
        answer = await ended(open_house(vendor.ws_url).backend, ref_of(uuid4()))
    assert isinstance(answer, Finished)
    assert len(answer.outputs) == 2


async def test_a_ping_that_nobody_answers_ends_with_the_connection(open_house: Open) -> None:
    async with run_odd_vendor(lambda _: [None]) as vendor:
        health = await open_house(vendor.ws_url).backend.health()
    assert (health.available, health.detail) == (False, "the connection is lost")


async def test_a_vendor_that_tells_no_balance_is_well_all_the_same(open_house: Open) -> None:
    def script(task: Task) -> list[Any]:
        return [{"data": [{"taskType": "ping", "pong": True}]}] if task["taskType"] == "ping" else []

    async with run_odd_vendor(script) as vendor:
        health = await open_house(vendor.ws_url).backend.health()
    assert (health.available, health.detail) == (True, "connected")


@pytest.mark.parametrize(
    "refusal",
    [
        {"code": "unsupportedTaskType", "message": "no such task type"},
        {"code": "invalidValue", "message": "no such task type", "parameter": "taskType"},
    ],
)
async def test_where_no_record_is_kept_the_one_answer_is_enough(open_house: Open, refusal: Task) -> None:
    def script(task: Task) -> list[Any]:
        if task["taskType"] == "getResponse":
            return [{"errors": [{"code": "taskNotFound", "message": "no such task", "taskUUID": task["taskUUID"]}]}]
        return [{"errors": [{**refusal, "taskUUID": task["taskUUID"]}]}]

    async with run_odd_vendor(script) as vendor:
        call = call_for(words())
        old = call_for(words(), prepared_at=call.prepared_at.replace(year=2020))
        assert isinstance(await open_house(vendor.ws_url).backend.resolve(old), NeverHeard)
