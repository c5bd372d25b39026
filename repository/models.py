"""Personal models (LoRAs): their rows, and those that an order can use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from repository.base import Repository, only


class ModelStatus(StrEnum):
    """Where a personal model stands."""

    TRAINING = "training"
    READY = "ready"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Model:
    """A person's own LoRA."""

    model_id: int
    user_id: int
    name: str
    trigger_word: str
    """Of its captions and prompts; never shown to anybody."""
    status: ModelStatus
    created_at: datetime
    updated_at: datetime
    subject_class: str
    """Whom it shows: woman, man or other."""
    characteristics: Mapping[str, Any]
    """What stays the same in every photo."""
    version_id: int | None
    """The training that is in use; None until one is ready."""


@dataclass(frozen=True, slots=True)
class UsableModel:
    """A personal model as an order sees it."""

    model_id: int
    name: str
    status: ModelStatus
    is_usable: bool
    """A training of it is there to be used, whatever becomes of a later one."""


class ModelRepository(Repository):
    """The table "Model"."""

    async def create_model(
        self,
        user_id: int,
        name: str,
        trigger_word: str,
        *,
        subject_class: str = "other",
        characteristics: Mapping[str, Any] | None = None,
    ) -> int:
        """Note a model that is about to be trained; returns its model_id."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "Model" (user_id, name, trigger_word, subject_class, characteristics)
            VALUES ($1, $2, $3, $4, $5) RETURNING model_id
            """,
            user_id,
            name,
            trigger_word,
            subject_class,
            dict(characteristics or {}),
        )
        return int(only(row))

    async def get_user_models(self, user_id: int, *, limit: int = 50, before: int | None = None) -> list[Model]:
        """The person's models, newest first, those older than model `before`."""
        rows = await self._sql.fetch(
            """
            SELECT model_id, user_id, name, trigger_word, status, created_at, updated_at, subject_class,
                   characteristics, version_id
            FROM "Model" WHERE user_id = $1 AND ($3::integer IS NULL OR model_id < $3)
            ORDER BY model_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
        )
        return [model_of(row) for row in rows]

    async def get_usable(self, user_id: int, model_id: int) -> UsableModel | None:
        """The person's own model, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT model_id, name, status, version_id IS NOT NULL AS is_usable FROM "Model"
            WHERE model_id = $2 AND user_id = $1
            """,
            user_id,
            model_id,
        )
        return _usable(row) if row else None

    async def lock_for_use(self, user_id: int, model_id: int) -> bool:
        """Keep the person's own model from being deleted until the transaction ends; False where it is gone."""
        row = await self._sql.fetchval(
            """SELECT model_id FROM "Model" WHERE model_id = $2 AND user_id = $1 FOR KEY SHARE""", user_id, model_id
        )
        return row is not None

    async def get_default(self, user_id: int) -> UsableModel | None:
        """The model that new pictures have unless another is chosen: the person's choice, else the one trained last.

        None where no model can be used; a choice that is none any more counts for nothing.
        """
        row = await self._sql.fetchrow(
            """
            SELECT m.model_id, m.name, m.status, true AS is_usable
            FROM "Model" m JOIN "ModelVersion" v USING (version_id) JOIN "User" u USING (user_id)
            WHERE m.user_id = $1
            ORDER BY (m.model_id = u.default_model_id) IS TRUE DESC, v.finished_at DESC, m.model_id DESC LIMIT 1
            """,
            user_id,
        )
        return _usable(row) if row else None

    async def get_all_usable(self, user_id: int, *, limit: int = 20) -> list[UsableModel]:
        """The person's models that can be used, newest first."""
        rows = await self._sql.fetch(
            """
            SELECT model_id, name, status, true AS is_usable FROM "Model"
            WHERE user_id = $1 AND version_id IS NOT NULL ORDER BY model_id DESC LIMIT $2
            """,
            user_id,
            limit,
        )
        return [_usable(row) for row in rows]

    async def update_model_status(self, model_id: int, status: ModelStatus | str) -> bool:
        """Set training, ready or error; False where there is no such model. Raises ValueError for another word."""
        row = await self._sql.fetchval(
            """UPDATE "Model" SET status = $2, updated_at = now() WHERE model_id = $1 RETURNING model_id""",
            model_id,
            ModelStatus(status).value,
        )
        return row is not None

    async def get_model_details(self, model_id: int) -> Model | None:
        """The model, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT model_id, user_id, name, trigger_word, status, created_at, updated_at, subject_class,
                   characteristics, version_id
            FROM "Model" WHERE model_id = $1
            """,
            model_id,
        )
        return model_of(row) if row else None

    async def set_default(self, user_id: int, model_id: int) -> bool:
        """Choose the model that is used from now on; False where it is not the person's, or not ready."""
        row = await self._sql.fetchval(
            """
            UPDATE "User" SET default_model_id = $2 WHERE user_id = $1 AND EXISTS (
                SELECT FROM "Model" WHERE model_id = $2 AND user_id = $1 AND version_id IS NOT NULL
            ) RETURNING user_id
            """,
            user_id,
            model_id,
        )
        return row is not None

    async def rename(self, user_id: int, model_id: int, name: str) -> bool:
        """Give a model another name; False where it is not the person's."""
        row = await self._sql.fetchval(
            """
            UPDATE "Model" SET name = $3, updated_at = now() WHERE model_id = $2 AND user_id = $1 RETURNING model_id
            """,
            user_id,
            model_id,
            name,
        )
        return row is not None


_MODEL = (
    *("model_id", "user_id", "name", "trigger_word", "status", "created_at", "updated_at", "subject_class"),
    *("characteristics", "version_id"),
)


def model_of(row: Any) -> Model:
    """The model in a row that may have more."""
    return Model(**{**{column: row[column] for column in _MODEL}, "status": ModelStatus(row["status"])})


def _usable(row: Any) -> UsableModel:
    return UsableModel(**{**row, "status": ModelStatus(row["status"])})
