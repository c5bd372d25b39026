"""Whose fault it was, and that a follower hears an end, whatever goes wrong."""

import asyncio
from typing import Any

import pytest

from tests.conformance.asking import PATIENCE, ended, finished, from_photo, words
from tests.conformance.candidates import VENDORS
from tests.conformance.conftest import Bench
from tests.conformance.stand_ins import QUESTIONS, StandIn, Trouble
from workers.backends.base import (
    Backend,
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    Remote,
    Unknown,
)

pytestmark = pytest.mark.parametrize("candidate", VENDORS, indirect=True)

NOWHERE = {"runware": "ws://127.0.0.1:9/v1", "replicate": "http://127.0.0.1:9"}
FOR_GOOD = 10_000


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.BLOCKED, ErrorKind.ORDER),
        (Trouble.BROKEN, ErrorKind.VENDOR),
        (Trouble.BUSY, ErrorKind.VENDOR),
    ],
)
async def test_a_failure_says_whose_fault_it_was(
    backend: Backend, bench: Bench, vendor: StandIn, trouble: Trouble, kind: ErrorKind
) -> None:
    vendor.fault(trouble)
    answer = await bench.made(backend, words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.is_lasting, answer.cost_microusd) == (kind, False, 0)
    assert answer.code
    assert finished(await bench.made(backend, words())), "the next one is made"


async def test_an_empty_purse_is_ours_to_fill_and_would_meet_every_order(
    backend: Backend, bench: Bench, vendor: StandIn
) -> None:
    vendor.settings(balance=0)
    call = bench.call(words())
    answer = await backend.submit(call, words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.OURS, "no_balance", True)
    assert vendor.taken(call.call_id) == 0


async def test_a_wrong_key_is_ours_to_mend_and_would_meet_every_order(bench: Bench, vendor: StandIn) -> None:
    call = bench.call(words())
    backend = bench.open(key="not-the-key-at-all")
    answer = await backend.submit(call, words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.OURS, "wrong_key", True)
    assert "not-the-key-at-all" not in repr(answer)
    assert isinstance(await backend.resolve(call), Unknown)
    assert vendor.taken(call.call_id) == 0


async def test_a_vendor_that_is_not_there_has_not_taken_the_call_and_that_may_pass(bench: Bench) -> None:
    backend = bench.open(address=NOWHERE[bench.candidate.name])
    call = bench.call(words())
    answer = await backend.submit(call, words())
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.is_lasting) == (ErrorKind.VENDOR, False)
    assert isinstance(await backend.resolve(call), Unknown)


@pytest.mark.parametrize(
    "trouble", [one for one in QUESTIONS if one is not Trouble.QUESTIONS_SLOW], ids=lambda trouble: trouble.name
)
async def test_questions_that_go_wrong_twice_only_delay_the_end(
    backend: Backend, bench: Bench, vendor: StandIn, trouble: Trouble
) -> None:
    order = words()
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    vendor.fault(trouble, times=2)
    assert len(finished(await ended(backend, ref)).outputs) == 1
    assert vendor.taken(call.call_id) == 1


@pytest.mark.parametrize(
    "trouble",
    [Trouble.QUESTIONS_SILENT, Trouble.QUESTIONS_SLOW, Trouble.QUESTIONS_CUT, Trouble.QUESTIONS_REFUSED],
    ids=lambda trouble: trouble.name,
)
async def test_followers_hear_an_end_however_long_questions_go_wrong(
    backend: Backend, bench: Bench, vendor: StandIn, trouble: Trouble
) -> None:
    order = words()
    ref = await bench.sent(backend, order)
    vendor.fault(trouble, times=FOR_GOOD)
    outcomes: list[Any] = await asyncio.gather(*(ended(backend, ref) for _ in range(3)), return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, Finished | BackendUnreachable), outcome


@pytest.mark.parametrize("trouble", [Trouble.ANSWER_LOST, Trouble.SILENCE, Trouble.BUSY, Trouble.BROKEN])
async def test_handing_a_call_over_ends_in_time_and_bills_it_at_most_once(
    backend: Backend, bench: Bench, vendor: StandIn, trouble: Trouble
) -> None:
    vendor.fault(trouble)
    order = from_photo()
    call = bench.call(order)
    async with asyncio.timeout(PATIENCE):
        try:
            await backend.submit(call, order)
        except BackendUnreachable:
            assert trouble in (Trouble.ANSWER_LOST, Trouble.SILENCE)
    assert vendor.taken(call.call_id) == (0 if trouble is Trouble.BUSY else 1)


async def test_of_many_calls_at_once_one_that_fails_takes_no_other_along(
    backend: Backend, bench: Bench, vendor: StandIn
) -> None:
    vendor.fault(Trouble.BROKEN)
    vendor.fault(Trouble.QUESTIONS_LOST, times=2)
    orders = [words(prompt=f"Lake {number}", seed=number) for number in range(1, 7)]
    answers = await asyncio.gather(*(bench.made(backend, order) for order in orders))
    assert sum(isinstance(answer, Failed) for answer in answers) == 1
    for order, answer in zip(orders, answers, strict=True):
        if isinstance(answer, Finished):
            (output,) = answer.outputs
            assert isinstance(output, Remote)
            assert output.seed == order.seed
