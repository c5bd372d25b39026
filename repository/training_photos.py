"""The photos of sets for personal models: how they come into one, and how they go.

A photo may be in several sets: that of a training, and the open one in which the model is to be trained anew.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from repository.base import Repository
from repository.files import File, FileKind
from repository.photo_analyses import Analysis, AnalysisState


@dataclass(frozen=True, slots=True)
class SetPhoto:
    """A photo of a set, beside what was measured on it."""

    file: File
    place: int
    """Photos are judged in this order."""
    analysis: Analysis | None
    """None where nothing was ever asked for; nothing of ours leaves it out."""
    trained_at: datetime | None
    """When the last training that it was there for came to its end; None where it came for this set."""


class TrainingPhotoRepository(Repository):
    """The tables "TrainingPhoto" and "RemovedPhoto". Whoever writes here holds the set: see TrainingSetRepository."""

    async def count_photos(self, set_id: int) -> int:
        """How many photos a set has. While the transaction holds the set there come no more."""
        count: int = await self._sql.fetchval("""SELECT count(*) FROM "TrainingPhoto" WHERE set_id = $1""", set_id)
        return count

    async def count_own_photos(self, set_id: int) -> int:
        """How many photos came for this set: an earlier training has none of them. For who holds the set."""
        count: int = await self._sql.fetchval(
            """
            SELECT count(*) FROM "TrainingPhoto" p WHERE set_id = $1 AND NOT EXISTS (
                SELECT FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                WHERE q.file_id = p.file_id AND s.state = 'used' AND s.photos_erased_at IS NULL
            )
            """,
            set_id,
        )
        return count

    async def add_photo(self, set_id: int, file_id: UUID, place: int | None) -> None:
        """Put a photo into a set, at its place or after all others. For a transaction that holds the set."""
        await self._sql.execute(
            """
            WITH added AS (
                INSERT INTO "TrainingPhoto" (set_id, file_id, place)
                VALUES ($1, $2, coalesce($3::bigint, (SELECT max(place) + 1 FROM "TrainingPhoto" WHERE set_id = $1), 1))
            )
            UPDATE "TrainingSet" SET revision = revision + 1, updated_at = now() WHERE set_id = $1
            """,
            set_id,
            file_id,
            place,
        )

    async def remove_photo(self, set_id: int, file_id: UUID) -> list[str]:
        """Erase a photo of a set and note its bytes for erasure; returns their keys, none: no such photo in it.

        For a transaction that holds the set. Its analysis goes with it, one that is being made too. What brought it is
        noted: told again it brings nothing. So is what brought those that are discarded or given up.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" f WHERE f.file_id = $2 AND f.kind = 'training'
                  AND EXISTS (SELECT FROM "TrainingPhoto" p WHERE p.set_id = $1 AND p.file_id = $2)
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            ), told AS (
                UPDATE "TrainingSet" SET revision = revision + 1, updated_at = now()
                WHERE set_id = $1 AND EXISTS (SELECT FROM gone)
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
            file_id,
        )
        return [row["storage_key"] for row in rows]

    async def was_removed(self, user_id: int, source_key: str) -> bool:
        """Whether the person has taken out what this source brought. For a transaction that holds the set."""
        found: bool = await self._sql.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM "RemovedPhoto" WHERE user_id = $1 AND key_digest = sha256(convert_to($2, 'UTF8'))
            )
            """,
            user_id,
            source_key,
        )
        return found

    async def discard(self, set_id: int) -> list[str]:
        """Erase a set and all its photos, those of an earlier training too, and note their bytes; returns their keys.

        For a transaction that holds the set.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" WHERE kind = 'training'
                  AND file_id IN (SELECT file_id FROM "TrainingPhoto" WHERE set_id = $1)
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
        )
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE set_id = $1""", set_id)
        return [row["storage_key"] for row in rows]

    async def give_up(self, set_id: int) -> list[str]:
        """Erase a set and the photos that came for it, and note their bytes for erasure; returns their keys.

        Photos of an earlier training stay with that one. For a transaction that holds the set.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" f WHERE kind = 'training'
                  AND file_id IN (SELECT file_id FROM "TrainingPhoto" WHERE set_id = $1)
                  AND NOT EXISTS (
                      SELECT FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                      WHERE q.file_id = f.file_id AND s.state = 'used' AND s.photos_erased_at IS NULL
                  )
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
        )
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE set_id = $1""", set_id)
        return [row["storage_key"] for row in rows]

    async def get_photos(self, set_id: int) -> list[SetPhoto]:
        """The photos of a set with what was measured on each, in their order."""
        rows = await self._sql.fetch(
            """
            SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key,
                   f.media_type, f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at,
                   f.preview_key, f.likeness, f.has_face, f.is_remade, p.place, a.analysis_id, a.state,
                   a.figures, a.embedding, a.error_code, a.requested_at, a.done_at, (
                       SELECT max(coalesce(v.finished_at, s.updated_at))
                       FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                       LEFT JOIN "ModelVersion" v ON v.set_id = s.set_id
                       WHERE q.file_id = p.file_id AND q.set_id <> $1
                         AND s.state = 'used' AND s.photos_erased_at IS NULL
                   ) AS trained_at
            FROM "TrainingPhoto" p JOIN "File" f USING (file_id) LEFT JOIN "PhotoAnalysis" a USING (file_id)
            WHERE p.set_id = $1 ORDER BY p.place, f.file_id
            """,
            set_id,
        )
        return [_photo(row) for row in rows]


_FILE_COLUMNS = tuple(field.name for field in fields(File))


def _photo(row: asyncpg.Record) -> SetPhoto:
    file = File(**{**{column: row[column] for column in _FILE_COLUMNS}, "kind": FileKind(row["kind"])})
    if row["analysis_id"] is None:
        return SetPhoto(file, row["place"], None, row["trained_at"])
    analysis = Analysis(
        row["analysis_id"],
        row["user_id"],
        row["file_id"],
        AnalysisState(row["state"]),
        row["figures"],
        row["embedding"],
        row["error_code"],
        row["requested_at"],
        row["done_at"],
    )
    return SetPhoto(file, row["place"], analysis, row["trained_at"])
