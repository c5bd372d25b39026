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
