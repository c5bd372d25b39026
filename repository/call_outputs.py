"""Outputs of steps that are done, kept until their task ends."""

from collections.abc import Sequence
from uuid import UUID

from repository.base import Repository
from repository.files import NewFile


class CallOutputRepository(Repository):
    """The table "CallOutput"."""

    async def add(self, call_id: UUID, files: Sequence[NewFile]) -> None:
        """Keep the outputs of a call, in order. For the transaction that notes the call as done."""
        await self._sql.executemany(
            """
            INSERT INTO "CallOutput" (call_id, position, file_id, storage_key, thumbnail_key, preview_key, media_type,
                                      width, height, size_bytes, sha256, seed, likeness, has_face)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (call_id, position) DO NOTHING
            """,
            [
                (
                    call_id,
                    position,
                    file.file_id,
                    file.storage_key,
                    file.thumbnail_key,
                    file.preview_key,
                    file.media_type,
                    file.width,
                    file.height,
                    file.size_bytes,
                    file.sha256,
                    file.seed,
                    file.likeness,
                    file.has_face,
                )
                for position, file in enumerate(files)
            ],
        )

    async def get_task_outputs(self, task_id: UUID) -> dict[int, list[NewFile]]:
        """What is kept of a task, by step, in order."""
        rows = await self._sql.fetch(
            """
            SELECT c.step, o.file_id, o.storage_key, o.thumbnail_key, o.preview_key, o.media_type, o.width, o.height,
                   o.size_bytes, o.sha256, o.seed, o.likeness, o.has_face
            FROM "VendorCall" c JOIN "CallOutput" o USING (call_id)
            WHERE c.task_id = $1 ORDER BY c.step, c.created_at, o.position
            """,
            task_id,
        )
        outputs: dict[int, list[NewFile]] = {}
        for row in rows:
            fields = dict(row)
            outputs.setdefault(fields.pop("step"), []).append(NewFile(**fields))
        return outputs

    async def forget(self, task_id: UUID) -> None:
        """The task has ended: what was kept of it is in the gallery now."""
        await self._sql.execute(
            """
            DELETE FROM "CallOutput" WHERE call_id IN (SELECT call_id FROM "VendorCall" WHERE task_id = $1)
            """,
            task_id,
        )
