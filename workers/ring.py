"""arq's side of the doorbell: a worker that looks into its queue the moment it is rung.

arq polls every half second; here a Redis message wakes the poll at once, and an idle worker asks but once a second.
A lane that is full leaves its rings in the queue for other processes.
"""

import asyncio
from typing import Any

import structlog
from arq import ArqRedis, Worker, func
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from db.pool import UNAVAILABLE
from services.doorbell import RING, Doorbell, read_job, write_job
from workers.lane import LaneRunner

IDLE_POLL = 1.0
"""Seconds between looks into the queue when nobody rings."""
RECONNECT = 0.5
"""Seconds before Redis is tried again."""

_log = structlog.get_logger(__name__)


async def ring(ctx: dict[Any, Any]) -> None:
    """The arq job: something may be due in this lane."""
    runner: LaneRunner = ctx["runner"]
    try:
        await runner.wake()
    except UNAVAILABLE as error:
        _log.warning("lane.claim_failed", lane=runner.lane.value, error=str(error))  # the sweep asks again


class LaneWorker(Worker):
    """An arq worker of one lane that is woken instead of polling fast."""

    def __init__(self, arq: ArqRedis, doorbell: Doorbell, runner: LaneRunner) -> None:
        super().__init__(
            functions=[func(ring, name=RING)],
            queue_name=doorbell.queue_name(runner.lane),
            redis_pool=arq,
            handle_signals=False,
            max_jobs=50,
            keep_result=0,
            log_results=False,
            job_timeout=30,
            job_serializer=write_job,
            job_deserializer=read_job,
            ctx={"runner": runner},
        )
        self._runner = runner
        self._wake_channel = doorbell.wake_channel(runner.lane)

    async def main(self) -> None:
        """Look into the queue whenever somebody rings, once a second otherwise, and only while there is room."""
        async with self.pool.pubsub(ignore_subscribe_messages=True) as bell:
            await bell.subscribe(self._wake_channel)
            while True:
                await self._runner.has_room.wait()
                await self._poll_iteration()
                await _hear(bell)


async def _hear(bell: PubSub) -> None:
    """Wait for a ring or the idle poll; rings that came together count as one."""
    if await bell.get_message(timeout=IDLE_POLL) is None:
        return
    while await bell.get_message(timeout=0) is not None:
        pass


async def keep_listening(arq: ArqRedis, doorbell: Doorbell, runner: LaneRunner) -> None:
    """Serve a lane until cancelled; a Redis that went away is waited for, and the sweep works meanwhile."""
    silent = False
    while True:
        try:
            # Built anew each time: arq's counters do not survive an error in the middle of a poll.
            await LaneWorker(arq, doorbell, runner).main()
        except (RedisError, OSError) as error:
            if not silent:
                _log.warning("lane.redis_away", lane=runner.lane.value, error=str(error))
            silent = True
            await asyncio.sleep(RECONNECT)
