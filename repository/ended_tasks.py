"""Ended tasks beside what they cost and what was made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that has ended, and what does not fit: nothing, most likely."""

    task_id: UUID
    finished_at: datetime
    reasons: Sequence[str]
    """call_open, hold_open, hold_missing, captured, files."""


class EndedTaskRepository(Repository):
    """The view "TaskBooks": "Task" where it is final, beside "VendorCall", "Hold" and "File"."""

    async def get_next(self, after: datetime, lag: timedelta, limit: int) -> list[EndedTask]:
        """The next tasks in the order of their ends, with all that ended at the same moment as the last of them.

        Those that ended within the lag are left for a later round: an end is dated before its commit.
        """
        rows = await self._sql.fetch(
            """
            SELECT task_id, finished_at, reasons FROM "TaskBooks"
            WHERE finished_at > $1 AND finished_at <= now() - $2::interval
            ORDER BY finished_at FETCH FIRST ($3::bigint) ROWS WITH TIES
            """,
            after,
            lag,
            limit,
        )
        return [EndedTask(**row) for row in rows]

    async def get_again(self, task_ids: Sequence[UUID]) -> list[EndedTask]:
        """These tasks as they stand now; those whose person was erased are missing."""
        rows = await self._sql.fetch(
            """SELECT task_id, finished_at, reasons FROM "TaskBooks" WHERE task_id = ANY ($1::uuid[])""", task_ids
        )
        return [EndedTask(**row) for row in rows]
