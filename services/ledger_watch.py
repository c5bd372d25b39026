"""Watches that balances and ledger agree: at most once a minute, and never so often that it weighs on the database."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from db.pool import UNAVAILABLE, Database
from repository.ledger import LedgerRepository

PATIENCE = 1.0
"""Seconds that a question waits for a comparison under way; a large ledger's answer comes with a later question."""
SHORTEST_PAUSE = 60.0
"""Seconds between two comparisons."""
PAUSE_PER_SECOND = 20
"""A comparison that took a second is not repeated for so many: it may take a twentieth of one connection's time."""
MOST_PEOPLE = 1_000
"""The gap of more people than these is not measured further."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerGapState:
    """How far balances and ledger are apart: all zero, or something is very wrong."""

    people: int
    """Whose balances differ; at most MOST_PEOPLE."""
    tokens: int
    """The sum of their differences, left and held, up and down."""


class LedgerWatch:
    """Compares in the background and remembers what it found."""

    def __init__(
        self, db: Database, clock: Callable[[], float] = time.monotonic, now: Callable[[], float] = time.time
    ) -> None:
        self._db = db
        self._clock = clock
        self._now = now
        self._comparing: asyncio.Task[None] | None = None
        self._not_before = float("-inf")
        self._found: LedgerGapState | None = None
        self.compared_at = 0.0
        """Unix time of the last comparison that came to its end; 0 where there was none yet."""

    async def gap(self) -> LedgerGapState | None:
        """What the last comparison found; None where there was none yet or it failed."""
        if self._comparing is None and self._clock() >= self._not_before:
            self._comparing = asyncio.create_task(self._compare())
        if self._comparing is not None:
            await asyncio.wait({self._comparing}, timeout=PATIENCE)
        return self._found

    async def aclose(self) -> None:
        """Leave a comparison that is under way."""
        if self._comparing is not None:
            self._comparing.cancel()
            await asyncio.wait({self._comparing})

    async def _compare(self) -> None:
        began = self._clock()
        self._not_before = began + SHORTEST_PAUSE
        try:
            gaps = await LedgerRepository(self._db.reading).find_gaps(limit=MOST_PEOPLE)
        except UNAVAILABLE as error:
            _log.warning("ledger.not_compared", error=str(error) or type(error).__name__)
            self._found = None
        else:
            tokens = sum(
                abs(gap.tokens_left - gap.ledger_left) + abs(gap.tokens_held - gap.ledger_held) for gap in gaps
            )
            found = LedgerGapState(len(gaps), tokens)
            if gaps and found != self._found:
                _log.error("ledger.gap", people=found.people, tokens=found.tokens)
            self._found = found
            self.compared_at = self._now()
            now = self._clock()
            self._not_before = now + max(SHORTEST_PAUSE, PAUSE_PER_SECOND * (now - began))
        finally:
            self._comparing = None
