"""The sandbox's faults, each on the real wire: nothing is made twice, nothing is lost that was made."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.runware.faults import FaultKind
from tests.integration.runware.house import (
    KEY,
    House,
    Vendor,
    call_for,
    ended,
    eventually,
    finished,
    run_vendor,
    submitted,
    told,
    words,
)
from workers.backends.base import (
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.runware import Patience, RunwareBackend


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_FRAME])
async def test_a_call_whose_acknowledgement_was_lost_with_the_connection_is_found_again(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    vendor.fault(kind)
    order = words()
    call = call_for(order)
    with pytest.raises(BackendUnreachable):
        await backend.submit(call, order)
    answer = await backend.resolve(call)
    if isinstance(answer, StillRunning):
        answer = await ended(backend, answer.ref)
    assert isinstance(answer, Finished)
    assert len(vendor.tasks("imageInference")) == len(vendor.world.ledger) == 1


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.NEVER_ACK,
        FaultKind.ERROR_WITHOUT_UUID,
        FaultKind.LATE_ERROR,
        FaultKind.HUGE_FRAME,
        FaultKind.GARBAGE_FRAME,
    ],
)
async def test_a_call_that_the_vendor_took_without_saying_so_plainly_is_followed(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    vendor.fault(kind)
    answer = await finished(backend, words(num_images=2))
    assert len(answer.outputs) == 2
    assert len(vendor.tasks("imageInference")) == len(vendor.world.ledger) == 1


async def test_an_order_that_got_no_answer_and_was_not_taken_is_known_to_be_free(
    vendor: Vendor, open_house: Callable[..., House]
) -> None:
    vendor.fault(FaultKind.EMPTY_DATA, where="imageInference")
    backend = open_house(vendor.ws_url).backend
    order = words()
    call = call_for(order)
    with pytest.raises(BackendUnreachable):
        await backend.submit(call, order)
    assert isinstance(await backend.resolve(call), Unknown)  # it may still be on its way


async def test_a_connection_that_ends_before_the_order_was_taken_leaves_the_outcome_open(
    vendor: Vendor, backend: RunwareBackend
) -> None:
    vendor.fault(FaultKind.REFUSE)
    order = words()
    with pytest.raises(BackendUnreachable):
        await backend.submit(call_for(order), order)
    assert len(vendor.world.ledger) == 0
    assert len((await finished(backend, words())).outputs) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "word", "is_lasting"),
    [
        (FaultKind.NO_BALANCE, ErrorKind.OURS, "no_balance", True),
        (FaultKind.RATE_LIMITED, ErrorKind.VENDOR, "rate_limited", False),
        (FaultKind.SERVER_ERROR, ErrorKind.VENDOR, "vendor_error", False),
    ],
)
async def test_a_refusal_by_name_is_final_and_says_whose_fault_it_is(
    vendor: Vendor, backend: RunwareBackend, fault: FaultKind, kind: ErrorKind, word: str, is_lasting: bool
) -> None:
    vendor.fault(fault)
    answer = await backend.submit(call_for(words()), words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (kind, word, is_lasting)
    assert len(vendor.world.ledger) == 0


async def test_what_the_vendor_does_not_make_is_the_orders_fault(vendor: Vendor, backend: RunwareBackend) -> None:
    order = words(model="runware:no-such@1")
    answer = await backend.submit(call_for(order), order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.ORDER, "invalid_model", False)


async def test_a_wrong_key_is_ours_to_mend_and_is_never_told_to_anyone(
    vendor: Vendor,
    open_house: Callable[..., House],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    backend = open_house(vendor.ws_url, key="another-secret-key").backend
    answer = await backend.submit(call_for(words()), words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.OURS, "wrong_key", True)
    assert (await backend.health()).detail == "wrong key"
    assert isinstance(await backend.resolve(call_for(words())), Unknown)
    out = capsys.readouterr()
    said = f"{answer!r}{backend!r}{vars(backend)!r}{caplog.text}{out.out}{out.err}"
    assert "another-secret-key" not in said


async def test_the_vendors_words_are_told_without_our_key(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.fault(FaultKind.SERVER_ERROR, message=f"the key {KEY} and https://h/w?call=1&token=abcdef are odd")
    answer = await backend.submit(call_for(words()), words())
    assert isinstance(answer, Failed)
    assert "the key [redacted] and https://h/*** are odd" in answer.message


async def test_a_vendor_that_is_not_there_has_certainly_not_taken_the_call(open_house: Callable[..., House]) -> None:
    backend = open_house("ws://127.0.0.1:9/v1").backend
    answer = await backend.submit(call_for(words()), words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.VENDOR, "unreachable", False)
    assert isinstance(await backend.resolve(call_for(words())), Unknown)
    assert not (await backend.health()).available


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.EMPTY_DATA,
        FaultKind.RATE_LIMITED,
        FaultKind.SERVER_ERROR,
        FaultKind.ERROR_WITHOUT_UUID,
        FaultKind.LATE_ERROR,
        FaultKind.GARBAGE_FRAME,
        FaultKind.HUGE_FRAME,
        FaultKind.NEVER_ACK,
        FaultKind.LOSE_ANSWER,
        FaultKind.CUT_FRAME,
        FaultKind.REFUSE,
    ],
)
async def test_answers_that_go_wrong_twice_only_delay_the_end(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    refs = [await submitted(backend, words(num_images=2)) for _ in range(3)]
    vendor.fault(kind, times=2, where="getResponse")
    for answer in await asyncio.gather(*(ended(backend, ref) for ref in refs)):
        assert isinstance(answer, Finished)
        assert (len(answer.outputs), answer.cost_microusd) == (2, 2600)
    assert len(vendor.tasks("imageInference")) == 3


@pytest.mark.parametrize("kind", [FaultKind.EMPTY_DATA, FaultKind.RATE_LIMITED, FaultKind.REFUSE])
async def test_answers_that_go_wrong_for_good_end_as_unreachable(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    ref = await submitted(backend, words())
    vendor.fault(kind, times=10_000, where="getResponse")
    with pytest.raises(BackendUnreachable):
        await ended(backend, ref)


async def test_a_broken_connection_takes_none_of_its_calls_along(vendor: Vendor, backend: RunwareBackend) -> None:
    vendor.world.settings.seconds = 0.8
    refs = [await submitted(backend, words()) for _ in range(10)]
    vendor.fault(FaultKind.CUT_FRAME, where="getResponse")
    answers = await asyncio.gather(*(ended(backend, ref) for ref in refs))
    assert all(isinstance(answer, Finished) for answer in answers)
    assert len(vendor.tasks("imageInference")) == 10
    assert len(vendor.tasks("authentication")) == 2


async def test_many_calls_outlive_many_broken_connections(vendor: Vendor, open_house: Callable[..., House]) -> None:
    vendor.world.settings.seconds = 1.5
    backend = open_house(vendor.ws_url, patience=Patience()).backend
    refs = await asyncio.gather(*(submitted(backend, words()) for _ in range(100)))
    vendor.fault(FaultKind.CUT_FRAME, times=8, where="getResponse")
    answers = await asyncio.gather(*(ended(backend, ref) for ref in refs))
    assert all(isinstance(answer, Finished) for answer in answers)
    assert len(vendor.tasks("imageInference")) == 100


async def test_calls_go_on_after_the_vendor_was_away(tmp_path: Path, open_house: Callable[..., House]) -> None:
    async with run_vendor(tmp_path / "state", seconds=1.0) as first:
        port = int(first.ws_url.split(":")[2].split("/")[0])
        backend = open_house(first.ws_url).backend
        call = call_for(words())
        ref = await submitted(backend, words(), call)
        following = asyncio.create_task(told(backend, ref))
        await eventually(lambda: len(first.tasks("getResponse")) > 0, "nobody asks")
    assert not following.done()
    async with run_vendor(tmp_path / "state", port=port, seconds=1.0) as second:
        last = (await following)[-1]
        assert isinstance(last, Finished)
        assert len((await finished(backend, words())).outputs) == 1
        assert str(call.call_id) not in [task["taskUUID"] for task in second.tasks("imageInference")]


async def test_calls_end_as_unreachable_where_the_vendor_stays_away(
    tmp_path: Path, open_house: Callable[..., House]
) -> None:
    async with run_vendor(tmp_path / "state", seconds=60.0) as vendor:
        backend = open_house(vendor.ws_url).backend
        ref = await submitted(backend, words())
        following = aiter(backend.follow(ref))
        assert isinstance(await anext(following), Progress)
    with pytest.raises(BackendUnreachable):
        await anext(following)


async def test_a_call_that_the_vendor_has_already_is_not_made_again(vendor: Vendor, backend: RunwareBackend) -> None:
    order = words()
    call = call_for(order)
    first, second = await backend.submit(call, order), await backend.submit(call, order)
    assert first == second == VendorRef(call.call_id, str(call.call_id))
    assert isinstance(await ended(backend, first), Finished)
    assert len(vendor.world.ledger) == 1


async def test_a_silent_sign_in_is_given_up(vendor: Vendor, open_house: Callable[..., House]) -> None:
    vendor.fault(FaultKind.AUTH_SILENT)
    health = await open_house(vendor.ws_url).backend.health()
    assert (health.available, health.detail) == (False, "no answer")


async def test_it_is_healthy_while_the_vendor_answers_and_has_money_of_ours(
    vendor: Vendor, open_house: Callable[..., House]
) -> None:
    backend = open_house(vendor.ws_url).backend
    assert (await backend.health()).available
    await backend.health()
    assert (len(vendor.tasks("ping")), len(vendor.tasks("accountManagement"))) == (2, 1)
    vendor.world.set_balance(0)
    poor = open_house(vendor.ws_url).backend
    health = await poor.health()
    assert (health.available, health.detail) == (False, "no balance")
    vendor.world.set_balance(5)
    assert (await poor.health()).available


async def test_it_is_never_heard_of_only_when_a_request_must_have_arrived(
    vendor: Vendor, backend: RunwareBackend
) -> None:
    order = words()
    fresh = call_for(order)
    assert isinstance(await backend.resolve(fresh), Unknown)
    old = call_for(order, prepared_at=fresh.prepared_at.replace(year=2020))
    assert isinstance(await backend.resolve(old), NeverHeard)


async def test_a_call_that_was_sent_again_just_now_is_not_taken_for_unknown(
    vendor: Vendor, backend: RunwareBackend
) -> None:
    vendor.fault(FaultKind.REFUSE)
    order = words()
    old = call_for(order, prepared_at=call_for(order).prepared_at.replace(year=2020))
    with pytest.raises(BackendUnreachable):
        await backend.submit(old, order)
    assert isinstance(await backend.resolve(old), Unknown)


async def test_a_refused_question_is_no_word_of_the_call(vendor: Vendor, backend: RunwareBackend) -> None:
    order = words()
    old = call_for(order, prepared_at=call_for(order).prepared_at.replace(year=2020))
    vendor.fault(FaultKind.RATE_LIMITED, times=100, where="getTaskDetails")
    assert isinstance(await backend.resolve(old), Unknown)


async def test_an_open_call_resolves_to_its_run_and_then_to_its_end(
    vendor: Vendor, open_house: Callable[..., House]
) -> None:
    vendor.world.settings.seconds = 0.6
    order = words(num_images=3)
    call = call_for(order)
    ref = await submitted(open_house(vendor.ws_url).backend, order, call)
    after_a_crash = open_house(vendor.ws_url).backend
    assert await after_a_crash.resolve(call) == StillRunning(ref)
    last = await ended(after_a_crash, ref)
    assert isinstance(last, Finished)
    assert [output.seed for output in last.outputs] == [5, 6, 7]
    assert await after_a_crash.resolve(call) == last


@pytest.mark.parametrize(("fault", "outcome"), [(FaultKind.ONE_FAILS, Finished), (FaultKind.FAIL_TASK, Failed)])
async def test_a_call_that_failed_resolves_to_that(
    vendor: Vendor, backend: RunwareBackend, fault: FaultKind, outcome: type
) -> None:
    vendor.fault(fault)
    order = words(num_images=2)
    call = call_for(order)
    ref = await submitted(backend, order, call)
    answer = await backend.resolve(call)
    assert isinstance(answer, outcome)
    assert answer == await ended(backend, ref)


@pytest.mark.parametrize(
    "kind", [FaultKind.EMPTY_DATA, FaultKind.SERVER_ERROR, FaultKind.ERROR_WITHOUT_UUID, FaultKind.GARBAGE_FRAME]
)
async def test_a_look_at_a_call_survives_an_answer_that_is_none(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    order = words()
    call = call_for(order)
    await submitted(backend, order, call)
    vendor.fault(kind, where="getResponse")
    assert isinstance(await backend.resolve(call), Finished)


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_FRAME])
async def test_a_look_that_lost_its_connection_says_that_nothing_is_known(
    vendor: Vendor, backend: RunwareBackend, kind: FaultKind
) -> None:
    order = words()
    call = call_for(order)
    await submitted(backend, order, call)
    vendor.fault(kind, where="getResponse")
    assert isinstance(await backend.resolve(call), Unknown | Finished)
    assert isinstance(await backend.resolve(call), Finished)
