"""One attempt at a task: what the worker holds in memory while it owns the task."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from repository.queue import RunningTask
from repository.tasks import Task

LAST_PERCENT = 99
"""What is made has yet to be stored: only the end is 100."""


@dataclass(slots=True)
class Attempt:
    """A claimed task on its way. The heartbeat reads `progress` and passes stops on."""

    task: Task
    progress: int = 0
    """Percent; what the person sees follows it by at most a heartbeat."""
    halt: asyncio.Event = field(default_factory=asyncio.Event)
    """Come to an end: the person asked to stop it, or its deadline has passed."""
    is_leaving: bool = False
    """Its last write is on the way: whether it still owns the task is that write's to find out."""
    work: "asyncio.Task[None] | None" = None
    _is_stopped: bool = False
    _percents: dict[int, int] = field(default_factory=dict)
    _shares: Mapping[int, int] = field(default_factory=dict)
    _whole: int = 1

    @property
    def is_stopped(self) -> bool:
        """Whether the person asked to stop it, during this attempt or before."""
        return self._is_stopped or self.task.cancel_requested_at is not None

    @property
    def seconds_left(self) -> float:
        """Until its deadline."""
        assert self.task.deadline_at is not None  # set by the claim
        return max((self.task.deadline_at - datetime.now(UTC)).total_seconds(), 0)

    @contextmanager
    def halting(self) -> Iterator[None]:
        """For the time of the block, halt when the deadline passes; at once where the person has stopped it already."""
        if self.is_stopped:
            self.halt.set()
        due = asyncio.get_running_loop().call_later(self.seconds_left, self.halt.set)
        try:
            yield
        finally:
            due.cancel()

    @contextmanager
    def halting_within(self, seconds: float) -> Iterator[None]:
        """For the time of the block, halt after so long too: what is made by then is worth more than what is to come.

        Nothing may be begun after the block where it was halted.
        """
        due = asyncio.get_running_loop().call_later(seconds, self.halt.set)
        try:
            yield
        finally:
            due.cancel()

    def stop(self) -> None:
        """The person asked to stop it."""
        self._is_stopped = True
        self.halt.set()

    def plan(self, steps: int) -> None:
        """So many steps, alike, make the whole."""
        self._whole = steps

    def plan_shares(self, shares: Mapping[int, int]) -> None:
        """These steps make the whole, each its share of it."""
        self._shares = shares
        self._whole = sum(shares.values())

    def tell(self, step: int, percent: int) -> None:
        """A step has come so far; the task's progress is the mean of its steps, and never falls."""
        self._percents[step] = min(max(percent, 0), 100)
        made = sum(percent * self._shares.get(number, 1) for number, percent in self._percents.items())
        self.progress = max(self.progress, min(made // self._whole, LAST_PERCENT))

    def report(self) -> RunningTask:
        """What the heartbeat tells of it."""
        return RunningTask(self.task.task_id, self.task.attempt, self.progress)
