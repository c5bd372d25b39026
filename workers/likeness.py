"""How far a finished portrait looks like the person of its model: a courtesy that may never cost anybody a picture."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from config import telemetry
from services.photos.figures import Embedding, PortraitFigures
from services.photos.likeness import distance, likeness
from workers.eyes.errors import EyesFailed, UnreadablePhoto

PATIENCE = 8.0
"""Seconds that a picture waits for its look, the second try among them."""
REST = 30.0
"""Seconds without looks after one that was too slow: who is behind would wait as long, and in vain."""
TRIES = 2

_log = structlog.get_logger(__name__)


class LooksAtPortraits(Protocol):
    """What sees whom a portrait shows: workers.eyes.Eyes."""

    async def look_at_portrait(self, content: bytes) -> PortraitFigures:
        """Measure a portrait. Raises UnreadablePhoto, EyesFailed."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was seen of a portrait."""

    has_face: bool
    likeness: float | None
    """0 to 1; None where there is no face."""


class LikenessScoring:
    """Scores portraits against the face of a model's training photos."""

    def __init__(
        self, eyes: LooksAtPortraits, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._eyes = eyes
        self._patience = patience
        self._clock = clock
        self._rests_until = 0.0

    async def score(self, content: bytes, face: Embedding) -> Score | None:
        """The score of a picture; None, after a few seconds at most, where it could not be looked at."""
        if self._clock() < self._rests_until:
            telemetry.PORTRAITS_UNSEEN.labels("resting").inc()
            return None
        try:
            async with asyncio.timeout(self._patience):
                figures = await self._look(content)
        except TimeoutError:
            self._rests_until = self._clock() + REST
            telemetry.PORTRAITS_UNSEEN.labels("slow").inc()
            _log.warning("likeness.too_slow", seconds=self._patience)
            return None
        except (EyesFailed, UnreadablePhoto) as error:
            telemetry.PORTRAITS_UNSEEN.labels("failed").inc()
            _log.warning("likeness.not_seen", error=str(error))
            return None
        if figures.embedding is None:
            return Score(has_face=False, likeness=None)
        return Score(has_face=True, likeness=likeness(distance(figures.embedding, face), figures.sharpness))

    async def _look(self, content: bytes) -> PortraitFigures:
        for _ in range(TRIES - 1):
            try:
                return await self._eyes.look_at_portrait(content)
            except EyesFailed as error:
                _log.info("likeness.looks_again", error=str(error))
        return await self._eyes.look_at_portrait(content)
