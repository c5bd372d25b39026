"""The ways about the gallery: back to newer pictures, to the months there are, to what an order was made of.

The lists of repository.gallery lead from newer to older. Here are their ways back, one method an index again: places
alone, the oldest of the newer ones first, so that a page can be found that ends where another one begins.
"""

from datetime import datetime
from typing import Any

from repository.base import Repository
from repository.gallery import FIRST

Place = tuple[int, int]
"""Number of the order, and the place within it."""


class GalleryWayRepository(Repository):
    """The tables "File", "FileTag" and "Generation", read."""

    async def get_newer(self, user_id: int, limit: int, before: Place, newest: int = FIRST[0]) -> list[Place]:
        """Of all pictures."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, position FROM "File"
            WHERE user_id = $1 AND kind = 'output' AND (generation_id, position) > ($3, $4) AND generation_id <= $5
            ORDER BY generation_id, position LIMIT $2
            """,
            user_id,
            limit,
            *before,
            newest,
        )
        return [_place(row) for row in rows]

    async def get_newer_of_kind(
        self, user_id: int, kind: str, limit: int, before: Place, newest: int = FIRST[0]
    ) -> list[Place]:
        """Of the pictures that orders of one kind brought."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, position FROM "File"
            WHERE user_id = $1 AND kind = 'output' AND order_kind = $6
              AND (generation_id, position) > ($3, $4) AND generation_id <= $5
            ORDER BY generation_id, position LIMIT $2
            """,
            user_id,
            limit,
            *before,
            newest,
            kind,
        )
        return [_place(row) for row in rows]

    async def get_newer_favorites(
        self, user_id: int, limit: int, before: Place, newest: int = FIRST[0], kind: str | None = None
    ) -> list[Place]:
        """Of the favourites, of one kind of order if given."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, position FROM "File"
            WHERE user_id = $1 AND kind = 'output' AND favorite_at IS NOT NULL
              AND ($6::text IS NULL OR order_kind = $6)
              AND (generation_id, position) > ($3, $4) AND generation_id <= $5
            ORDER BY generation_id, position LIMIT $2
            """,
            user_id,
            limit,
            *before,
            newest,
            kind,
        )
        return [_place(row) for row in rows]

    async def get_newer_tagged(
        self,
        user_id: int,
        tag: str,
        limit: int,
        before: Place,
        newest: int = FIRST[0],
        kind: str | None = None,
        favorite: bool | None = None,
    ) -> list[Place]:
        """Of the pictures with a tag, of one kind of order, or favourites alone, if asked."""
        rows = await self._sql.fetch(
            """
            SELECT generation_id, position FROM "FileTag" t
            WHERE user_id = $1 AND tag = $6 AND (generation_id, position) > ($3, $4) AND generation_id <= $5
              AND EXISTS (
                  SELECT FROM "File" f WHERE f.file_id = t.file_id AND ($7::text IS NULL OR f.order_kind = $7)
                    AND ($8::boolean IS NULL OR (f.favorite_at IS NOT NULL) = $8)
              )
            ORDER BY generation_id, position LIMIT $2
            """,
            user_id,
            limit,
            *before,
            newest,
            tag,
            kind,
            favorite,
        )
        return [_place(row) for row in rows]

    async def find_newer(
        self,
        user_id: int,
        query: str,
        limit: int,
        before: Place,
        newest: int = FIRST[0],
        kind: str | None = None,
        favorite: bool | None = None,
        tag: str | None = None,
    ) -> list[Place]:
        """Of the pictures of orders whose words answer a query of repository.words."""
        rows = await self._sql.fetch(
            """
            WITH found AS MATERIALIZED (
                SELECT generation_id FROM "Generation"
                WHERE search @@ $6::tsquery AND generation_id BETWEEN $3 AND $5
                  AND ($7::text IS NULL OR kind = $7)
            )
            SELECT p.generation_id, p.position FROM found JOIN "Picture" p ON p.generation_id = found.generation_id
            WHERE p.user_id = $1 AND (p.generation_id, p.position) > ($3, $4)
              AND ($8::boolean IS NULL OR p.is_favorite = $8)
              AND ($9::text IS NULL OR $9 = ANY (p.tags))
            ORDER BY p.generation_id, p.position LIMIT $2
            """,
            user_id,
            limit,
            *before,
            newest,
            query,
            kind,
            favorite,
            tag,
        )
        return [_place(row) for row in rows]

    async def get_months(self, user_id: int, limit: int) -> list[datetime]:
        """The months in which the person's pictures were ordered, newest first, each as its first moment in UTC.

        A step from month to month, however many pictures each has.
        """
        rows = await self._sql.fetch(
            """
            WITH RECURSIVE months AS (
                (SELECT date_trunc('month', g.created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began
                 FROM "Generation" g
                 WHERE g.user_id = $1 AND EXISTS (SELECT FROM "File" f WHERE f.generation_id = g.generation_id)
                 ORDER BY g.created_at DESC LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT date_trunc('month', g.created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    FROM "Generation" g
                    WHERE g.user_id = $1 AND g.created_at < months.began
                      AND EXISTS (SELECT FROM "File" f WHERE f.generation_id = g.generation_id)
                    ORDER BY g.created_at DESC LIMIT 1
                )
                FROM months WHERE months.began IS NOT NULL
            )
            SELECT began FROM months WHERE began IS NOT NULL LIMIT $2
            """,
            user_id,
            limit,
        )
        return [row["began"] for row in rows]

    async def get_order_key(self, generation_id: int, user_id: int) -> str | None:
        """The idempotency key under which the person ordered this, or None where its task is no more."""
        key: str | None = await self._sql.fetchval(
            """
            SELECT t.idempotency_key FROM "Generation" g JOIN "Task" t USING (task_id)
            WHERE g.generation_id = $1 AND g.user_id = $2
            """,
            generation_id,
            user_id,
        )
        return key


def _place(row: Any) -> Place:
    return row["generation_id"], row["position"]
