"""The gallery's orders, newest first, those without pictures too; each filter is served by an index of its own.

Every list goes on after the number of an order. One method is one way through one index; what a method filters
besides, it filters within that.
"""

from datetime import datetime
from typing import Any

from repository.base import Repository, only
from repository.gallery import FIRST
from repository.generations import Generation
from repository.tasks import TaskStatus


class GalleryOrderRepository(Repository):
    """The table "Generation", listed."""

    async def get_bounds(self, user_id: int, since: datetime, until: datetime) -> tuple[int, int]:
        """The oldest and the newest order of the person from `since` on and before `until`.

        Their numbers grow with time, so that a span of time is a span of numbers; (1, 0) where there are none.
        """
        row = only(
            await self._sql.fetchrow(
                """
                SELECT
                    (SELECT generation_id FROM "Generation" WHERE user_id = $1 AND created_at >= $2
                     ORDER BY created_at, generation_id LIMIT 1) AS oldest,
                    (SELECT generation_id FROM "Generation" WHERE user_id = $1 AND created_at < $3
                     ORDER BY created_at DESC, generation_id DESC LIMIT 1) AS newest
                """,
                user_id,
                since,
                until,
            )
        )
        if row["oldest"] is None or row["newest"] is None:
            return 1, 0
        return row["oldest"], row["newest"]

    async def get_orders(self, user_id: int, limit: int, before: int = FIRST[0], oldest: int = 0) -> list[Generation]:
        """All orders."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE user_id = $1 AND generation_id < $3 AND generation_id >= $4
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            oldest,
        )
        return [_order(row) for row in rows]

    async def get_orders_of_status(
        self,
        user_id: int,
        status: TaskStatus,
        limit: int,
        before: int = FIRST[0],
        oldest: int = 0,
        kind: str | None = None,
        model_id: int | None = None,
    ) -> list[Generation]:
        """The orders that stand so, of one kind and one model if given."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE user_id = $1 AND status = $5 AND generation_id < $3 AND generation_id >= $4
              AND ($6::text IS NULL OR kind = $6) AND ($7::integer IS NULL OR model_id = $7)
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            oldest,
            status.value,
            kind,
            model_id,
        )
        return [_order(row) for row in rows]

    async def get_orders_of_kind(
        self, user_id: int, kind: str, limit: int, before: int = FIRST[0], oldest: int = 0, model_id: int | None = None
    ) -> list[Generation]:
        """The orders of one kind, of one model if given."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE user_id = $1 AND kind = $5 AND generation_id < $3 AND generation_id >= $4
              AND ($6::integer IS NULL OR model_id = $6)
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            oldest,
            kind,
            model_id,
        )
        return [_order(row) for row in rows]

    async def get_orders_of_model(
        self, user_id: int, model_id: int, limit: int, before: int = FIRST[0], oldest: int = 0
    ) -> list[Generation]:
        """The orders of one personal model."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                   finished_at, kind
            FROM "Generation" WHERE user_id = $1 AND model_id = $5 AND generation_id < $3 AND generation_id >= $4
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            oldest,
            model_id,
        )
        return [_order(row) for row in rows]

    async def find_orders(
        self,
        user_id: int,
        query: str,
        limit: int,
        before: int = FIRST[0],
        oldest: int = 0,
        kind: str | None = None,
        status: TaskStatus | None = None,
        model_id: int | None = None,
    ) -> list[Generation]:
        """The orders whose words answer a query of repository.words."""
        rows = await self._sql.fetch(
            """
            WITH found AS MATERIALIZED (
                SELECT generation_id, user_id, model_id, task_id, prompt_text, style, status, result_url, created_at,
                       finished_at, kind
                FROM "Generation"
                WHERE search @@ $5::tsquery AND user_id = $1 AND generation_id < $3 AND generation_id >= $4
            )
            SELECT * FROM found
            WHERE ($6::text IS NULL OR kind = $6) AND ($7::text IS NULL OR status = $7)
              AND ($8::integer IS NULL OR model_id = $8)
            ORDER BY generation_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
            oldest,
            query,
            kind,
            status.value if status else None,
            model_id,
        )
        return [_order(row) for row in rows]


def _order(row: Any) -> Generation:
    return Generation(**{**row, "status": TaskStatus(row["status"])})
