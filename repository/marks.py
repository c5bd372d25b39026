"""What a person keeps about a picture: favourite, notes, tags; and its end."""

from uuid import UUID

from repository.base import Repository


class MarkRepository(Repository):
    """The marks in "File", the tables "FileTag" and "ErasableFile"."""

    async def set_favorite(self, file_id: UUID, user_id: int, favorite: bool) -> bool:
        """Mark or unmark a picture; False where the person has no such picture. Asked twice it stays as it is."""
        row = await self._sql.fetchval(
            """
            UPDATE "File" SET favorite_at = CASE WHEN $3 THEN coalesce(favorite_at, now()) END
            WHERE file_id = $1 AND user_id = $2 AND kind = 'output' RETURNING file_id
            """,
            file_id,
            user_id,
            favorite,
        )
        return row is not None

    async def set_notes(self, file_id: UUID, user_id: int, notes: str) -> bool:
        """Write the notes of a picture, at most 1,000 characters; False where the person has no such picture."""
        row = await self._sql.fetchval(
            """
            UPDATE "File" SET notes = $3 WHERE file_id = $1 AND user_id = $2 AND kind = 'output' RETURNING file_id
            """,
            file_id,
            user_id,
            notes,
        )
        return row is not None

    async def set_tags(self, file_id: UUID, user_id: int, tags: list[str]) -> bool:
        """Give a picture these tags and no others; False where the person has no such picture.

        Two statements: run it inside a transaction. The first locks the picture's row, so that of two at once the
        second sees what the first one gave.
        """
        row = await self._sql.fetchval(
            """
            SELECT file_id FROM "File" WHERE file_id = $1 AND user_id = $2 AND kind = 'output' FOR NO KEY UPDATE
            """,
            file_id,
            user_id,
        )
        if row is None:
            return False
        await self._sql.execute(
            """
            WITH dropped AS (
                DELETE FROM "FileTag" WHERE file_id = $1 AND tag <> ALL ($2::text[])
            )
            INSERT INTO "FileTag" (file_id, tag, user_id, generation_id, position)
            SELECT f.file_id, tag, f.user_id, f.generation_id, f.position
            FROM "File" f, unnest($2::text[]) AS wanted (tag)
            WHERE f.file_id = $1
            ON CONFLICT (file_id, tag) DO NOTHING
            """,
            file_id,
            tags,
        )
        return True

    async def delete_picture(self, file_id: UUID, user_id: int) -> list[str]:
        """Take a picture out of the gallery and note its bytes for erasure; returns their keys, none: no such picture.

        One statement: a picture never goes without a note of what lies in the storage, and that it was made.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" WHERE file_id = $1 AND user_id = $2 AND kind = 'output'
                RETURNING generation_id, storage_key, thumbnail_key, preview_key
            ), counted AS (
                UPDATE "Generation" SET pictures_deleted = pictures_deleted + 1
                WHERE generation_id = (SELECT generation_id FROM gone)
            ), keys AS (
                SELECT unnest(ARRAY[storage_key, thumbnail_key, preview_key]) AS key FROM gone
            )
            INSERT INTO "ErasableFile" (storage_key) SELECT key FROM keys WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            file_id,
            user_id,
        )
        return [row["storage_key"] for row in rows]

    async def note_erasable(self, storage_keys: list[str]) -> None:
        """Note bytes for erasure. For the transaction that leaves them without a row."""
        await self._sql.execute(
            """
            INSERT INTO "ErasableFile" (storage_key) SELECT unnest($1::text[]) ON CONFLICT (storage_key) DO NOTHING
            """,
            storage_keys,
        )

    async def get_erasable(self, limit: int, after: str) -> list[str]:
        """Keys of bytes whose row is gone, in the order of the keys, those behind one of them."""
        rows = await self._sql.fetch(
            """SELECT storage_key FROM "ErasableFile" WHERE storage_key > $2 ORDER BY storage_key LIMIT $1""",
            limit,
            after,
        )
        return [row["storage_key"] for row in rows]

    async def forget_erased(self, storage_keys: list[str]) -> None:
        """These bytes are gone."""
        await self._sql.execute("""DELETE FROM "ErasableFile" WHERE storage_key = ANY ($1::text[])""", storage_keys)
