"""Ended tasks: what is written of their end, and what they cost beside what was made for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from repository.base import Repository
from repository.files import NewFile
from repository.tasks import TaskStatus


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that has ended, and what does not fit: nothing, most likely."""

    task_id: UUID
    finished_at: datetime
    reasons: Sequence[str]
    """call_open, hold_open, hold_missing, captured, files."""


class EndedTaskRepository(Repository):
    """What follows from an end, and the view "TaskBooks" that holds it against "VendorCall", "Hold" and "File"."""

    async def write_end(
        self,
        task_id: UUID,
        attempt: int,
        user_id: int,
        status: TaskStatus,
        files: Sequence[NewFile],
        story: Mapping[str, int | str],
        *,
        is_told: bool,
    ) -> None:
        """End the gallery entry of a task with its pictures, in order, tell the person, and close the task's story.

        For the transaction whose fenced statement ended the task. A training has no gallery entry, and one that was
        ended before stays as it is. is_told: whether there is something to tell; web accounts (negative ids) are
        never messaged.
        """
        await self._sql.execute(
            """
            WITH entry AS (
                UPDATE "Generation" SET status = $4, finished_at = now()
                WHERE task_id = $1 AND finished_at IS NULL
                RETURNING generation_id, kind
            ), pictures AS (
                INSERT INTO "File" (user_id, kind, generation_id, order_kind, position, file_id, storage_key,
                                    thumbnail_key, preview_key, media_type, width, height, size_bytes, sha256, seed,
                                    likeness, has_face, is_remade)
                SELECT $3, 'output', entry.generation_id, entry.kind, made.place - 1, made.file_id, made.storage_key,
                       made.thumbnail_key, made.preview_key, made.media_type, made.width, made.height,
                       made.size_bytes, made.sha256, made.seed, made.likeness, made.has_face, made.is_remade
                FROM entry, unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::integer[],
                                   $12::integer[], $13::bigint[], $14::bytea[], $15::bigint[], $16::real[],
                                   $17::boolean[], $18::boolean[])
                    WITH ORDINALITY AS made (file_id, storage_key, thumbnail_key, preview_key, media_type, width,
                                             height, size_bytes, sha256, seed, likeness, has_face, is_remade, place)
            ), message AS (
                INSERT INTO "Notification" (user_id, kind, task_id) SELECT $3::bigint, 'task_ended', $1
                WHERE $3 > 0 AND $19
            )
            INSERT INTO "TaskEvent" (task_id, attempt, kind, details) VALUES ($1, $2, $4, $5)
            """,
            task_id,
            attempt,
            user_id,
            status.value,
            dict(story),
            [file.file_id for file in files],
            [file.storage_key for file in files],
            [file.thumbnail_key for file in files],
            [file.preview_key for file in files],
            [file.media_type for file in files],
            [file.width for file in files],
            [file.height for file in files],
            [file.size_bytes for file in files],
            [file.sha256 for file in files],
            [file.seed for file in files],
            [file.likeness for file in files],
            [file.has_face for file in files],
            [file.is_remade for file in files],
            is_told,
        )

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
