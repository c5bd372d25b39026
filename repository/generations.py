"""The gallery: one row an order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from repository.base import Repository, only
from repository.tasks import TaskStatus
from repository.words import marked_words


@dataclass(frozen=True, slots=True)
class Generation:
    """One order as the gallery shows it."""

    generation_id: int
    user_id: int
    model_id: int | None
    task_id: UUID | None
    prompt_text: str
    style: str | None
    status: TaskStatus
    result_url: str | None
    created_at: datetime
    finished_at: datetime | None
    kind: str
    """Of the order."""


class GenerationRepository(Repository):
    """The table "Generation"."""

    async def start_generation(
        self,
        user_id: int,
        model_id: int | None,
        prompt_text: str,
        *,
        task_id: UUID | None = None,
        style: str | None = None,
        kind: str = "text_to_image",
    ) -> int:
        """Put an order into the gallery, with the training of its model that is in use; returns its generation_id."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "Generation" (user_id, model_id, version_id, prompt_text, task_id, style, kind, search)
            VALUES ($1, $2, (SELECT version_id FROM "Model" WHERE model_id = $2), $3, $4, $5, $6,
                    array_to_tsvector($7::text[]))
            RETURNING generation_id
            """,
            user_id,
            model_id,
            prompt_text,
            task_id,
            style,
            kind,
            marked_words(user_id, prompt_text),
        )
        return int(only(row))

    async def finish_generation(
        self, generation_id: int, result_url: str | None, *, status: TaskStatus = TaskStatus.COMPLETED
    ) -> bool:
        """End an order that is still open; False where it has ended already or never was."""
        row = await self._sql.fetchval(
            """
            UPDATE "Generation" SET status = $3, result_url = $2, finished_at = now()
            WHERE generation_id = $1 AND finished_at IS NULL
            RETURNING generation_id
            """,
            generation_id,
            result_url,
            status.value,
        )
        return row is not None

    async def get_user_generations(
        self,
        user_id: int,
        *,
        limit: int = 50,
        before: int | None = None,
        status: TaskStatus | None = None,
    ) -> list[Generation]:
        """The person's orders, newest first, those older than generation `before`, of one status if given."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation"
            WHERE user_id = $1 AND ($3::integer IS NULL OR generation_id < $3) AND ($4::text IS NULL OR status = $4)
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            status.value if status else None,
        )
        return [_generation(row) for row in rows]

    async def get_generation(self, generation_id: int, user_id: int) -> Generation | None:
        """The person's own order, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE generation_id = $1 AND user_id = $2
            """,
            generation_id,
            user_id,
        )
        return _generation(row) if row else None

    async def get_by_task(self, task_id: UUID) -> Generation | None:
        """The gallery entry of a task, or None (a training has none)."""
        row = await self._sql.fetchrow(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE task_id = $1
            """,
            task_id,
        )
        return _generation(row) if row else None


def _generation(row: asyncpg.Record) -> Generation:
    return Generation(**{**row, "status": TaskStatus(row["status"])})
