"""What became of a call is known again after a crash at every step, and it is never billed twice."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson
import pytest

from services.orders import StepOrder
from tests.conformance.asking import PATIENCE, ended, finished, words
from tests.conformance.candidates import VENDORS, Candidate
from tests.conformance.conftest import Bench
from tests.conformance.stand_ins import StandIn, Trouble
from tests.conftest import ROOT
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    Failed,
    Finished,
    NeverHeard,
    StillRunning,
    Unknown,
)

LONG_AGO = timedelta(minutes=10)
of_vendors = pytest.mark.parametrize("candidate", VENDORS, indirect=True)


def old_call(bench: Bench, order: StepOrder) -> BackendCall:
    """One that was written down so long ago that its request has arrived, if it ever left."""
    return bench.call(order, prepared_at=datetime.now(UTC) - LONG_AGO)


async def found_end(backend: Backend, call: BackendCall) -> Finished | Failed:
    """The end of a call that another process began. Fails where it is not found."""
    answer = await backend.resolve(call)
    assert isinstance(answer, StillRunning | Finished | Failed), answer
    return await ended(backend, answer.ref) if isinstance(answer, StillRunning) else answer


async def test_of_a_call_that_was_written_down_but_never_sent_nobody_has_heard(bench: Bench) -> None:
    call = old_call(bench, words())
    backend = bench.open()
    assert isinstance(await backend.resolve(call), NeverHeard)
    assert len(finished(await bench.made(backend, words(), call)).outputs) == 1
    assert bench.stand_in is None or bench.stand_in.taken(call.call_id) == 1


@of_vendors
async def test_a_call_that_may_still_be_on_its_way_is_not_free_to_be_sent_again(bench: Bench) -> None:
    assert isinstance(await bench.open(arrival=60).resolve(bench.call(words())), Unknown)


@of_vendors
@pytest.mark.parametrize("trouble", [Trouble.ANSWER_LOST, Trouble.SILENCE])
async def test_a_call_whose_answer_was_lost_is_found_by_the_next_process(
    bench: Bench, vendor: StandIn, trouble: Trouble
) -> None:
    vendor.fault(trouble)
    order = words(num_images=2)
    call = old_call(bench, order)
    with suppress(BackendUnreachable):  # or the vendor is asked at once what it has
        await bench.open().submit(call, order)
    assert len(finished(await found_end(bench.open(), call)).outputs) == 2
    assert vendor.taken(call.call_id) == 1


@of_vendors
async def test_a_process_that_is_killed_while_it_hands_a_call_over_leaves_it_to_be_found(
    bench: Bench, vendor: StandIn, candidate: Candidate
) -> None:
    vendor.fault(Trouble.SILENCE)
    order = words()
    call_id = uuid4()
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.conformance.one_call"),
        orjson.dumps({"candidate": candidate.name, "address": vendor.address, "call_id": call_id}).decode(),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert killed.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await killed.stdout.readline() == b"sending\n"
        while not vendor.taken(call_id):
            assert killed.returncode is None
            await asyncio.sleep(0)
        killed.kill()
        await killed.wait()
    call = bench.call(order, call_id=call_id, prepared_at=datetime.now(UTC) - LONG_AGO)
    assert len(finished(await found_end(bench.open(), call)).outputs) == 1
    assert vendor.taken(call_id) == 1


async def test_a_call_that_runs_is_found_running_and_then_ended(bench: Bench, backend: Backend) -> None:
    if bench.stand_in is not None:
        bench.stand_in.settings(seconds=1.0)
    order = words(num_images=2)
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    assert await backend.resolve(call) == StillRunning(ref)
    last = await ended(backend, ref)
    assert len(finished(last).outputs) == 2
    assert await backend.resolve(call) == last


@of_vendors
async def test_the_next_process_finds_a_call_that_runs_and_hears_the_same_end(bench: Bench, vendor: StandIn) -> None:
    vendor.settings(seconds=1.0)
    order = words(num_images=3)
    call = bench.call(order)
    first = bench.open()
    ref = await bench.sent(first, order, call)
    second = bench.open()
    assert await second.resolve(call) == StillRunning(ref)
    last, told = await asyncio.gather(ended(second, ref), ended(first, ref))
    assert last == told
    assert len(finished(last).outputs) == 3
    assert await bench.open().resolve(call) == last
    assert vendor.taken(call.call_id) == 1


@of_vendors
@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.BLOCKED])
async def test_the_next_process_hears_of_a_failure_whose_fault_it_was(
    bench: Bench, vendor: StandIn, trouble: Trouble
) -> None:
    vendor.fault(trouble)
    order = words()
    call = bench.call(order)
    told = await bench.made(bench.open(), order, call)
    assert isinstance(told, Failed)
    assert await found_end(bench.open(), call) == told


@of_vendors
async def test_what_a_vendor_cannot_be_asked_is_not_known(bench: Bench, vendor: StandIn) -> None:
    order = words()
    call = old_call(bench, order)
    await bench.sent(bench.open(), order, call)
    nowhere = "ws://127.0.0.1:9/v1" if vendor.address.startswith("ws") else "http://127.0.0.1:9"
    assert isinstance(await bench.open(address=nowhere).resolve(call), Unknown)


async def test_the_same_call_submitted_again_is_made_and_billed_once(bench: Bench, backend: Backend) -> None:
    order = words()
    call = bench.call(order)
    first, second = await bench.sent(backend, order, call), await bench.sent(backend, order, call)
    assert first == second
    assert await ended(backend, first) == await ended(backend, second)
    assert bench.stand_in is None or bench.stand_in.taken(call.call_id) == 1


@of_vendors
async def test_a_call_is_asked_about_among_many_others(bench: Bench, vendor: StandIn) -> None:
    first = bench.open()
    orders = [words(prompt=f"Lake {number}", seed=number) for number in range(1, 21)]
    calls = [bench.call(order) for order in orders]
    for order, call in zip(orders, calls, strict=True):
        await bench.sent(first, order, call)
    second = bench.open()
    answers = await asyncio.gather(*(found_end(second, call) for call in calls))
    assert [finished(answer).outputs[0].seed for answer in answers] == [order.seed for order in orders]
    assert [vendor.taken(call.call_id) for call in calls] == [1] * 20
