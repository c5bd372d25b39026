"""What the owner should know of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class AdminEvent:
    """Something that is wrong, or was."""

    event_id: int
    kind: str
    subject: str
    """What it is about: a backend, a day."""
    details: Mapping[str, Any]
    created_at: datetime
    closed_at: datetime | None


class AdminEventRepository(Repository):
    """The table "AdminEvent". Of one kind about one subject only one is open at a time."""

    async def take_turn(self, kind: str, subject: str) -> None:
        """Until the end of this transaction nobody else has a turn at this subject.

        Whoever looks at the world only now, and then writes, cannot undo what somebody saw later.
        """
        await self._sql.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('AdminEvent:' || $1::text || ':' || $2::text, 0))",
            kind,
            subject,
        )

    async def open(self, kind: str, subject: str, details: Mapping[str, Any]) -> bool:
        """Tell of it; False where it is told already."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "AdminEvent" (kind, subject, details) VALUES ($1, $2, $3)
            ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO NOTHING
            RETURNING event_id
            """,
            kind,
            subject,
            dict(details),
        )
        return row is not None

    async def note(self, kind: str, subject: str, details: Mapping[str, Any]) -> None:
        """Tell of something that happened and is not wrong: it is over as it is told."""
        await self._sql.execute(
            """INSERT INTO "AdminEvent" (kind, subject, details, closed_at) VALUES ($1, $2, $3, now())""",
            kind,
            subject,
            dict(details),
        )

    async def update(self, kind: str, subject: str, details: Mapping[str, Any]) -> bool:
        """Let what is open say this from now on; False where it says so already, or nothing is open."""
        row = await self._sql.fetchval(
            """
            UPDATE "AdminEvent" SET details = $3
            WHERE kind = $1 AND subject = $2 AND closed_at IS NULL AND details IS DISTINCT FROM $3::jsonb
            RETURNING event_id
            """,
            kind,
            subject,
            dict(details),
        )
        return row is not None

    async def close(self, kind: str, subject: str) -> bool:
        """It is over; False where nothing of it was open."""
        row = await self._sql.fetchval(
            """
            UPDATE "AdminEvent" SET closed_at = now() WHERE kind = $1 AND subject = $2 AND closed_at IS NULL
            RETURNING event_id
            """,
            kind,
            subject,
        )
        return row is not None

    async def get_open(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """The details of what is open of a kind, by subject."""
        rows = await self._sql.fetch(
            """SELECT subject, details FROM "AdminEvent" WHERE kind = $1 AND closed_at IS NULL""", kind
        )
        return {row["subject"]: row["details"] for row in rows}

    async def get_latest(self, *, limit: int, before: int | None = None) -> list[AdminEvent]:
        """The newest first; a page goes on before an event_id."""
        rows = await self._sql.fetch(
            """
            SELECT event_id, kind, subject, details, created_at, closed_at FROM "AdminEvent"
            WHERE $2::bigint IS NULL OR event_id < $2 ORDER BY event_id DESC LIMIT $1
            """,
            limit,
            before,
        )
        return [AdminEvent(**row) for row in rows]
