"""Redis or PostgreSQL away, refusing or frozen: workers go on, and tell only what they can know."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from arq import ArqRedis

from db.pool import Database
from services.doorbell import open_arq
from tests.chaos.proxy import FaultProxy, ProxyLoop
from tests.integration.wellbeing.conftest import LASTING, PASSING, WELL, Moody, noted, seen
from workers import wellbeing


@pytest.fixture
def line(redis_dsn: str) -> Iterator[FaultProxy]:
    """The way of one worker to Redis."""
    with closing(ProxyLoop()) as loop, closing(FaultProxy(loop, urlsplit(redis_dsn).port or 0)) as proxy:
        yield proxy


@pytest.fixture
async def by_line(line: FaultProxy) -> AsyncIterator[ArqRedis]:
    opened = await open_arq(f"redis://127.0.0.1:{line.port}/0")
    yield opened
    await opened.aclose()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen Redis is given up sooner than in the house."""
    monkeypatch.setattr(wellbeing, "REDIS_PATIENCE", 0.2)


@pytest.mark.parametrize("fault", [FaultProxy.refusing, FaultProxy.stalled])
async def test_the_only_worker_tells_the_owner_while_redis_is_away_and_all_when_it_is_back(
    at_work, check, events, line, by_line, fault
):
    moody = Moody()
    async with at_work(moody, redis=by_line):
        await seen(check, "preview", available=True)
        with fault(line):
            moody.health_now = PASSING
            await noted(events, 1, closed=False)
            assert (await check.ask()).backends["preview"].available, "Redis has not heard it"
            moody.health_now = WELL
            await noted(events, 1, closed=True)
            moody.health_now = LASTING
            await noted(events, 2, closed=False, details={"reason": "wrong key"})
        await seen(check, "preview", available=False, detail="wrong key")


@pytest.mark.parametrize("fault", [FaultProxy.refusing, FaultProxy.stalled])
async def test_a_worker_that_was_not_alone_waits_with_what_it_sees_until_redis_is_back(
    at_work, check, events, line, by_line, fault
):
    deaf, hearing = Moody(health_now=PASSING), Moody()
    async with at_work(hearing):
        await seen(check, "preview", available=True, detail="fine")
        async with at_work(deaf, redis=by_line):
            await seen(check, "preview", available=True, detail="fine (1 of 2 workers: no answer)")
            await deaf.asked_again(2)
            with fault(line):
                for _ in range(5):
                    await deaf.asked_again(1)
                    await hearing.asked_again(1)
                assert await events.get_latest(limit=10) == []
                deaf.health_now = LASTING
            await noted(events, 1, closed=False)


async def test_a_database_that_says_nothing_does_not_keep_the_other_processes_from_hearing(at_work, check):
    silent = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    moody = Moody()
    async with await Database.connect(f"postgresql://x@127.0.0.1:{port}/x") as frozen, at_work(moody, db=frozen):
        await seen(check, "preview", available=True)
        moody.health_now = PASSING
        await seen(check, "preview", available=False)
        moody.health_now = WELL
        await seen(check, "preview", available=True)
    silent.close()


async def test_a_database_that_is_away_is_told_when_it_is_back(at_work, events, database, database_dsn):
    moody = Moody(health_now=LASTING)
    nowhere = await Database.connect("postgresql://x@127.0.0.1:9/x")
    async with nowhere, at_work(moody, db=nowhere):
        await moody.asked_again(3)
    async with at_work(moody, db=database):
        await noted(events, 1, closed=False, details={"reason": "wrong key"})
