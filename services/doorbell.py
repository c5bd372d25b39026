"""The doorbell: tells workers and the outbox that there is something to do.

PostgreSQL is the truth. A ring names a lane, never a task; a lost or doubled one does no harm, because the sweep
finds what is due.
"""

from typing import Any

import orjson
import structlog
from arq import ArqRedis, create_pool
from arq.connections import RedisSettings
from redis.exceptions import RedisError

from repository.tasks import Lane

RING = "ring"
"""The one arq function: "something is due in your lane"."""

CONNECT_PATIENCE = 1
"""Seconds for a connection to Redis, as arq's own."""

_log = structlog.get_logger(__name__)


def write_job(job: dict[str, Any]) -> bytes:
    """Serialise an arq job as JSON: with arq's own pickle, whoever writes to Redis would run code here."""
    return orjson.dumps(job)


def read_job(stored: bytes) -> dict[str, Any]:
    """Read an arq job from JSON."""
    job: dict[str, Any] = orjson.loads(stored)
    return job


def arq_client(redis_dsn: str) -> ArqRedis:
    """arq's client with JSON jobs. It connects when something is asked of it, so that Redis may come later."""
    client: ArqRedis = ArqRedis.from_url(redis_dsn, retry_on_timeout=True, socket_connect_timeout=CONNECT_PATIENCE)
    client.job_serializer = write_job
    client.job_deserializer = read_job
    return client


async def open_arq(redis_dsn: str) -> ArqRedis:
    """The same, and connected: for processes that are nothing without Redis. Raises RedisError where it stays away."""
    settings = RedisSettings.from_dsn(redis_dsn)
    settings.retry_on_timeout = True
    return await create_pool(settings, job_serializer=write_job, job_deserializer=read_job)


class Doorbell:
    """Rings after a commit. Never raises for a Redis that is away: the sweep will do instead."""

    def __init__(self, arq: ArqRedis, namespace: str) -> None:
        self._arq = arq
        self._namespace = namespace

    def queue_name(self, lane: Lane) -> str:
        """The arq queue of a lane."""
        return f"{self._namespace}:queue:{lane.value}"

    def wake_channel(self, lane: Lane) -> str:
        """Where a worker of the lane listens, so that it looks into its queue at once."""
        return f"{self._namespace}:wake:{lane.value}"

    @property
    def outbox_channel(self) -> str:
        """Where the outbox listens."""
        return f"{self._namespace}:wake:outbox"

    @property
    def analyses_channel(self) -> str:
        """Where those who look at photos listen."""
        return f"{self._namespace}:wake:analyses"

    @property
    def cards_channel(self) -> str:
        """Where those who show sets of photos listen."""
        return f"{self._namespace}:wake:cards"

    async def ring(self, lane: Lane) -> None:
        """Something is due in this lane."""
        try:
            await self._arq.enqueue_job(RING, _queue_name=self.queue_name(lane))
            await self._arq.publish(self.wake_channel(lane), b"")
        except (RedisError, OSError) as error:
            _log.warning("doorbell.silent", lane=lane.value, error=str(error))

    async def ring_outbox(self) -> None:
        """There is something to tell somebody."""
        await self._wake("outbox", self.outbox_channel)

    async def ring_analyses(self) -> None:
        """There is a photo to look at."""
        await self._wake("analyses", self.analyses_channel)

    async def ring_cards(self) -> None:
        """A set of photos changed: its card shows less than there is."""
        await self._wake("cards", self.cards_channel)

    async def _wake(self, who: str, channel: str) -> None:
        try:
            await self._arq.publish(channel, b"")
        except (RedisError, OSError) as error:
            _log.warning("doorbell.silent", lane=who, error=str(error))
