"""Personal models (LoRAs)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from repository.base import Repository, only

if TYPE_CHECKING:
    import asyncpg


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
    status: ModelStatus
    created_at: datetime
    updated_at: datetime


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

    async def create_model(self, user_id: int, name: str, trigger_word: str) -> int:
        """Note a model that is about to be trained; returns its model_id."""
        row = await self._sql.fetchval(
            """INSERT INTO "Model" (user_id, name, trigger_word) VALUES ($1, $2, $3) RETURNING model_id""",
            user_id,
            name,
            trigger_word,
        )
        return int(only(row))

    async def get_user_models(self, user_id: int, *, limit: int = 50, before: int | None = None) -> list[Model]:
        """The person's models, newest first, those older than model `before`."""
        rows = await self._sql.fetch(
            """
            SELECT model_id, user_id, name, trigger_word, status, created_at, updated_at FROM "Model"
            WHERE user_id = $1 AND ($3::integer IS NULL OR model_id < $3)
            ORDER BY model_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
        )
        return [_model(row) for row in rows]

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
        """The model that the person wants in new pictures, if it can be used; None where there is none."""
        row = await self._sql.fetchrow(
            """
            SELECT m.model_id, m.name, m.status, true AS is_usable
            FROM "User" u JOIN "Model" m ON m.model_id = u.default_model_id AND m.user_id = u.user_id
            WHERE u.user_id = $1 AND m.version_id IS NOT NULL
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
            SELECT model_id, user_id, name, trigger_word, status, created_at, updated_at FROM "Model"
            WHERE model_id = $1
            """,
            model_id,
        )
        return _model(row) if row else None


def _model(row: "asyncpg.Record") -> Model:
    return Model(**{**row, "status": ModelStatus(row["status"])})


def _usable(row: "asyncpg.Record") -> UsableModel:
    return UsableModel(**{**row, "status": ModelStatus(row["status"])})
