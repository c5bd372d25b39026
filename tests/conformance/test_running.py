"""While calls run: several follow, somebody stops one, the owner asks how it is, the worker goes home."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.conformance.asking import PATIENCE, ended, finished, followed, from_photo, words
from tests.conformance.candidates import VENDORS, Candidate
from tests.conformance.conftest import Bench
from tests.conformance.stand_ins import StandIn
from workers.backends.base import Backend, Failed, Finished, Progress

HEALTH_WITHIN = 3.3
"""Seconds: three, and what a busy machine adds."""
of_vendors = pytest.mark.parametrize("candidate", VENDORS, indirect=True)


@pytest.fixture
def slow(stand_in: StandIn | None) -> None:
    """Calls that do not end by themselves within a test, where somebody else makes them."""
    if stand_in is not None:
        stand_in.settings(seconds=3600)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes every connection and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=16)) as listening:
        yield listening.getsockname()[1]


async def test_two_may_follow_one_call_and_a_late_one_hears_the_end(backend: Backend, bench: Bench) -> None:
    ref = await bench.sent(backend, words())
    first, second = await asyncio.gather(ended(backend, ref), ended(backend, ref))
    assert first == second == await ended(backend, ref)


async def test_who_stops_listening_keeps_nobody_else_from_the_end(backend: Backend, bench: Bench) -> None:
    ref = await bench.sent(backend, words(num_images=2))
    leaving, staying = (asyncio.create_task(followed(backend, ref)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert isinstance((await staying)[-1], Finished)
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_cancelled_call_ends_with_fewer_pictures_than_ordered(
    backend: Backend, bench: Bench, candidate: Candidate, slow: None
) -> None:
    ref = await bench.sent(backend, from_photo(candidate.style, num_images=4, width=1024, height=1024))
    following = asyncio.create_task(followed(backend, ref))
    await asyncio.sleep(0)
    cancelled = await backend.cancel(ref)
    assert cancelled.still_billed is not candidate.can_cancel_for_free
    last = (await following)[-1]
    assert isinstance(last, Failed) or (isinstance(last, Finished) and len(last.outputs) < 4)


async def test_cancelling_a_call_that_has_ended_changes_nothing(backend: Backend, bench: Bench) -> None:
    order = words()
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    last = await ended(backend, ref)
    await backend.cancel(ref)
    assert await backend.resolve(call) == last == await ended(backend, ref)


async def test_cancelling_one_call_leaves_the_others_alone(
    backend: Backend, bench: Bench, stand_in: StandIn | None
) -> None:
    if stand_in is not None:
        stand_in.settings(seconds=1.0)
    refs = [await bench.sent(backend, words(seed=number, num_images=2)) for number in range(1, 4)]
    following = [asyncio.create_task(ended(backend, ref)) for ref in refs]
    await asyncio.sleep(0)
    await backend.cancel(refs[1])
    first, _, third = await asyncio.gather(*following)
    assert [finished(answer).outputs[0].seed for answer in (first, third)] == [1, 3]


async def test_it_is_healthy_while_all_is_well(backend: Backend) -> None:
    async with asyncio.timeout(HEALTH_WITHIN):
        health = await backend.health()
    assert health.available
    assert health.detail


@of_vendors
async def test_a_vendor_that_is_down_or_silent_is_told_within_three_seconds(
    bench: Bench, vendor: StandIn, silent: int
) -> None:
    for port in (9, silent):
        began = time.monotonic()
        health = await bench.open(address=vendor.address.replace(str(vendor.port), str(port))).health()
        assert time.monotonic() - began < HEALTH_WITHIN
        assert (health.available, health.is_lasting) == (False, False)
        assert health.detail


@of_vendors
async def test_a_wrong_key_is_told_within_three_seconds_and_will_not_pass(bench: Bench) -> None:
    backend = bench.open(key="not-the-key-at-all")
    async with asyncio.timeout(HEALTH_WITHIN):
        health = await backend.health()
    assert (health.available, health.detail, health.is_lasting) == (False, "wrong key", True)


@of_vendors
async def test_an_empty_purse_is_told_until_it_is_filled(backend: Backend, bench: Bench, vendor: StandIn) -> None:
    vendor.settings(balance=0)
    await backend.submit(bench.call(words()), words())
    async with asyncio.timeout(HEALTH_WITHIN):
        health = await backend.health()
    assert (health.available, health.detail, health.is_lasting) == (False, "no balance", True)
    vendor.settings(balance=50)
    await bench.sent(backend, words())
    assert (await backend.health()).available


async def test_closing_ends_what_runs_for_those_who_follow(
    backend: Backend, bench: Bench, candidate: Candidate, slow: None
) -> None:
    order = from_photo(candidate.style, num_images=4, width=1024, height=1024)
    refs = [await bench.sent(backend, order) for _ in range(4)]
    following = [asyncio.create_task(followed(backend, ref)) for ref in refs]
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await backend.aclose()
        for told in await asyncio.gather(*following):
            assert not isinstance(told[-1], Progress)


async def test_a_closed_backend_takes_no_call_and_closing_twice_is_no_harm(backend: Backend, bench: Bench) -> None:
    await backend.aclose()
    await backend.aclose()
    answer = await bench.made(backend, words())
    assert isinstance(answer, Failed)
