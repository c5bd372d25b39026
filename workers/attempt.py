"""One attempt at a task: what the worker holds in memory while it owns the task."""

import asyncio
from dataclasses import dataclass, field

from repository.queue import RunningTask
from repository.tasks import Task


@dataclass(slots=True)
class Attempt:
    """A claimed task on its way. The heartbeat reads `progress` and sets `stop`."""

    task: Task
    progress: int = 0
    """Percent; what the person sees follows it by at most a heartbeat."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """The person asked to stop it."""
    is_leaving: bool = False
    """Its last write is on the way: whether it still owns the task is that write's to find out."""
    work: "asyncio.Task[None] | None" = None

    @property
    def is_stopped(self) -> bool:
        """Whether the person asked to stop it, during this attempt or before."""
        return self.stop.is_set() or self.task.cancel_requested_at is not None

    def report(self) -> RunningTask:
        """What the heartbeat tells of it."""
        return RunningTask(self.task.task_id, self.task.attempt, self.progress)
