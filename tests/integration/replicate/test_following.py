"""Followers: one, two of a call, hundreds at once, woken by hints, and let go when the house closes."""

import asyncio
import time
from uuid import uuid4

import pytest

from tests.integration.replicate.vendor import PATIENCE, Vendor, call_for, sent, told, words
from workers.backends.base import Failed, Finished, Progress
from workers.backends.replicate.costs import Costs
from workers.backends.replicate.durations import LONGEST_WAIT, Durations


async def test_two_may_follow_one_call_and_a_late_one_hears_the_end(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    ref = await sent(backend, call_for(order), order)
    first, second = await asyncio.gather(told(backend, ref), told(backend, ref))
    assert isinstance(first[-1], Finished)
    assert first[-1] == second[-1] == (await told(backend, ref))[-1]


async def test_a_ring_is_answered_at_once(vendor: Vendor) -> None:
    await vendor.settings(seconds=60)
    backend, order = vendor.backend(), words()
    call = call_for(order)
    ref = await sent(backend, call, order)
    following = asyncio.create_task(told(backend, ref))
    await vendor.settings(clock_advance=20)  # an age at which one asks seldom
    await vendor.asked(ref.vendor_ref, 2)
    await vendor.settings(clock_advance=60)
    rung_at = time.monotonic()
    vendor.hints.ring(call.call_id)
    assert isinstance((await following)[-1], Finished)
    assert time.monotonic() - rung_at < 1.0


async def test_a_ring_for_nobody_does_nothing(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    vendor.hints.ring(uuid4())
    assert isinstance((await told(backend, await sent(backend, call_for(order), order)))[-1], Finished)


async def test_two_hundred_calls_at_once_end_with_their_own_pictures_and_few_questions(vendor: Vendor) -> None:
    backend, order = vendor.backend(patience=10, write_patience=15, lost_after=15), words()

    async def run() -> tuple[str, Finished | Failed | Progress]:
        ref = await sent(backend, call_for(order), order)
        return ref.vendor_ref, (await told(backend, ref))[-1]

    await vendor.settings(seconds=2)
    answers = await asyncio.gather(*(run() for _ in range(200)))
    assert len({ref for ref, _ in answers}) == 200
    assert all(isinstance(last, Finished) for _, last in answers)
    questions = [asked for asked in await vendor.requests() if asked["method"] == "GET"]
    assert len(questions) < 200  # pages answer for many


async def test_what_a_lagging_list_hides_is_asked_for_singly(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    await vendor.fault("list_lags", seconds=60, times=30)
    refs = await asyncio.gather(*(sent(backend, call_for(order), order) for _ in range(30)))
    for items in await asyncio.gather(*(told(backend, ref) for ref in refs)):
        assert isinstance(items[-1], Finished)


async def test_an_aborted_prediction_in_the_list_disturbs_no_other(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    await vendor.fault("abort_task")
    refs = await asyncio.gather(*(sent(backend, call_for(order), order) for _ in range(30)))
    lasts = [items[-1] for items in await asyncio.gather(*(told(backend, ref) for ref in refs))]
    assert sum(isinstance(last, Failed) for last in lasts) == 1
    assert sum(isinstance(last, Finished) for last in lasts) == 29


async def test_a_list_that_cannot_be_read_is_read_again(vendor: Vendor) -> None:
    backend, order = vendor.backend(lost_after=10), words()
    await vendor.fault("server_error", where="list", times=2)
    refs = await asyncio.gather(*(sent(backend, call_for(order), order) for _ in range(30)))
    for items in await asyncio.gather(*(told(backend, ref) for ref in refs)):
        assert isinstance(items[-1], Finished)


async def test_closing_ends_what_is_followed_and_stops_nothing_at_the_vendor(vendor: Vendor) -> None:
    await vendor.settings(seconds=60)
    backend, order = vendor.backend(), words()
    refs = [await sent(backend, call_for(order), order) for _ in range(4)]
    following = [asyncio.create_task(told(backend, ref)) for ref in refs]
    await asyncio.sleep(0)
    await backend.aclose()
    async with asyncio.timeout(PATIENCE):
        lasts = [items[-1] for items in await asyncio.gather(*following)]
    assert {last.code for last in lasts if isinstance(last, Failed)} == {"closing"}
    assert [isinstance(item, Failed) for item in await told(backend, refs[0])] == [True]
    assert not [asked for asked in await vendor.requests() if asked["path"].endswith("/cancel")]


async def test_a_follower_that_leaves_stops_the_questions(vendor: Vendor) -> None:
    await vendor.settings(seconds=60)
    backend, order = vendor.backend(), words()
    ref = await sent(backend, call_for(order), order)
    following = asyncio.create_task(told(backend, ref))
    await asyncio.sleep(0)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert backend._predictions.watch._watched == {}


def test_who_knows_how_long_it_takes_asks_first_near_the_end() -> None:
    durations = Durations(0.35)
    assert durations.until_next("flux", 0.0) == 0.35
    assert durations.until_next("flux", 1000.0) == LONGEST_WAIT
    for _ in range(30):
        durations.learn("flux", 4.0)
    assert 3.4 < durations.until_next("flux", 0.0) < 4.0
    assert durations.until_next("flux", 3.9) == 0.35
    assert durations.until_next("flux", 4.5) == 0.35
    assert durations.until_next("flux", 1000.0) == LONGEST_WAIT


def test_pages_are_read_for_many_and_not_where_they_carry_pictures() -> None:
    costs = Costs(lambda: 0.0)
    assert not costs.is_list_better(1, 0)
    assert costs.is_list_better(10, 0)
    assert not costs.is_list_better(2, 450)
    for _ in range(20):
        costs.weigh_page(30_000_000)
    assert not costs.is_list_better(20, 0)


def test_questions_are_rationed() -> None:
    now = 0.0
    costs = Costs(lambda: now)
    assert not costs.is_list_better(6, 450)
    costs.spend(costs.left)
    assert costs.left == 0
    assert costs.is_list_better(6, 450)
    now = 2.0
    assert costs.left == 40
    assert not costs.is_list_better(6, 450)
