"""One attempt at a task: what the worker holds in memory while it owns the task."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from repository.queue import RunningTask
from repository.tasks import Task

LAST_PERCENT = 99
"""What is made has yet to be stored: only the end is 100."""


@dataclass(slots=True)
class Attempt:
    """A claimed task on its way. The heartbeat reads `progress` and sets `stop`."""

    task: Task
    progress: int = 0
    """Percent; what the person sees follows it by at most a heartbeat."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """The person asked to stop it."""
    halt: asyncio.Event = field(default_factory=asyncio.Event)
    """Come to an end: the person asked to stop it, or its deadline has passed."""
    is_leaving: bool = False
    """Its last write is on the way: whether it still owns the task is that write's to find out."""
    work: "asyncio.Task[None] | None" = None
    _percents: dict[int, int] = field(default_factory=dict)
    _steps: int = 1

    @property
    def is_stopped(self) -> bool:
        """Whether the person asked to stop it, during this attempt or before."""
        return self.stop.is_set() or self.task.cancel_requested_at is not None

    @property
    def seconds_left(self) -> float:
        """Until its deadline."""
        assert self.task.deadline_at is not None  # set by the claim
        return max((self.task.deadline_at - datetime.now(UTC)).total_seconds(), 0)

    @asynccontextmanager
    async def halting(self) -> AsyncIterator[None]:
        """For the time of the block, halt when the person stops it or its deadline passes."""
        if self.is_stopped:
            self.halt.set()
        watching = asyncio.create_task(self._halt_when_due())
        try:
            yield
        finally:
            watching.cancel()

    def plan(self, steps: int) -> None:
        """So many steps make the whole."""
        self._steps = steps

    def tell(self, step: int, percent: int) -> None:
        """A step has come so far; the task's progress is the mean of its steps, and never falls."""
        self._percents[step] = min(max(percent, 0), 100)
        self.progress = max(self.progress, min(sum(self._percents.values()) // self._steps, LAST_PERCENT))

    def report(self) -> RunningTask:
        """What the heartbeat tells of it."""
        return RunningTask(self.task.task_id, self.task.attempt, self.progress)

    async def _halt_when_due(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds_left):
                await self.stop.wait()
        self.halt.set()
