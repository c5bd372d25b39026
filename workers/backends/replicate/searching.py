"""Finds a call of ours in the vendor's list: Replicate knows no idempotency key, so this is how one asks after a crash.

The list is read newest first until it is older than the call can be. "It is not there" is believed only where nothing
could hide it: every page was read, no inputs were removed from what might be it, and it was looked for twice.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from workers.backends.replicate.api import Shelf
from workers.backends.replicate.prediction import Prediction, read_prediction

_MOST_PAGES = 100


class Absence(Enum):
    """What is known where a call was not found."""

    SURE = "sure"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Search:
    """How the list is read."""

    shelf: Shelf
    clock_skew: timedelta
    """How far the vendor's clock may be behind ours."""
    relist_after: float
    """Seconds between the two readings of a list that may lag."""

    async def find(self, call_id: UUID, prepared_at: datetime) -> Prediction | Absence:
        """The prediction of a call. Raises BackendUnreachable, Refusal."""
        found = await self._read(call_id, prepared_at - self.clock_skew)
        if found is not Absence.SURE:
            return found
        await asyncio.sleep(self.relist_after)
        return await self._read(call_id, prepared_at - self.clock_skew)

    async def _read(self, call_id: UUID, oldest: datetime) -> Prediction | Absence:
        cursor: str | None = None
        absence = Absence.SURE
        for _ in range(_MOST_PAGES):
            told, _size = await self.shelf.page(cursor)
            for prediction in map(read_prediction, told.get("results") or ()):
                if prediction is None:
                    absence = Absence.UNSURE
                    continue
                if prediction.is_of(call_id):
                    return prediction
                if prediction.created_at is not None and prediction.created_at < oldest:
                    return absence
                if not prediction.mark and prediction.is_data_removed:
                    absence = Absence.UNSURE  # after an hour the vendor takes the mark away with the inputs
            cursor = told.get("next")
            if not cursor:
                return absence
        return Absence.UNSURE
