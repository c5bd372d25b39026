"""The owner learns of a vendor that is down, rejects our key or has no money of ours within ten seconds, once."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from arq import ArqRedis

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEvent, AdminEventRepository
from services.health import BackendHealth, HealthCheck
from services.orders import TextToImageOrder
from tests.conformance.candidates import CANDIDATES
from tests.conformance.stand_ins import KEY, ReplicateStandIn, RunwareStandIn, StandIn
from tests.integration.heart.conftest import ObedientBackend
from workers import wellbeing
from workers.backends.base import Backend, BackendUnreachable, Failed, Health
from workers.backends.routing import AskLater, Chosen, Nobody, Routing
from workers.wellbeing import BACKEND_DOWN, READY_SECONDS, Wellbeing

NAMESPACE = "dreamphoto:test"
KNOWN_WITHIN = 10.0
ORDER = TextToImageOrder(prompt="a fox", seed=1)


@dataclass
class Moody(ObedientBackend):
    """Says of itself what a test wants."""

    health_now: Health = field(default_factory=lambda: Health(True, "fine"))
    is_silent: bool = False
    is_unreachable: bool = False

    async def health(self) -> Health:
        if self.is_silent:
            await asyncio.Event().wait()
        if self.is_unreachable:
            raise BackendUnreachable("no route")
        return self.health_now


@pytest.fixture
def events(database: Database) -> AdminEventRepository:
    return AdminEventRepository(database.reading)


@pytest.fixture
def check(database: Database, arq: ArqRedis) -> HealthCheck:
    """What /health asks."""
    return HealthCheck(database, arq, NAMESPACE)


@pytest.fixture
def at_work(database: Database, arq: ArqRedis) -> Callable[..., object]:
    """Workers that publish, each with breakers of its own, for the time of the block."""

    @asynccontextmanager
    async def publishing(*workers: Backend) -> AsyncIterator[list[Routing]]:
        routings = [Routing([backend]) for backend in workers]
        tasks = [
            asyncio.create_task(Wellbeing(database, arq, NAMESPACE, routing).keep_publishing()) for routing in routings
        ]
        yield routings
        assert not any(task.done() for task in tasks), "it goes on whatever happens"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return publishing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds without pauses, for what does not depend on them."""
    monkeypatch.setattr(wellbeing, "PUBLISH_INTERVAL", 0.02)


async def seen(check: HealthCheck, name: str, *, available: bool) -> BackendHealth:
    """What /health reads, once it reads this; it must within ten seconds."""
    async with asyncio.timeout(KNOWN_WITHIN):
        while True:
            word = (await check.ask()).backends.get(name)
            if word is not None and word.available is available:
                return word


async def noted(events: AdminEventRepository, count: int, *, closed: bool) -> list[AdminEvent]:
    """The events, newest first, once there are so many and the newest is open or closed."""
    async with asyncio.timeout(KNOWN_WITHIN):
        while True:
            found = await events.get_latest(limit=100)
            if len(found) == count and (not found or (found[0].closed_at is not None) is closed):
                return found


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
        assert (await seen(check, name, available=False)).detail == "wrong key"
        (event,) = await noted(events, 1, closed=False)
        assert (event.kind, event.subject, event.details) == (BACKEND_DOWN, name, {"reason": "wrong key"})
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


async def test_a_vendor_that_goes_down_under_two_workers_is_told_once_within_ten_seconds(
    vendor, at_work, check, events
):
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


async def test_a_vendor_that_takes_calls_and_says_nothing_is_told_within_ten_seconds(vendor, at_work, check, events):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        worker = open_at(vendor, vendor.address.replace(str(vendor.port), str(silent.getsockname()[1])))
        async with at_work(worker):
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
async def test_a_backend_that_cannot_even_say_how_it_is_is_down_for_the_moment(quick, at_work, check, events, how):
    moody = Moody(**{how: True})
    async with at_work(moody) as (routing,):
        assert (await seen(check, "preview", available=False)).detail.startswith("does not answer")
        await noted(events, 1, closed=False)
        assert isinstance(routing.choose(ORDER, {}, {}), AskLater)
        setattr(moody, how, False)
        await seen(check, "preview", available=True)
        await noted(events, 1, closed=True)


async def test_each_time_that_it_goes_is_an_event_of_its_own(quick, at_work, check, events):
    moody = Moody()
    async with at_work(moody):
        for count in (1, 2):
            moody.health_now = Health(False, "no answer")
            await seen(check, "preview", available=False)
            await noted(events, count, closed=False)
            moody.health_now = Health(True, "fine")
            await seen(check, "preview", available=True)
            await noted(events, count, closed=True)


async def test_what_its_calls_tell_counts_beside_what_it_says_of_itself(quick, at_work, check, events):
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


async def test_a_round_that_redis_did_not_hear_is_told_in_the_next_one(at_work, check, events, arq, monkeypatch):
    moody = Moody(health_now=Health(False, "no answer"))
    rounds = 0

    async def refusing(*_: object, **__: object) -> None:
        nonlocal rounds
        rounds += 1
        raise ConnectionRefusedError("away")

    kept = arq.hset
    monkeypatch.setattr(arq, "hset", refusing)
    async with at_work(moody):
        await noted(events, 1, closed=False)
        assert rounds == 1
        monkeypatch.setattr(arq, "hset", kept)
        await seen(check, "preview", available=False)
