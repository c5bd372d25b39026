"""The owner learns of a vendor that is down, rejects our key or has no money of ours within ten seconds, once."""

import asyncio
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from config.failpoints import Write
from repository.admin_events import AdminEventRepository
from services.backend_words import STALE_AFTER
from services.orders import TextToImageOrder
from tests.conformance.candidates import CANDIDATES
from tests.conformance.stand_ins import KEY, ReplicateStandIn, RunwareStandIn, StandIn
from tests.integration.wellbeing.conftest import (
    KNOWN_WITHIN,
    LASTING,
    NAMESPACE,
    PASSING,
    WELL,
    WORDS,
    Moody,
    noted,
    seen,
)
from workers.backends.base import Backend, Failed
from workers.backends.routing import AskLater, Chosen, Nobody
from workers.wellbeing import (
    BACKEND_DOWN,
    HEALTH_PATIENCE,
    PUBLISH_INTERVAL,
    READY_SECONDS,
    REDIS_PATIENCE,
)

ORDER = TextToImageOrder(prompt="a fox", seed=1)


@pytest.fixture(params=[RunwareStandIn, ReplicateStandIn])
def vendor(request: pytest.FixtureRequest, tmp_path: Path):
    running: StandIn = request.param(tmp_path)
    running.reset()
    yield running
    running.close()


def name_of(vendor: StandIn) -> str:
    return "runware" if isinstance(vendor, RunwareStandIn) else "replicate"


def open_at(vendor: StandIn, address: str | None = None, key: str = KEY) -> Backend:
    return CANDIDATES[name_of(vendor)].open(address or vendor.address, key, 5.0)


async def test_a_vendor_that_goes_and_comes_back_is_told_once_by_two_workers(vendor, at_work, check, events):
    name = name_of(vendor)
    workers = [open_at(vendor), open_at(vendor)]
    async with at_work(*workers):
        await seen(check, name, available=True)
        assert await events.get_latest(limit=10) == []
        vendor.change_key("another key from now on")
        for worker in workers:
            await worker.aclose()  # what is open stays signed in: a key counts from the next connection
    strangers = [open_at(vendor), open_at(vendor)]
    async with at_work(*strangers):
        await seen(check, name, available=False, detail="wrong key")
        (event,) = await noted(events, 1, closed=False, details={"reason": "wrong key"})
        assert (event.kind, event.subject) == (BACKEND_DOWN, name)
        vendor.change_key(KEY)
        await seen(check, name, available=True)
        (event,) = await noted(events, 1, closed=True)
    for worker in strangers:
        await worker.aclose()


async def test_a_vendor_that_is_not_there_is_told_and_closed_when_it_is(vendor, at_work, check, events):
    name = name_of(vendor)
    nowhere = vendor.address.replace(str(vendor.port), "9")
    away, there = open_at(vendor, nowhere), open_at(vendor)
    async with at_work(away):
        assert (await seen(check, name, available=False)).detail
        (event,) = await noted(events, 1, closed=False)
        assert event.details["reason"]
    async with at_work(there):
        await seen(check, name, available=True)
        await noted(events, 1, closed=True)
    for worker in (away, there):
        await worker.aclose()


async def test_a_vendor_that_goes_down_under_two_workers_is_told_once(vendor, at_work, check, events):
    name = name_of(vendor)
    workers = [open_at(vendor), open_at(vendor)]
    async with at_work(*workers):
        await seen(check, name, available=True)
        await asyncio.to_thread(vendor.close)
        await seen(check, name, available=False)
        (event,) = await noted(events, 1, closed=False)
        assert (event.subject, event.closed_at) == (name, None)
    assert len(await events.get_latest(limit=10)) == 1
    for worker in workers:
        await worker.aclose()


async def test_a_vendor_that_takes_calls_and_says_nothing_is_told(vendor, at_work, check, events):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        worker = open_at(vendor, vendor.address.replace(str(vendor.port), str(silent.getsockname()[1])))
        async with at_work(worker, patience=0.2):
            await seen(check, name_of(vendor), available=False)
            await noted(events, 1, closed=False)
        await worker.aclose()


