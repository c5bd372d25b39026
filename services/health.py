"""How the house is: what answers, what waits, which makers of pictures work."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from db.pool import UNAVAILABLE, Database
from repository.notifications import NotificationRepository, OutboxState
from repository.queue import LaneState, QueueRepository
from repository.tasks import Lane
from services.backend_words import BackendHealth, BackendWords, judge

PATIENCE = 1.5
"""Seconds that a server may take to answer before it counts as away."""
SAYING_READY = ("bot", "worker")
"""The parts that say every few seconds in Redis that they work."""

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, RedisError)

_log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class QueueState:
    """The tasks that have not ended."""

    lanes: dict[Lane, LaneState]
    """Lanes where nothing waits are missing."""
    running: int


@dataclass(frozen=True, slots=True)
class HouseHealth:
    """The state of everything; None where it could not be asked."""

    database: bool
    redis: bool
    queue: QueueState | None
    outbox: OutboxState | None
    backends: dict[str, BackendHealth]
    parts: dict[str, bool] | None
    """Whether there is a bot, and a worker: here or on another machine."""

    @property
    def is_healthy(self) -> bool:
        """Whether orders can be taken and made."""
        return self.database and self.redis and any(backend.available for backend in self.backends.values())


class HealthCheck:
    """Asks the servers, each for a bounded time."""

    def __init__(self, db: Database, redis: Redis, namespace: str) -> None:
        self._db = db
        self._redis = redis
        self._namespace = namespace
        self._words = BackendWords(redis, namespace)

    async def is_ready(self) -> bool:
        """Whether requests can be served: PostgreSQL and Redis answer."""
        database, redis = await asyncio.gather(_within(self._db.ping()), _within(self._ping_redis()))
        return database is not None and redis is not None

    async def ask(self) -> HouseHealth:
        """Ask for everything at once."""
        queue, outbox, backends, parts = await asyncio.gather(
            _within(self._queue()), _within(self._outbox()), _within(self._backends()), _within(self._parts())
        )
        return HouseHealth(
            database=queue is not None,
            redis=backends is not None,
            queue=queue,
            outbox=outbox,
            backends=backends or {},
            parts=parts,
        )

    async def _queue(self) -> QueueState:
        queue = QueueRepository(self._db.reading)
        return QueueState(await queue.get_lane_states(), await queue.count_running())

    async def _outbox(self) -> OutboxState:
        return await NotificationRepository(self._db.reading).get_outbox_state()

    async def _backends(self) -> dict[str, BackendHealth]:
        return {name: judge(words) for name, words in (await self._words.read()).items()}

    async def _parts(self) -> dict[str, bool]:
        said = await self._redis.mget([f"{self._namespace}:ready:{part}" for part in SAYING_READY])
        return {part: word is not None for part, word in zip(SAYING_READY, said, strict=True)}

    async def _ping_redis(self) -> bool:
        await self._redis.ping()
        return True


async def _within(question: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, or None from a server that is away or silent.

    What is not answered in time is left to end by itself: a frozen server would hold a cancellation too.
    """
    asking = asyncio.create_task(question)
    await asyncio.wait({asking}, timeout=PATIENCE)
    if not asking.done():
        asking.add_done_callback(lambda late: late.cancelled() or late.exception())
        asking.cancel()
        _log.warning("health.no_answer", error="silent")
        return None
    try:
        return asking.result()
    except AWAY as error:
        _log.warning("health.no_answer", error=str(error) or type(error).__name__)
        return None
