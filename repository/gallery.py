"""The gallery's pictures, newest first, each filter served by an index of its own.

Every list goes on after a place: the number of the order, and the place within it. One method is one way through one
index; what a method filters besides, it filters within that. The page is chosen before anything is joined to it:
joined first, the planner may walk everybody's orders in search of one person's pictures.
"""

from dataclasses import dataclass
from typing import Any

from repository.base import Repository
from repository.files import File, FileKind
from repository.tasks import TaskStatus

FIRST = (2**31 - 1, 2**31 - 1)
"""The place before the newest picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the gallery with what its person keeps about it."""

    file: File
    order_kind: str
    status: TaskStatus
    """Of the order: a stopped one has pictures too."""
    prompt_text: str
    style: str | None
    model_id: int | None
    is_favorite: bool
    notes: str
    tags: list[str]

    @property
    def place(self) -> tuple[int, int]:
        """Where the list goes on after this picture."""
        assert self.file.generation_id is not None  # the table's constraint
        assert self.file.position is not None
        return self.file.generation_id, self.file.position

    @property
    def cursor(self) -> str:
        """The same as a list's cursor."""
        return "{}.{}".format(*self.place)


class GalleryRepository(Repository):
    """The view "Picture", and the tags of pictures, read."""

    async def get_picture(self, file_id: object, user_id: int) -> Picture | None:
        """The person's own picture, or None."""
        row = await self._sql.fetchrow(
            """SELECT * FROM "Picture" WHERE file_id = $1 AND user_id = $2""", file_id, user_id
        )
        return _picture(row) if row else None

    async def get_pictures(
        self, user_id: int, limit: int, after: tuple[int, int] = FIRST, oldest: int = 0
    ) -> list[Picture]:
        """All pictures."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT file_id FROM "File"
                WHERE user_id = $1 AND kind = 'output'
                  AND (generation_id, position) < ($3, $4) AND generation_id >= $5
                ORDER BY generation_id DESC, position DESC LIMIT $2
            )
            SELECT p.* FROM page JOIN "Picture" p USING (file_id) ORDER BY p.generation_id DESC, p.position DESC
            """,
            user_id,
            limit,
            *after,
            oldest,
        )
        return [_picture(row) for row in rows]

    async def get_pictures_of_kind(
        self, user_id: int, kind: str, limit: int, after: tuple[int, int] = FIRST, oldest: int = 0
    ) -> list[Picture]:
        """The pictures that orders of one kind brought."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT file_id FROM "File"
                WHERE user_id = $1 AND kind = 'output' AND order_kind = $6
                  AND (generation_id, position) < ($3, $4) AND generation_id >= $5
                ORDER BY generation_id DESC, position DESC LIMIT $2
            )
            SELECT p.* FROM page JOIN "Picture" p USING (file_id) ORDER BY p.generation_id DESC, p.position DESC
            """,
            user_id,
            limit,
            *after,
            oldest,
            kind,
        )
        return [_picture(row) for row in rows]

    async def get_favorites(
        self, user_id: int, limit: int, after: tuple[int, int] = FIRST, oldest: int = 0, kind: str | None = None
    ) -> list[Picture]:
        """The favourites, of one kind of order if given."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT file_id FROM "File"
                WHERE user_id = $1 AND kind = 'output' AND favorite_at IS NOT NULL
                  AND ($6::text IS NULL OR order_kind = $6)
                  AND (generation_id, position) < ($3, $4) AND generation_id >= $5
                ORDER BY generation_id DESC, position DESC LIMIT $2
            )
            SELECT p.* FROM page JOIN "Picture" p USING (file_id) ORDER BY p.generation_id DESC, p.position DESC
            """,
            user_id,
            limit,
            *after,
            oldest,
            kind,
        )
        return [_picture(row) for row in rows]

    async def get_tagged(
        self,
        user_id: int,
        tag: str,
        limit: int,
        after: tuple[int, int] = FIRST,
        oldest: int = 0,
        kind: str | None = None,
        favorite: bool | None = None,
    ) -> list[Picture]:
        """The pictures with a tag, of one kind of order, or favourites alone, if asked."""
        rows = await self._sql.fetch(
            """
            WITH page AS MATERIALIZED (
                SELECT file_id FROM "FileTag" t
                WHERE user_id = $1 AND tag = $6 AND (generation_id, position) < ($3, $4) AND generation_id >= $5
                  AND EXISTS (
                      SELECT FROM "File" f WHERE f.file_id = t.file_id AND ($7::text IS NULL OR f.order_kind = $7)
                        AND ($8::boolean IS NULL OR (f.favorite_at IS NOT NULL) = $8)
                  )
                ORDER BY generation_id DESC, position DESC LIMIT $2
            )
            SELECT p.* FROM page JOIN "Picture" p USING (file_id) ORDER BY p.generation_id DESC, p.position DESC
            """,
            user_id,
            limit,
            *after,
            oldest,
            tag,
            kind,
            favorite,
        )
        return [_picture(row) for row in rows]

    async def find_pictures(
        self,
        user_id: int,
        query: str,
        limit: int,
        after: tuple[int, int] = FIRST,
        oldest: int = 0,
        kind: str | None = None,
        favorite: bool | None = None,
        tag: str | None = None,
    ) -> list[Picture]:
        """The pictures of orders whose words answer a query of repository.words."""
        rows = await self._sql.fetch(
            """
            WITH found AS MATERIALIZED (
                SELECT generation_id FROM "Generation"
                WHERE search @@ $6::tsquery AND generation_id BETWEEN $5 AND $3
                  AND ($7::text IS NULL OR kind = $7)
            )
            SELECT p.* FROM found JOIN "Picture" p ON p.generation_id = found.generation_id
            WHERE p.user_id = $1 AND (p.generation_id, p.position) < ($3, $4)
              AND ($8::boolean IS NULL OR p.is_favorite = $8)
              AND ($9::text IS NULL OR $9 = ANY (p.tags))
            ORDER BY p.generation_id DESC, p.position DESC LIMIT $2
            """,
            user_id,
            limit,
            *after,
            oldest,
            query,
            kind,
            favorite,
            tag,
        )
        return [_picture(row) for row in rows]

    async def get_tags(self, user_id: int, limit: int = 100) -> list[str]:
        """The tags that the person uses, in their alphabet: a step from tag to tag, however many pictures have each."""
        rows = await self._sql.fetch(
            """
            WITH RECURSIVE used AS (
                (SELECT tag FROM "FileTag" WHERE user_id = $1 ORDER BY tag LIMIT 1)
                UNION ALL
                SELECT (SELECT t.tag FROM "FileTag" t WHERE t.user_id = $1 AND t.tag > used.tag ORDER BY t.tag LIMIT 1)
                FROM used WHERE used.tag IS NOT NULL
            )
            SELECT tag FROM used WHERE tag IS NOT NULL LIMIT $2
            """,
            user_id,
            limit,
        )
        return [row["tag"] for row in rows]


def _picture(row: Any) -> Picture:
    fields = {name: row[name] for name in File.__dataclass_fields__}
    return Picture(
        file=File(**{**fields, "kind": FileKind(row["kind"])}),
        order_kind=row["order_kind"],
        status=TaskStatus(row["status"]),
        prompt_text=row["prompt_text"],
        style=row["style"],
        model_id=row["model_id"],
        is_favorite=row["is_favorite"],
        notes=row["notes"],
        tags=row["tags"],
    )
