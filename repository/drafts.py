"""What a person is composing."""

from collections.abc import Mapping

from repository.base import Repository, only


class DraftRepository(Repository):
    """The table "Draft". The content's shape belongs to services.drafts.drafts."""

    async def create(self, user_id: int, content: Mapping[str, object]) -> int:
        """Begin a draft; returns its draft_id."""
        row = await self._sql.fetchval(
            """INSERT INTO "Draft" (user_id, content) VALUES ($1, $2) RETURNING draft_id""", user_id, content
        )
        return int(only(row))

    async def read(self, draft_id: int, user_id: int) -> dict[str, object] | None:
        """The content, or None where this person has no such draft."""
        content: dict[str, object] | None = await self._sql.fetchval(
            """SELECT content FROM "Draft" WHERE draft_id = $1 AND user_id = $2""", draft_id, user_id
        )
        return content

    async def replace(self, draft_id: int, user_id: int, content: Mapping[str, object]) -> bool:
        """Write a new content; False where this person has no such draft or it is already ordered.

        A draft is ordered once a task bears its key: what was asked must stay readable as it was.
        """
        row = await self._sql.fetchval(
            """
            UPDATE "Draft" SET content = $3, updated_at = now()
            WHERE draft_id = $1 AND user_id = $2
              AND NOT EXISTS (
                  SELECT FROM "Task"
                  WHERE user_id = $2
                    AND idempotency_key IN ('draft:' || $1::bigint::text, 'pack:' || $1::bigint::text)
              )
            RETURNING draft_id
            """,
            draft_id,
            user_id,
            content,
        )
        return row is not None
