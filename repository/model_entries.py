"""Personal models as the people see them whose they are: with their trainings, and what was made with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from repository.base import Repository
from repository.files import File, FileKind
from repository.models import Model, ModelStatus, model_of
from repository.tasks import TaskStatus


@dataclass(frozen=True, slots=True)
class LatestTraining:
    """The last time that a model was trained, or is being trained."""

    number: int
    """Its how manieth training it is, from 1."""
    status: ModelStatus
    photos: int
    task_id: UUID | None
    task_status: TaskStatus | None
    progress: int
    """Percent."""
    error_code: str | None
    is_stopping: bool
    tokens_returned: int
    """Of those that were held for it; 0 while it is under way."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model with what is told of it."""

    model: Model
    version: int | None
    """Number of the training in use."""
    photos: int | None
    """That it was trained with."""
    trained_at: datetime | None
    latest: LatestTraining | None
    pictures: int
    """Made with it and still there."""
    likeness: float | None
    """Mean of its pictures, 0 to 1; None where none was scored."""
    faceless: float | None
    """Share of the pictures that were looked at and show no face, 0 to 1."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One training of a model, as its owner sees it."""

    number: int
    """From 1."""
    status: ModelStatus
    photos: int
    finished_at: datetime | None
    is_in_use: bool
    pictures: int
    """Made with it, and still there."""
    likeness: float | None
    """Mean of those, 0 to 1; None where none was scored."""


class ModelEntryRepository(Repository):
    """The view "ModelEntry", and what of a model is counted over its pictures."""

    async def get_entries(self, user_id: int, *, limit: int, before: int | None = None) -> list[ModelEntry]:
        """The person's models with what is told of them, newest first, those older than model `before`."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT model_id FROM "Model" WHERE user_id = $1 AND ($3::integer IS NULL OR model_id < $3)
                ORDER BY model_id DESC LIMIT $2
            )
            SELECT e.* FROM page JOIN "ModelEntry" e USING (model_id) ORDER BY e.model_id DESC
            """,
            user_id,
            limit,
            before,
        )
        return [_entry(row) for row in rows]

    async def get_entry(self, model_id: int, user_id: int) -> ModelEntry | None:
        """The person's own model with what is told of it, or None."""
        row = await self._sql.fetchrow(
            """SELECT * FROM "ModelEntry" WHERE model_id = $1 AND user_id = $2""", model_id, user_id
        )
        return _entry(row) if row else None

    async def get_ready(self, user_id: int, *, limit: int) -> list[ModelEntry]:
        """The person's models that pictures can be made with, the one trained last first."""
        rows = await self._sql.fetch(
            """
            WITH ready AS MATERIALIZED (
                SELECT m.model_id FROM "Model" m JOIN "ModelVersion" v USING (version_id) WHERE m.user_id = $1
                ORDER BY v.finished_at DESC, m.model_id DESC LIMIT $2
            )
            SELECT e.* FROM ready JOIN "ModelEntry" e USING (model_id)
            ORDER BY e.trained_at DESC, e.model_id DESC
            """,
            user_id,
            limit,
        )
        return [_entry(row) for row in rows]

    async def get_versions(self, model_id: int, user_id: int, *, limit: int) -> list[VersionFacts]:
        """The trainings of the person's own model, the newest first.

        A picture counts for the training that was in use when it was ordered.
        """
        rows = await self._sql.fetch(
            """
            WITH versions AS MATERIALIZED (
                SELECT v.model_id, v.version_id, v.number, v.status, v.photos, v.finished_at,
                       v.version_id = m.version_id AS is_in_use,
                       lead(v.finished_at) OVER (PARTITION BY v.status = 'ready' ORDER BY v.number) AS replaced_at
                FROM "Model" m JOIN "ModelVersion" v USING (model_id) WHERE m.model_id = $1 AND m.user_id = $2
                ORDER BY v.number DESC LIMIT $3
            )
            SELECT v.number, v.status, v.photos, v.finished_at, v.is_in_use IS TRUE AS is_in_use, p.pictures, p.likeness
            FROM versions v CROSS JOIN LATERAL (
                SELECT count(*) AS pictures, avg(f.likeness)::real AS likeness
                FROM "Generation" g JOIN "File" f USING (generation_id)
                WHERE g.model_id = v.model_id AND v.status = 'ready' AND g.created_at >= v.finished_at
                  AND (v.replaced_at IS NULL OR g.created_at < v.replaced_at)
            ) p
            ORDER BY v.number DESC
            """,
            model_id,
            user_id,
            limit,
        )
        return [VersionFacts(**{**row, "status": ModelStatus(row["status"])}) for row in rows]

    async def get_samples(self, model_id: int, user_id: int, *, limit: int) -> list[File]:
        """The pictures that look most like the person, else the latest ones; of those the newest training first."""
        rows = await self._sql.fetch(
            """
            SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key,
                   f.media_type, f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at,
                   f.preview_key
            FROM "Model" m JOIN "Generation" g USING (model_id) JOIN "File" f USING (generation_id)
            WHERE m.model_id = $1 AND m.user_id = $2 AND f.media_type LIKE 'image/%'
            ORDER BY (g.version_id = m.version_id) IS TRUE DESC, f.likeness DESC NULLS LAST, f.created_at DESC
            LIMIT $3
            """,
            model_id,
            user_id,
            limit,
        )
        return [File(**{**row, "kind": FileKind(row["kind"])}) for row in rows]


def _entry(row: Any) -> ModelEntry:
    return ModelEntry(
        model=model_of(row),
        version=row["version"],
        photos=row["photos"],
        trained_at=row["trained_at"],
        latest=_latest(row) if row["latest"] is not None else None,
        pictures=row["pictures"],
        likeness=row["likeness"],
        faceless=row["faceless"],
    )


def _latest(row: Any) -> LatestTraining:
    settled = row["tokens_captured"] is not None
    return LatestTraining(
        number=row["latest"],
        status=ModelStatus(row["latest_status"]),
        photos=row["latest_photos"],
        task_id=row["task_id"],
        task_status=TaskStatus(row["task_status"]) if row["task_status"] else None,
        progress=row["progress"] or 0,
        error_code=row["error_code"],
        is_stopping=bool(row["is_stopping"]),
        tokens_returned=row["tokens_held"] - row["tokens_captured"] if settled else 0,
    )
