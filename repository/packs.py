"""Themes of many photos, and the orders of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from repository.base import Repository, only
from repository.tasks import TaskStatus


@dataclass(frozen=True, slots=True)
class Pack:
    """A theme on offer."""

    code: str
    title_ru: str
    title_en: str
    emoji: str
    looks: int
    """How many looks take turns."""

    def title(self, locale: str) -> str:
        """The name as the person reads it."""
        return self.title_en if locale == "en" else self.title_ru


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a theme: a style, words, or both."""

    style: str | None
    prompt: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """An order of many photos and what became of it so far."""

    dataset_id: int
    user_id: int
    generation_id: int
    task_id: UUID
    pack: str | None
    class_label: str
    noise_level: float
    """Standard deviation of the noise on the pictures, as a share of full scale."""
    output_size: int
    """Pixels a side."""
    status: TaskStatus
    ordered_count: int
    output_directory: str
    """Where in the storage the pictures lie."""
    file_count: int
    size_bytes: int
    """Of all pictures together."""
    generation_time: float | None
    """Seconds from the first claim to the end; None until it has ended, and where nobody began."""
    device_used: str | None
    """The backend that was called last."""
    is_successful: bool | None
    """None until it has ended."""
    error_message: str | None
    """The code of what went wrong; `partial` where fewer were made."""
    created_at: datetime
    updated_at: datetime


class PackRepository(Repository):
    """The tables "Pack", "PackLook" and "Dataset"."""

    async def get_packs(self) -> list[Pack]:
        """Every theme on offer, in its place."""
        rows = await self._sql.fetch(
            """
            SELECT code, title_ru, title_en, emoji,
                   (SELECT count(*) FROM "PackLook" l WHERE l.pack = p.code) AS looks
            FROM "Pack" p WHERE is_active ORDER BY position, code
            """
        )
        return [Pack(**row) for row in rows]

    async def get_looks(self, pack: str) -> list[Look]:
        """The looks of a theme on offer, in their order; none: there is no such theme.

        A look whose style is no longer on offer is left out.
        """
        rows = await self._sql.fetch(
            """
            SELECT l.style, l.prompt FROM "PackLook" l
            WHERE l.pack = $1 AND EXISTS (SELECT FROM "Pack" p WHERE p.code = l.pack AND p.is_active)
              AND (l.style IS NULL OR EXISTS (SELECT FROM "Style" s WHERE s.code = l.style AND s.is_active))
            ORDER BY l.position
            """,
            pack,
        )
        return [Look(**row) for row in rows]

    async def add_dataset(
        self,
        user_id: int,
        generation_id: int,
        task_id: UUID,
        *,
        pack: str | None,
        class_label: str,
        noise_level: float,
        output_size: int,
    ) -> int:
        """Note an order of many photos; returns its dataset_id."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "Dataset" (user_id, generation_id, task_id, pack, class_label, noise_level, output_size)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING dataset_id
            """,
            user_id,
            generation_id,
            task_id,
            pack,
            class_label,
            noise_level,
            output_size,
        )
        return int(only(row))

    async def get_dataset(self, dataset_id: int, user_id: int) -> Dataset | None:
        """The person's own order, or None."""
        row = await self._sql.fetchrow(
            """SELECT * FROM "DatasetEntry" WHERE dataset_id = $1 AND user_id = $2""", dataset_id, user_id
        )
        return _dataset(row) if row else None

    async def get_dataset_of_task(self, task_id: UUID, user_id: int) -> Dataset | None:
        """The person's own order that this task makes, or None."""
        row = await self._sql.fetchrow(
            """SELECT * FROM "DatasetEntry" WHERE task_id = $1 AND user_id = $2""", task_id, user_id
        )
        return _dataset(row) if row else None

    async def get_user_datasets(self, user_id: int, *, limit: int = 20, before: int | None = None) -> list[Dataset]:
        """The person's orders, newest first, those older than dataset `before`."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT dataset_id FROM "Dataset" WHERE user_id = $1 AND ($3::integer IS NULL OR dataset_id < $3)
                ORDER BY dataset_id DESC LIMIT $2
            )
            SELECT e.* FROM page JOIN "DatasetEntry" e USING (dataset_id) ORDER BY e.dataset_id DESC
            """,
            user_id,
            limit,
            before,
        )
        return [_dataset(row) for row in rows]


def _dataset(row: Any) -> Dataset:
    return Dataset(**{**row, "status": TaskStatus(row["status"])})
