"""What /metrics tells of the books. Sums over everybody are read so seldom that they weigh little on the database."""

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
"""Seconds that a question waits for a reading under way."""
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
        self._sums_not_before = float("-inf")
        self._circulation: Circulation | None = None
        self._state: BooksState | None = None

    async def state(self) -> BooksState | None:
        """The comparisons as they stand, and the sums of the last minute; None where they could not be read.

        A database that takes long holds nobody up: its answer comes with a later question.
        """
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        await asyncio.wait({self._reading}, timeout=PATIENCE)
        return self._state

    async def aclose(self) -> None:
        """Leave a reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _read(self) -> None:
        try:
            if self._clock() >= self._sums_not_before:
                await self._read_sums()
            comparisons = await ReconciliationRepository(self._db.reading).get_all()
        except UNAVAILABLE as error:
            _log.warning("books.not_read", error=str(error) or type(error).__name__)
            self._state = self._circulation = None
            self._sums_not_before = float("-inf")
        else:
            assert self._circulation is not None
            states = {
                one.kind: ComparisonState(one.gaps, int(one.details.get("tokens", 0)), one.checked_at)
                for one in comparisons
            }
            self._state = BooksState(states, self._circulation)
        finally:
            self._reading = None

    async def _read_sums(self) -> None:
        began = self._clock()
        self._circulation = await BooksRepository(self._db.reading).get_circulation()
        now = self._clock()
        self._sums_not_before = now + max(SHORTEST_PAUSE, PAUSE_PER_SECOND * (now - began))
