"""A lane in this process: claims tasks while there is room and runs them side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog

from db.pool import UNAVAILABLE
from repository.tasks import Lane, Task
from services.tasks import Tasks
from workers.attempt import Attempt

_log = structlog.get_logger(__name__)

RunAttempt = Callable[[Attempt], Awaitable[None]]


class LaneRunner:
    """Claims from one lane, never more than its capacity at a time."""

    def __init__(self, lane: Lane, capacity: int, tasks: Tasks, run_attempt: RunAttempt) -> None:
        self.lane = lane
        self._capacity = capacity
        self._tasks = tasks
        self._run_attempt = run_attempt
        self.attempts: dict[UUID, Attempt] = {}
        self._claiming = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._rung = False
        self._closed = False
        self.has_room = asyncio.Event()
        self.has_room.set()

    async def wake(self) -> None:
        """Claim what is due until nothing is or the lane is full. Rings during a claim make it look once more."""
        self._rung = True
        if self._claiming:
            return
        self._claiming = True
        self._at_rest.clear()
        try:
            while self._rung and self._room and not self._closed:
                self._rung = False
                await self._claim_all()
        finally:
            self._claiming = False
            self._at_rest.set()

    async def close(self, patience: timedelta) -> None:
        """Claim nothing more; give the running attempts some time, then hand back what has not ended."""
        self._closed = True
        self.has_room.clear()
        await self._at_rest.wait()  # a claim that was on its way brings attempts that must be seen to as well
        works = [attempt.work for attempt in self.attempts.values() if attempt.work is not None]
        if not works:
            return
        _, unfinished = await asyncio.wait(works, timeout=patience.total_seconds())
        for work in unfinished:
            work.cancel()
        if unfinished:
            await asyncio.wait(unfinished)

    @property
    def _room(self) -> int:
        return self._capacity - len(self.attempts)

    async def _claim_all(self) -> None:
        while self._room and not self._closed:
            asked_for = self._room
            claimed = await self._tasks.claim(self.lane, asked_for)
            for task in claimed:
                self._start(task)
            if len(claimed) < asked_for:
                return
        self._rung = True  # full: more may be due

    def _start(self, task: Task) -> None:
        attempt = Attempt(task, progress=task.progress)
        self.attempts[task.task_id] = attempt
        if not self._room:
            self.has_room.clear()
        attempt.work = asyncio.create_task(self._run(attempt), name=f"task {task.task_id}")

    async def _run(self, attempt: Attempt) -> None:
        try:
            await self._run_attempt(attempt)
        finally:
            # Another attempt at the same task may stand here by now if this one was given up for lost.
            if self.attempts.get(attempt.task.task_id) is attempt:
                del self.attempts[attempt.task.task_id]
            if not self._closed:
                self.has_room.set()
            structlog.contextvars.clear_contextvars()  # what follows is not the attempt's doing
        if self._rung and not self._closed:
            try:
                await self.wake()
            except UNAVAILABLE as error:
                _log.warning("lane.claim_failed", lane=self.lane.value, error=str(error))
