"""Tells the other processes and the owner how this worker's backends are."""

import asyncio
import os
import time
from collections.abc import Awaitable

import orjson
import structlog
from arq import ArqRedis
from redis.exceptions import RedisError

from config.failpoints import Write
from db.pool import UNAVAILABLE, Database
from repository.admin_events import AdminEventRepository
from workers.backends.base import Backend, BackendUnreachable, Health
from workers.backends.routing import Routing

PUBLISH_INTERVAL = 4.0
"""Seconds between two words to the other processes."""
HEALTH_PATIENCE = 4.0
"""Seconds that a backend has to say how it is; what is wrong is known within ten."""
READY_SECONDS = 12
BACKEND_DOWN = "backend_down"

_log = structlog.get_logger(__name__)


class Wellbeing:
    """Asks the backends, publishes their answers in Redis, and notes in the owner's log when one goes or comes back."""

    def __init__(self, db: Database, arq: ArqRedis, namespace: str, routing: Routing) -> None:
        self._db = db
        self._arq = arq
        self._namespace = namespace
        self._routing = routing
        self._told: dict[str, str | None] = {}
        """By backend, why it is down as the owner was told last; None while it is well."""

    async def keep_publishing(self) -> None:
        """Publish until cancelled."""
        while True:
            healths = dict(await asyncio.gather(*(self._ask(backend) for backend in self._routing.backends)))
            try:
                await self._publish(healths)
            except (RedisError, OSError) as error:
                _log.warning("worker.unheard", error=str(error))
            for name, health in healths.items():
                await self._tell_owner(name, health)
            await asyncio.sleep(PUBLISH_INTERVAL)

    async def _ask(self, backend: Backend) -> tuple[str, Health]:
        try:
            async with asyncio.timeout(HEALTH_PATIENCE):
                health = await backend.health()
        except (TimeoutError, BackendUnreachable) as error:
            health = Health(False, f"does not answer: {error or 'silent'}")
        return backend.name, self._routing.note_health(backend.name, health)

    async def _publish(self, healths: dict[str, Health]) -> None:
        for name, health in healths.items():
            word = {"available": health.available, "detail": health.detail, "at": time.time()}
            await _awaited(self._arq.hset(f"{self._namespace}:backends", name, orjson.dumps(word).decode()))
        await self._arq.set(f"{self._namespace}:ready:worker", os.getpid(), ex=READY_SECONDS)

    async def _tell_owner(self, name: str, health: Health) -> None:
        """Write down a change; workers that see the same thing write it once."""
        reason = None if health.available else health.detail
        if name in self._told and (self._told[name] is None) == (reason is None):
            return
        events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
        try:
            if reason is None:
                changed = await events.close(BACKEND_DOWN, name)
            else:
                changed = await events.open(BACKEND_DOWN, name, {"reason": reason})
        except UNAVAILABLE as error:
            _log.warning("worker.unheard", error=str(error))
            return
        self._told[name] = reason
        if changed and reason is not None:
            _log.error("backend.down", backend=name, reason=reason)
        elif changed:
            _log.info("backend.up", backend=name)


async def _awaited(answer: Awaitable[int] | int) -> int:
    """redis-py types its commands for both of its clients; ours is the asynchronous one."""
    return answer if isinstance(answer, int) else await answer
