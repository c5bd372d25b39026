"""Stored pictures: photos that came in, outputs that were made."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from repository.base import Repository


class FileKind(StrEnum):
    """Where a picture came from."""

    PHOTO = "photo"
    OUTPUT = "output"
    TRAINING = "training"
    """A photo that is used for nothing but a personal model and its likeness."""


@dataclass(frozen=True, slots=True)
class File:
    """A stored picture. Sizes in pixels and bytes."""

    file_id: UUID
    user_id: int
    kind: FileKind
    generation_id: int | None
    position: int | None
    """Place within its generation, from 0."""
    storage_key: str
    thumbnail_key: str | None
    media_type: str
    width: int
    height: int
    size_bytes: int
    sha256: bytes
    seed: int | None
    telegram_file_id: str | None
    created_at: datetime
    preview_key: str | None = None
    """A moving picture that shows a solid from all sides."""
    likeness: float | None = None
    """Of a portrait by a personal model: how far it looks like that person, 0 to 1; None: no face, or not looked at."""
    has_face: bool | None = None
    """Whether a face was found on such a portrait; None where it was not looked at."""
    is_remade: bool = False
    """Such a portrait was made twice, and this is the better of the two."""

    @property
    def is_picture(self) -> bool:
        """Whether its bytes are a picture: those of a solid are not."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A picture that is in the storage already and has no row yet."""

    file_id: UUID
    storage_key: str
    thumbnail_key: str | None
    media_type: str
    width: int
    height: int
    size_bytes: int
    sha256: bytes
    seed: int | None = None
    preview_key: str | None = None
    """A moving picture that shows a solid from all sides."""
    likeness: float | None = None
    """As in File, and the next two."""
    has_face: bool | None = None
    is_remade: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything that lies in the storage for it."""
        return tuple(key for key in (self.storage_key, self.thumbnail_key, self.preview_key) if key is not None)


class FileRepository(Repository):
    """The table "File"."""

    async def add_photo(
        self,
        user_id: int,
        file: NewFile,
        *,
        source_key: str | None = None,
        telegram_file_id: str | None = None,
        kind: FileKind = FileKind.PHOTO,
    ) -> File:
        """Note a photo that came in; the same source_key of a person gives the photo that is already there."""
        row = await self._sql.fetchrow(
            """
            WITH added AS (
                INSERT INTO "File" (file_id, user_id, kind, storage_key, thumbnail_key, media_type, width, height,
                                    size_bytes, sha256, source_key, telegram_file_id)
                VALUES ($1, $2, $12, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                ON CONFLICT (user_id, source_key) DO NOTHING
                RETURNING file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                          width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                          likeness, has_face, is_remade
            )
            SELECT * FROM added
            UNION ALL
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE user_id = $2 AND source_key = $10 AND NOT EXISTS (SELECT FROM added)
            """,
            file.file_id,
            user_id,
            file.storage_key,
            file.thumbnail_key,
            file.media_type,
            file.width,
            file.height,
            file.size_bytes,
            file.sha256,
            source_key,
            telegram_file_id,
            kind.value,
        )
        if row is None:
            raise LookupError("the same photo is being stored by another connection")
        return _file(row)

    async def find_photo(self, user_id: int, source_key: str) -> File | None:
        """The photo that this source brought before, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE user_id = $1 AND source_key = $2
            """,
            user_id,
            source_key,
        )
        return _file(row) if row else None

    async def get_latest_photo(self, user_id: int) -> File | None:
        """The photo that the person sent last, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE user_id = $1 AND kind = 'photo' ORDER BY created_at DESC LIMIT 1
            """,
            user_id,
        )
        return _file(row) if row else None

    async def find_unreferenced(self, storage_keys: list[str]) -> list[str]:
        """Those of these keys that no row names: nobody would miss their bytes."""
        rows = await self._sql.fetch(
            """
            SELECT key FROM unnest($1::text[]) AS stored (key)
            WHERE NOT EXISTS (SELECT FROM "File" WHERE storage_key = key)
              AND NOT EXISTS (SELECT FROM "File" WHERE thumbnail_key = key)
              AND NOT EXISTS (SELECT FROM "File" WHERE preview_key = key)
              AND NOT EXISTS (SELECT FROM "CallOutput" WHERE storage_key = key)
              AND NOT EXISTS (SELECT FROM "CallOutput" WHERE thumbnail_key = key)
              AND NOT EXISTS (SELECT FROM "CallOutput" WHERE preview_key = key)
              AND NOT EXISTS (SELECT FROM "ModelVersion" WHERE weights_key = key)
            """,
            storage_keys,
        )
        return [row["key"] for row in rows]

    async def get_file(self, file_id: UUID, user_id: int) -> File | None:
        """The person's own file, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE file_id = $1 AND user_id = $2
            """,
            file_id,
            user_id,
        )
        return _file(row) if row else None

    async def get_outputs(self, generation_id: int) -> list[File]:
        """The pictures of a generation, in order."""
        rows = await self._sql.fetch(
            """
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE generation_id = $1 ORDER BY position
            """,
            generation_id,
        )
        return [_file(row) for row in rows]

    async def get_outputs_between(self, generation_id: int, first: int, last: int, *, limit: int) -> list[File]:
        """The pictures of a generation from one place to another, both included, in order."""
        rows = await self._sql.fetch(
            """
            SELECT file_id, user_id, kind, generation_id, position, storage_key, thumbnail_key, media_type,
                   width, height, size_bytes, sha256, seed, telegram_file_id, created_at, preview_key,
                   likeness, has_face, is_remade
            FROM "File" WHERE generation_id = $1 AND position BETWEEN $2 AND $3 ORDER BY position LIMIT $4
            """,
            generation_id,
            first,
            last,
            limit,
        )
        return [_file(row) for row in rows]

    async def get_output_sizes(self, generation_id: int) -> list[tuple[int, int]]:
        """Place and bytes of each picture of a generation, in order."""
        rows = await self._sql.fetch(
            """SELECT position, size_bytes FROM "File" WHERE generation_id = $1 ORDER BY position""", generation_id
        )
        return [(row["position"], row["size_bytes"]) for row in rows]

    async def set_telegram_file_id(self, file_id: UUID, telegram_file_id: str) -> None:
        """Keep Telegram's name for the picture, so that it is uploaded once."""
        await self._sql.execute(
            """UPDATE "File" SET telegram_file_id = $2 WHERE file_id = $1""", file_id, telegram_file_id
        )


def _file(row: asyncpg.Record) -> File:
    return File(**{**row, "kind": FileKind(row["kind"])})
