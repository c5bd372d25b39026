"""What the admins have not been told yet, and who they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from repository.admin_events import AdminEvent
from repository.base import Repository


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody to be told, in their language."""

    user_id: int
    locale: str


class AdminNewsRepository(Repository):
    """The table "AdminEvent" as it is told."""

    async def get_untold(self, first: Collection[str], limit: int) -> list[AdminEvent]:
        """What nobody was told of: of these kinds first, and the oldest first."""
        rows = await self._sql.fetch(
            """
            SELECT event_id, kind, subject, details, created_at, closed_at FROM "AdminEvent"
            WHERE told_at IS NULL ORDER BY kind = ANY ($1::text[]) DESC, event_id LIMIT $2
            """,
            list(first),
            limit,
        )
        return [AdminEvent(**row) for row in rows]

    async def mark_told(self, event_ids: Sequence[int]) -> None:
        """These were told. By their ids: one with a smaller id may be committed only now."""
        await self._sql.execute(
            """
            UPDATE "AdminEvent" SET told_at = now() WHERE event_id = ANY ($1::bigint[]) AND told_at IS NULL
            """,
            event_ids,
        )

    async def get_admins(self, named: Collection[int]) -> list[Admin]:
        """The admins who met the bot and did not stop it: those with the right, and those of these ids."""
        rows = await self._sql.fetch(
            """
            SELECT user_id, locale FROM "User"
            WHERE is_admin AND user_id > 0 AND blocked_bot_at IS NULL AND banned_at IS NULL
            UNION
            SELECT user_id, locale FROM "User"
            WHERE user_id = ANY ($1::bigint[]) AND user_id > 0 AND blocked_bot_at IS NULL AND banned_at IS NULL
            ORDER BY user_id
            """,
            list(named),
        )
        return [Admin(**row) for row in rows]

    async def get_open_subjects(self, kind: str, limit: int) -> list[str]:
        """What is open of a kind."""
        rows = await self._sql.fetch(
            """SELECT subject FROM "AdminEvent" WHERE kind = $1 AND closed_at IS NULL ORDER BY subject LIMIT $2""",
            kind,
            limit,
        )
        return [row["subject"] for row in rows]

    async def count_open(self, kind: str) -> int:
        """How much is open of a kind."""
        return int(
            await self._sql.fetchval(
                """SELECT count(*) FROM "AdminEvent" WHERE kind = $1 AND closed_at IS NULL""", kind
            )
        )
