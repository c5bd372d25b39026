"""The queue of photos that are to be looked at, and what was measured on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from repository.base import Repository


class AnalysisState(StrEnum):
    """Where an analysis stands; each comes to exactly one end."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was measured on a photo, or is going to be."""

    analysis_id: UUID
    user_id: int
    file_id: UUID
    state: AnalysisState
    figures: Mapping[str, Any] | None
    """A services.photos.figures.PhotoFigures, without its embedding."""
    embedding: bytes | None
    """The largest face as 128 numbers (float32, little-endian)."""
    error_code: str | None
    requested_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedAnalysis:
    """A photo to look at now; attempt fences every write about it."""

    analysis_id: UUID
    file_id: UUID
    storage_key: str
    attempt: int


class PhotoAnalysisRepository(Repository):
    """The table "PhotoAnalysis"."""

    async def request(self, analysis_id: UUID, user_id: int, file_id: UUID) -> None:
        """Ask for a look at a photo; nothing happens where one was asked for already."""
        await self._sql.execute(
            """
            INSERT INTO "PhotoAnalysis" (analysis_id, user_id, file_id) VALUES ($1, $2, $3)
            ON CONFLICT (file_id) DO NOTHING
            """,
            analysis_id,
            user_id,
            file_id,
        )

    async def claim(self, lease: timedelta, limit: int, attempts: int) -> list[ClaimedAnalysis]:
        """Take up to `limit` waiting photos that have attempts left, oldest first, for one look each.

        SKIP LOCKED and the lease: two workers never look at the same photo at once. One whose worker died is taken
        again when its lease has run out. Last attempts are made one at a time: which of the photos in a worker's hands
        kills it nobody knows before.
        """
        rows = await self._sql.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT analysis_id FROM "PhotoAnalysis"
                WHERE state = 'waiting' AND attempt < $3 AND (lease_until IS NULL OR lease_until < now())
                  AND (attempt < $3 - 1 OR analysis_id = (
                      SELECT analysis_id FROM "PhotoAnalysis"
                      WHERE state = 'waiting' AND attempt = $3 - 1 AND (lease_until IS NULL OR lease_until < now())
                      ORDER BY requested_at LIMIT 1
                  ) AND NOT EXISTS (
                      SELECT FROM "PhotoAnalysis" WHERE state = 'waiting' AND attempt >= $3 AND lease_until > now()
                  ))
                ORDER BY requested_at LIMIT $2
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE "PhotoAnalysis" SET lease_until = now() + $1, attempt = attempt + 1
                WHERE analysis_id IN (SELECT analysis_id FROM due)
                RETURNING analysis_id, file_id, attempt, requested_at
            )
            SELECT taken.analysis_id, taken.file_id, f.storage_key, taken.attempt
            FROM taken JOIN "File" f USING (file_id) ORDER BY taken.requested_at
            """,
            lease,
            limit,
            attempts,
        )
        return [ClaimedAnalysis(**row) for row in rows]

    async def renew(self, held: Mapping[UUID, int], lease: timedelta) -> None:
        """Prolong the leases of photos by analysis_id that these attempts hold; what another one decides stays."""
        await self._sql.execute(
            """
            UPDATE "PhotoAnalysis" a SET lease_until = now() + $3
            FROM unnest($1::uuid[], $2::integer[]) AS held (analysis_id, attempt)
            WHERE a.analysis_id = held.analysis_id AND a.attempt = held.attempt AND a.state = 'waiting'
            """,
            list(held),
            list(held.values()),
            lease,
        )

    async def find_hopeless(self, attempts: int, limit: int) -> list[ClaimedAnalysis]:
        """Photos whose last attempt ended without a word: its worker died."""
        rows = await self._sql.fetch(
            """
            SELECT a.analysis_id, a.file_id, f.storage_key, a.attempt
            FROM "PhotoAnalysis" a JOIN "File" f USING (file_id)
            WHERE a.state = 'waiting' AND a.attempt >= $1 AND a.lease_until < now()
            ORDER BY a.requested_at LIMIT $2
            """,
            attempts,
            limit,
        )
        return [ClaimedAnalysis(**row) for row in rows]

    async def finish(
        self, analysis_id: UUID, attempt: int, figures: Mapping[str, Any], embedding: bytes | None
    ) -> bool:
        """Note what was measured; False where another attempt decides now, or the photo is gone."""
        row = await self._sql.fetchval(
            """
            UPDATE "PhotoAnalysis"
            SET state = 'done', figures = $3, embedding = $4, done_at = now(), lease_until = NULL
            WHERE analysis_id = $1 AND attempt = $2 AND state = 'waiting' RETURNING analysis_id
            """,
            analysis_id,
            attempt,
            dict(figures),
            embedding,
        )
        return row is not None

    async def fail(self, analysis_id: UUID, attempt: int, error_code: str) -> bool:
        """Note why there are no figures; False where another attempt decides now, or the photo is gone."""
        row = await self._sql.fetchval(
            """
            UPDATE "PhotoAnalysis" SET state = 'failed', error_code = $3, done_at = now(), lease_until = NULL
            WHERE analysis_id = $1 AND attempt = $2 AND state = 'waiting' RETURNING analysis_id
            """,
            analysis_id,
            attempt,
            error_code,
        )
        return row is not None

    async def let_go(self, analysis_id: UUID, attempt: int, pause: timedelta) -> bool:
        """Leave a photo to another attempt after a pause; False where another one decides already."""
        row = await self._sql.fetchval(
            """
            UPDATE "PhotoAnalysis" SET lease_until = now() + $3
            WHERE analysis_id = $1 AND attempt = $2 AND state = 'waiting' RETURNING analysis_id
            """,
            analysis_id,
            attempt,
            pause,
        )
        return row is not None

    async def get(self, analysis_id: UUID, user_id: int) -> Analysis | None:
        """The person's own analysis, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT analysis_id, user_id, file_id, state, figures, embedding, error_code, requested_at, done_at
            FROM "PhotoAnalysis" WHERE analysis_id = $1 AND user_id = $2
            """,
            analysis_id,
            user_id,
        )
        return _analysis(row) if row else None

    async def get_of_file(self, file_id: UUID, user_id: int) -> Analysis | None:
        """The analysis of the person's own photo, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT analysis_id, user_id, file_id, state, figures, embedding, error_code, requested_at, done_at
            FROM "PhotoAnalysis" WHERE file_id = $1 AND user_id = $2
            """,
            file_id,
            user_id,
        )
        return _analysis(row) if row else None

    async def get_page(self, user_id: int, limit: int, before: tuple[datetime, UUID]) -> list[Analysis]:
        """The person's analyses, newest first, those asked for before a moment and id."""
        rows = await self._sql.fetch(
            """
            SELECT analysis_id, user_id, file_id, state, figures, embedding, error_code, requested_at, done_at
            FROM "PhotoAnalysis" WHERE user_id = $1 AND (requested_at, analysis_id) < ($3, $4)
            ORDER BY requested_at DESC, analysis_id DESC LIMIT $2
            """,
            user_id,
            limit,
            *before,
        )
        return [_analysis(row) for row in rows]


def _analysis(row: asyncpg.Record) -> Analysis:
    return Analysis(**{**row, "state": AnalysisState(row["state"])})