async def test_an_empty_purse_is_told_and_orders_are_not_kept_waiting_for_it(vendor, at_work, check, events):
    name, candidate = name_of(vendor), CANDIDATES[name_of(vendor)]
    worker = open_at(vendor)
    offers = {name: candidate.offer(ORDER)}
    vendor.settings(balance=0)
    failed = await worker.submit(candidate.call(ORDER, b""), ORDER)
    assert isinstance(failed, Failed)
    async with at_work(worker) as (routing,):
        assert (await seen(check, name, available=False)).detail == "no balance"
        await noted(events, 1, closed=False)
        assert routing.choose(ORDER, offers, {}) == Nobody("unavailable")
        vendor.settings(balance=50)
        assert not isinstance(await worker.submit(candidate.call(ORDER, b""), ORDER), Failed)
        await seen(check, name, available=True)
        await noted(events, 1, closed=True)
        assert isinstance(routing.choose(ORDER, offers, {}), Chosen)
    await worker.aclose()


@pytest.mark.parametrize("how", ["is_silent", "is_unreachable"])
async def test_a_backend_that_cannot_even_say_how_it_is_is_down_for_the_moment(at_work, check, events, how):
    moody = Moody(**{how: True})
    async with at_work(moody, patience=0.1) as (routing,):
        assert (await seen(check, "preview", available=False)).detail.startswith("does not answer")
        await noted(events, 1, closed=False)
        assert isinstance(routing.choose(ORDER, {}, {}), AskLater)
        setattr(moody, how, False)
        await seen(check, "preview", available=True)
        await noted(events, 1, closed=True)


async def test_each_time_that_it_goes_is_an_event_of_its_own(at_work, check, events):
    moody = Moody()
    async with at_work(moody):
        for count in (1, 2):
            moody.health_now = PASSING
            await seen(check, "preview", available=False)
            await noted(events, count, closed=False)
            moody.health_now = WELL
            await seen(check, "preview", available=True)
            await noted(events, count, closed=True)


async def test_what_its_calls_tell_counts_beside_what_it_says_of_itself(at_work, check, events):
    async with at_work(Moody()) as (routing,):
        await seen(check, "preview", available=True)
        for _ in range(5):
            routing.failed("preview")
        assert (await seen(check, "preview", available=False)).detail == "its calls fail"
        (event,) = await noted(events, 1, closed=False)
        assert event.details == {"reason": "its calls fail"}
        routing.succeeded("preview")
        await noted(events, 1, closed=True)


async def test_an_event_that_an_earlier_worker_left_open_is_closed_by_the_next_one(at_work, events, database):
    await AdminEventRepository(database.writing(Write.ADMIN_EVENT)).open(BACKEND_DOWN, "preview", {"reason": "x"})
    async with at_work(Moody()):
        await noted(events, 1, closed=True)


async def test_a_worker_says_that_it_is_there_for_as_long_as_it_is(at_work, check, arq):
    async with at_work(Moody()):
        await seen(check, "preview", available=True)
        assert (await check.ask()).parts == {"bot": False, "worker": True}
        assert int(await arq.get(f"{NAMESPACE}:ready:worker")) == os.getpid()
        assert 0 < await arq.ttl(f"{NAMESPACE}:ready:worker") <= READY_SECONDS


async def test_an_open_event_says_why_it_is_down_now(at_work, events):
    moody = Moody(health_now=PASSING)
    async with at_work(moody):
        (first,) = await noted(events, 1, closed=False, details={"reason": "no answer"})
        moody.health_now = LASTING
        (then,) = await noted(events, 1, closed=False, details={"reason": "wrong key"})
        assert (then.event_id, then.created_at) == (first.event_id, first.created_at)


async def test_a_worker_that_stops_takes_its_words_back(at_work, check, arq):
    async with at_work(Moody()):
        await seen(check, "preview", available=True)
        assert 0 < await arq.pttl(WORDS) <= STALE_AFTER * 1000, "a worker that is killed leaves nothing for ever"
    assert (await check.ask()).backends == {}
    assert not await arq.exists(WORDS)


async def test_with_the_periods_of_the_house_a_fault_is_known_within_ten_seconds(at_work, check, events):
    moody = Moody()
    async with at_work(moody, interval=PUBLISH_INTERVAL):
        await seen(check, "preview", available=True)
        moody.health_now = PASSING  # just after it was asked: as late as can be
        await noted(events, 1, closed=False)
        await seen(check, "preview", available=False)
    slowest_round = PUBLISH_INTERVAL + HEALTH_PATIENCE + REDIS_PATIENCE
    assert slowest_round < KNOWN_WITHIN
    assert 2 * slowest_round < STALE_AFTER, "one word may be lost on its way"
