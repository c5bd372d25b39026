"""What the tests of wellbeing share: backends with moods, workers that publish, eyes on /health and the owner's log."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from arq import ArqRedis

from db.pool import Database
from repository.admin_events import AdminEvent, AdminEventRepository
from services.backend_words import BackendHealth
from services.health import HealthCheck
from tests.integration.heart.conftest import ObedientBackend
from workers.backends.base import Backend, BackendUnreachable, Health
from workers.backends.routing import Routing
from workers.wellbeing import HEALTH_PATIENCE, Wellbeing

NAMESPACE = "dreamphoto:test"
WORDS = f"{NAMESPACE}:backends"
KNOWN_WITHIN = 10.0
QUICK = 0.02
"""Seconds between two rounds, for what does not depend on them."""

WELL = Health(True, "fine")
PASSING = Health(False, "no answer")
LASTING = Health(False, "wrong key", is_lasting=True)

AtWork: TypeAlias = Callable[..., AbstractAsyncContextManager[list[Routing]]]


@dataclass
class Moody(ObedientBackend):
    """Says of itself what a test wants, and counts how often it was asked."""

    health_now: Health = WELL
    is_silent: bool = False
    is_unreachable: bool = False
    looks: int = 0
    looked: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def health(self) -> Health:
        async with self.looked:
            self.looks += 1
            self.looked.notify_all()
        if self.is_silent:
            await asyncio.Event().wait()
        if self.is_unreachable:
            raise BackendUnreachable("no route")
        return self.health_now

    async def asked_again(self, times: int) -> None:
        """Wait until its worker has begun so many rounds more."""
        until = self.looks + times
        async with asyncio.timeout(KNOWN_WITHIN), self.looked:
            await self.looked.wait_for(lambda: self.looks >= until)


@pytest.fixture
def events(database: Database) -> AdminEventRepository:
    return AdminEventRepository(database.reading)


@pytest.fixture
def check(database: Database, arq: ArqRedis) -> HealthCheck:
    """What /health asks."""
    return HealthCheck(database, arq, NAMESPACE)


@pytest.fixture
def at_work(database: Database, arq: ArqRedis) -> AtWork:
    """Workers of one backend each that publish, each with breakers of its own, for the time of the block."""

    @asynccontextmanager
    async def publishing(
        *backends: Backend,
        db: Database = database,
        redis: ArqRedis = arq,
        interval: float = QUICK,
        patience: float = HEALTH_PATIENCE,
    ) -> AsyncIterator[list[Routing]]:
        routings = [Routing([backend]) for backend in backends]
        workers = [
            Wellbeing(db, redis, NAMESPACE, routing, interval=interval, health_patience=patience)
            for routing in routings
        ]
        tasks = [asyncio.create_task(worker.keep_publishing()) for worker in workers]
        try:
            yield routings
            assert not any(task.done() for task in tasks), "it goes on whatever happens"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return publishing


async def seen(check: HealthCheck, name: str, *, available: bool, detail: str | None = None) -> BackendHealth:
    """What /health reads, once it reads this; it must within ten seconds."""
    async with asyncio.timeout(KNOWN_WITHIN):
        while True:
            found = (await check.ask()).backends.get(name)
            if found is not None and found.available is available and detail in (None, found.detail):
                return found


async def noted(
    events: AdminEventRepository, count: int, *, closed: bool, details: dict[str, object] | None = None
) -> list[AdminEvent]:
    """The events, newest first, once there are so many and the newest is open or closed, and says this."""
    async with asyncio.timeout(KNOWN_WITHIN):
        while True:
            found = await events.get_latest(limit=100)
            if (
                len(found) == count
                and (found[0].closed_at is not None) is closed
                and details in (None, found[0].details)
            ):
                return found
