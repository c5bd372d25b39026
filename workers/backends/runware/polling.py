"""Asks the vendor about all calls that are followed: one frame a connection for all that are due."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import structlog

from workers.backends.base import BackendUnreachable, ErrorKind, Failed
from workers.backends.hints import Hints
from workers.backends.runware.line import Heard, Line, LineRefused
from workers.backends.runware.lines import Lines, unreachable
from workers.backends.runware.watch import Patience, Watch
from workers.backends.runware.wire import Task

_GRAIN = 0.04
"""Questions that are due within so many seconds travel together."""
_IDLE = 60.0
"""Longest sleep of a connection's poller."""
_LISTEN = 3600.0
"""Longest wait for a hint before listening anew."""
_FIRST_RETRY = 0.1
_LONGEST_RETRY = 2.0

_log = structlog.get_logger(__name__)


class Polling:
    """Keeps every followed call on a connection, and asks about it when it is due."""

    def __init__(self, lines: Lines, hints: Hints, patience: Patience) -> None:
        self._lines = lines
        self._hints = hints
        self._patience = patience
        self._watches: dict[UUID, Watch] = {}
        self._rounds: dict[Line, _Round] = {}
        self._places: dict[Watch, Line] = {}
        self._tasks: dict[Watch, set[asyncio.Task[None]]] = {}

    def find(self, call_id: UUID) -> Watch | None:
        """The watch over a call, where somebody follows it."""
        return self._watches.get(call_id)

    def begin(self, watch: Watch) -> None:
        """Follow a call from now on."""
        self._watches[watch.call_id] = watch
        self._tasks[watch] = {asyncio.create_task(self._place(watch)), asyncio.create_task(self._listen(watch))}

    def drop(self, watch: Watch) -> None:
        """Nobody follows the call any more."""
        if self._watches.get(watch.call_id) is watch:
            del self._watches[watch.call_id]
        for task in self._tasks.pop(watch, ()):
            task.cancel()
        self._leave(watch)

    def hurry(self, watch: Watch) -> None:
        """Ask about a call at once."""
        watch.hurry()
        line = self._places.get(watch)
        if line is not None:
            self._rounds[line].wake.set()

    async def aclose(self) -> None:
        """End all that is followed."""
        for watch in list(self._watches.values()):
            watch.end(Failed(ErrorKind.VENDOR, "closing", "this backend is being closed"))
            self.drop(watch)
        rounds = [round_.task for round_ in self._rounds.values()]
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    async def _place(self, watch: Watch) -> None:
        """Find a connection for a call, for as long as patience allows."""
        until, delay = time.monotonic() + self._patience.return_, _FIRST_RETRY
        while watch.outcome is None:
            try:
                line = await self._lines.take()
            except LineRefused as refused:
                if time.monotonic() + delay >= until or refused.failure.is_lasting:
                    watch.end(unreachable(refused))
                    return
            else:
                if self._enter(watch, line):
                    return
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_RETRY)

    def _enter(self, watch: Watch, line: Line) -> bool:
        if watch.outcome is not None or not line.is_open:
            self._lines.give_back(line)
            return watch.outcome is not None
        self._places[watch] = line
        round_ = self._rounds.get(line)
        if round_ is None:
            round_ = self._rounds[line] = _Round(line, self._patience, self._retire)
        line.listen(watch.task_uuid, partial(round_.hear, watch))
        round_.watches.add(watch)
        round_.wake.set()
        return True

    def _leave(self, watch: Watch) -> None:
        line = self._places.pop(watch, None)
        if line is None:
            return
        line.leave(watch.task_uuid)
        self._rounds[line].watches.discard(watch)
        self._lines.give_back(line)

    def _retire(self, round_: "_Round") -> None:
        """The connection is lost or of no use: its calls go to others."""
        stranded = list(round_.watches)
        for watch in stranded:
            self._leave(watch)
            watch.lose_line()
        self._rounds.pop(round_.line, None)
        for watch in stranded:
            if watch in self._tasks and watch.outcome is None:
                self._tasks[watch].add(asyncio.create_task(self._place(watch)))

    async def _listen(self, watch: Watch) -> None:
        while watch.outcome is None:
            if await self._hints.wait(watch.call_id, _LISTEN):
                self.hurry(watch)


class _Round:
    """The calls on one connection, asked about in turn until the connection is lost."""

    def __init__(self, line: Line, patience: Patience, retire: Callable[["_Round"], None]) -> None:
        self.line = line
        self.watches: set[Watch] = set()
        self.wake = asyncio.Event()
        self._patience = patience
        self._retire = retire
        self._sleeps_until = 0.0
        line.when_lost.append(self.wake.set)
        self.task = asyncio.create_task(self._run())

    def hear(self, watch: Watch, heard: Heard) -> None:
        """Pass a frame on; what it says may make the next question due sooner."""
        watch.hear(heard)
        if watch.due < self._sleeps_until:
            self.wake.set()

    async def _run(self) -> None:
        try:
            while self.line.is_open and not self._is_deaf():
                self.wake.clear()
                await self._ask()
                due = min((watch.due for watch in self.watches if watch.outcome is None), default=None)
                self._sleeps_until = time.monotonic() + _IDLE if due is None else due
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(self._sleeps_until - time.monotonic(), 0)):
                        await self.wake.wait()
        except BackendUnreachable as error:
            _log.info("runware.line_broke", calls=len(self.watches), error=str(error))
        finally:
            self._retire(self)
        await self.line.close()

    async def _ask(self) -> None:
        """Ask about all calls that are due; about one that was asked in vain, in a frame of its own."""
        soon = time.monotonic() + _GRAIN
        together: list[Task] = []
        for watch in [watch for watch in self.watches if watch.due <= soon and watch.outcome is None]:
            is_alone = watch.setbacks > 0 or watch.is_overdue
            questions = watch.questions()
            if is_alone and questions:
                await self.line.send(questions)
            else:
                together += questions
        if together:
            await self.line.send(together)

    def _is_deaf(self) -> bool:
        """Whether the connection stands but nothing comes over it."""
        is_silent = time.monotonic() - self.line.heard_at > 2 * self._patience.answer
        return is_silent and any(watch.setbacks > 1 for watch in self.watches)
