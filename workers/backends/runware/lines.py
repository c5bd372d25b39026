"""The few connections that all calls share: opened when they are needed, replaced when they are lost."""

import asyncio
import time

import structlog

from workers.backends.base import BackendUnreachable, ErrorKind, Failed
from workers.backends.runware.line import Access, Line, LineRefused
from workers.backends.runware.refusals import Refusals

CALLS_A_LINE = 25
"""So many calls share the fate of one connection."""
MOST_LINES = 60
"""More calls than these carry crowd together."""
_SPARE_LINES = 2
"""Idle connections that are kept for the next calls, however long they are idle."""
_IDLE = 30.0
"""Seconds after which other idle connections are closed."""

_log = structlog.get_logger(__name__)


class _Berth:
    """A connection, or one that is being opened, with the places on it that are taken."""

    def __init__(self, opening: asyncio.Task[Line]) -> None:
        self.opening = opening
        self.load = 0
        self.used_at = time.monotonic()

    @property
    def line(self) -> Line | None:
        """The connection, as soon and as long as there is one."""
        opening = self.opening
        if not opening.done() or opening.cancelled() or opening.exception() is not None:
            return None
        return opening.result()

    @property
    def is_usable(self) -> bool:
        return not self.opening.done() or (self.line is not None and self.line.is_open)


class Lines:
    """Gives out connections, the least busy first."""

    def __init__(self, access: Access, refusals: Refusals) -> None:
        self._access = access
        self._refusals = refusals
        self._berths: list[_Berth] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def take(self) -> Line:
        """A connection with a place for one more call, to be given back. Raises LineRefused."""
        if self._is_closed:
            raise LineRefused(Failed(ErrorKind.VENDOR, "closing", "this backend is being closed"))
        berth = self._roomiest()
        berth.load += 1
        try:
            line = await asyncio.shield(berth.opening)
        except BaseException:
            berth.load -= 1
            raise
        line.load = berth.load
        return line

    def give_back(self, line: Line) -> None:
        """One call depends on the connection no more."""
        for berth in self._berths:
            if berth.line is line:
                berth.load -= 1
                berth.used_at = time.monotonic()
                line.load = berth.load
        self._close_idle()

    async def aclose(self) -> None:
        """Close all connections."""
        self._is_closed = True
        for berth in self._berths:
            if not berth.opening.done():
                berth.opening.cancel()
        opened = await asyncio.gather(*(berth.opening for berth in self._berths), return_exceptions=True)
        await asyncio.gather(*(line.close() for line in opened if isinstance(line, Line)), *self._closing)
        self._berths.clear()

    def _roomiest(self) -> _Berth:
        self._forget_broken()
        best = min(self._berths, key=lambda berth: berth.load, default=None)
        if best is not None and (best.load < CALLS_A_LINE or len(self._berths) >= MOST_LINES):
            return best
        berth = _Berth(asyncio.create_task(Line.open(self._access, self._refusals)))
        berth.opening.add_done_callback(_note_opening)
        self._berths.append(berth)
        return berth

    def _forget_broken(self) -> None:
        for berth in [berth for berth in self._berths if not berth.is_usable]:
            self._let_go(berth)

    def _close_idle(self) -> None:
        idle = [berth for berth in self._berths if berth.load == 0 and berth.opening.done()]
        for berth in idle[_SPARE_LINES:]:
            if time.monotonic() - berth.used_at >= _IDLE:
                self._let_go(berth)

    def _let_go(self, berth: _Berth) -> None:
        self._berths.remove(berth)
        if berth.line is not None:
            self._close(berth.line)

    def _close(self, line: Line) -> None:
        closing = asyncio.create_task(line.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _note_opening(opening: asyncio.Task[Line]) -> None:
    """Tell of it, and keep asyncio from calling an opening's error forgotten."""
    if opening.cancelled():
        return
    error = opening.exception()
    if isinstance(error, LineRefused):
        _log.warning("runware.no_line", code=error.failure.code, message=error.failure.message)
    elif error is None:
        _log.info("runware.line_opened")


def unreachable(refused: LineRefused) -> BackendUnreachable:
    """What a connection that cannot be opened means to who only asks."""
    return BackendUnreachable(f"{refused.failure.code}: {refused.failure.message}")
