"""Tells the other processes and the owner how this worker's backends are."""

import asyncio
import os
import secrets
import socket
from typing import Any

import structlog
from arq import ArqRedis
from redis.exceptions import RedisError

from config.failpoints import Write
from db.pool import UNAVAILABLE, Database
from repository.admin_events import AdminEventRepository
from services.backend_words import BackendHealth, BackendWords, Word, judge
from workers.backends.base import Backend, BackendUnreachable, Health
from workers.backends.routing import Routing

PUBLISH_INTERVAL = 4.0
"""Seconds between two words to the other processes."""
HEALTH_PATIENCE = 4.0
"""Seconds that a backend has to say how it is; what is wrong is known within ten."""
REDIS_PATIENCE = 1.0
"""Seconds that Redis has to take a word or to give the others'."""
READY_SECONDS = 12
BACKEND_DOWN = "backend_down"

_log = structlog.get_logger(__name__)


def name_of_this_process() -> str:
    """A name that no other worker has, on this machine or another, now or later."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Wellbeing:
    """Asks the backends, publishes their answers in Redis, and notes in the owner's log when one goes or comes back.

    The log follows the words of all workers, whichever of them writes it. While Redis is away a worker that was not
    the only one waits with what it would write: it cannot know how the others see it.
    """

    def __init__(
        self,
        db: Database,
        arq: ArqRedis,
        namespace: str,
        routing: Routing,
        *,
        interval: float = PUBLISH_INTERVAL,
        health_patience: float = HEALTH_PATIENCE,
    ) -> None:
        self._db = db
        self._arq = arq
        self._namespace = namespace
        self._routing = routing
        self._interval = interval
        self._health_patience = health_patience
        self._worker = name_of_this_process()
        self._words = BackendWords(arq, namespace)
        self._own: dict[str, Word] = {}
        """By backend, what this worker says of it."""
        self._asked = asyncio.Event()
        self._is_alone = True
        """No other worker was heard when Redis last answered."""

    async def keep_publishing(self) -> None:
        """Publish until cancelled, then take back what was said.

        A database that does not answer holds up only what is told the owner: the other processes still hear.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_asking())
                group.create_task(self._keep_telling_owner())
        finally:
            await self._fall_silent()

    async def _keep_asking(self) -> None:
        while True:
            healths = await asyncio.gather(*(self._ask(backend) for backend in self._routing.backends))
            self._own = {name: Word(health.available, health.detail, health.is_lasting) for name, health in healths}
            await self._publish()
            self._asked.set()
            await asyncio.sleep(self._interval)

    async def _keep_telling_owner(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._tell_owner()
            except UNAVAILABLE as error:
                _log.warning("worker.unheard", error=str(error) or type(error).__name__)

    async def _ask(self, backend: Backend) -> tuple[str, Health]:
        try:
            async with asyncio.timeout(self._health_patience):
                health = await backend.health()
        except (TimeoutError, BackendUnreachable) as error:
            health = Health(False, f"does not answer: {error or 'silent'}")
        return backend.name, self._routing.note_health(backend.name, health)

    async def _publish(self) -> None:
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                await self._words.say(self._worker, self._own)
                await self._arq.set(f"{self._namespace}:ready:worker", os.getpid(), ex=READY_SECONDS)
        except (RedisError, OSError) as error:
            _log.warning("worker.unheard", error=str(error) or type(error).__name__)

    async def _fall_silent(self) -> None:
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                await self._words.take_back(self._worker, self._own)
        except (RedisError, OSError) as error:  # nobody believes it for long
            _log.warning("worker.unheard", error=str(error) or type(error).__name__)

    async def _tell_owner(self) -> None:
        """Write down what has changed for the house."""
        seen = await self._see()
        told = await AdminEventRepository(self._db.reading).get_open(BACKEND_DOWN)
        for name, health in seen.items():
            if told.get(name) != _details(health):
                await self._tell_of(name)

    async def _tell_of(self, name: str) -> None:
        """Open, update or close the event of a backend; workers that see the same thing write it once.

        What all of them say is read once more when it is this one's turn: a later turn knows no less.
        """
        async with self._db.transaction(Write.ADMIN_EVENT) as tx:
            events = AdminEventRepository(tx)
            await events.take_turn(BACKEND_DOWN, name)
            health = (await self._see()).get(name)
            if health is None:
                return
            details = _details(health)
            is_closed = details is None and await events.close(BACKEND_DOWN, name)
            is_opened = details is not None and await events.open(BACKEND_DOWN, name, details)
            is_updated = details is not None and await events.update(BACKEND_DOWN, name, details)
        if is_closed:
            _log.info("backend.up", backend=name)
        elif is_opened:
            _log.error("backend.down", backend=name, reason=health.reason, workers=health.workers)
        elif is_updated:
            _log.warning("backend.still_down", backend=name, reason=health.reason, workers=health.workers)

    async def _see(self) -> dict[str, BackendHealth]:
        """The backends by the words of all workers; none while the others cannot be heard.

        As they stand in Redis, this worker's own too: what only it knows yet, the next writer would take for untrue.
        """
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                words = await self._words.read()
        except (RedisError, OSError) as error:
            _log.warning("worker.deaf", error=str(error) or type(error).__name__)
            words = {name: {self._worker: word} for name, word in self._own.items()} if self._is_alone else {}
        else:
            self._is_alone = all(worker == self._worker for said in words.values() for worker in said)
        return {name: judge(said) for name, said in words.items()}


def _details(health: BackendHealth) -> dict[str, Any] | None:
    """What the owner's log says of a backend that is down; None while it is not."""
    if health.reason is None:
        return None
    return {"reason": health.reason} | ({"workers": list(health.workers)} if health.workers else {})
