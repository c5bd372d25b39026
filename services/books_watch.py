"""What /metrics tells of the books: read at most once a minute, and never so often that it weighs on the database."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from db.pool import UNAVAILABLE, Database
from repository.books import BooksRepository, Circulation
from repository.reconciliation import BooksKind, ReconciliationRepository

PATIENCE = 1.0
"""Seconds that a question waits for a reading under way; the answer of a slow one comes with a later question."""
SHORTEST_PAUSE = 60.0
"""Seconds between two readings of the sums over all people."""
PAUSE_PER_SECOND = 20
"""Sums that took a second are not read again for so many: they may take a twentieth of one connection's time."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ComparisonState:
    """What the last round of a comparison found."""

    gaps: int
    tokens: int
    """By how much balances and ledger differ; 0 for the other comparisons."""
    checked_at: datetime | None
    """None before the first."""


@dataclass(frozen=True, slots=True)
class BooksState:
    """Whether the books agree, and the sums over everybody."""

    comparisons: Mapping[BooksKind, ComparisonState]
    circulation: Circulation


class BooksWatch:
    """Reads in the background and remembers what it found."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._reading: asyncio.Task[None] | None = None
        self._not_before = float("-inf")
        self._circulation: Circulation | None = None

    async def state(self) -> BooksState | None:
        """The comparisons as they stand now, and the sums of the last minute; None where they could not be read."""
        try:
            async with asyncio.timeout(PATIENCE):
                comparisons = await ReconciliationRepository(self._db.reading).get_all()
        except UNAVAILABLE as error:
            _log.warning("books.not_read", error=str(error) or type(error).__name__)
            return None
        circulation = await self._sums()
        if circulation is None:
            return None
        states = {
            one.kind: ComparisonState(one.gaps, int(one.details.get("tokens", 0)), one.checked_at)
            for one in comparisons
        }
        return BooksState(states, circulation)

    async def aclose(self) -> None:
        """Leave a reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _sums(self) -> Circulation | None:
        if self._reading is None and self._clock() >= self._not_before:
            self._reading = asyncio.create_task(self._read())
        if self._reading is not None:
            await asyncio.wait({self._reading}, timeout=PATIENCE)
        return self._circulation

    async def _read(self) -> None:
        began = self._clock()
        self._not_before = began + SHORTEST_PAUSE
        try:
            self._circulation = await BooksRepository(self._db.reading).get_circulation()
        except UNAVAILABLE as error:
            _log.warning("books.not_read", error=str(error) or type(error).__name__)
            self._circulation = None
        else:
            now = self._clock()
            self._not_before = now + max(SHORTEST_PAUSE, PAUSE_PER_SECOND * (now - began))
        finally:
            self._reading = None
