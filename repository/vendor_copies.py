"""What of people lies at vendors, until it is deleted there."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from repository.base import Repository


class CopyKind(StrEnum):
    """What it is."""

    PHOTOS = "photos"
    """The photos of a training, handed over for it."""
    MODEL = "model"
    """Trained weights."""


class CopyState(StrEnum):
    """How far its deletion has come."""

    KEPT = "kept"
    """It is in use."""
    DOOMED = "doomed"
    """It must go."""
    DELETED = "deleted"
    STAYS = "stays"
    """The vendor offers no way to delete it."""


@dataclass(frozen=True, slots=True)
class VendorCopy:
    """A copy that must go."""

    copy_id: int
    backend: str
    kind: CopyKind
    vendor_id: str
    """The vendor's name for it."""
    attempt: int
    """How manieth try to delete it this is, from 1."""


class VendorCopyRepository(Repository):
    """The table "VendorCopy"."""

    async def doom_unused(self) -> int:
        """Mark what nobody has a use for: copies whose version is gone, photos of trainings that are over.

        Returns how many those were.
        """
        marked = await self._sql.execute(
            """
            UPDATE "VendorCopy" SET state = 'doomed', due_at = now()
            WHERE copy_id = ANY (ARRAY(
                SELECT copy_id FROM "VendorCopy" WHERE version_id IS NULL AND state = 'kept'
                UNION ALL
                SELECT c.copy_id FROM "VendorCopy" c JOIN "ModelVersion" v USING (version_id)
                WHERE c.kind = 'photos' AND c.state = 'kept' AND v.status <> 'training'
            )) AND state = 'kept'
            """
        )
        return int(marked.rpartition(" ")[2])

    async def claim(self, first_pause: timedelta, longest_pause: timedelta, limit: int) -> list[VendorCopy]:
        """Take what is due for one try each, the one that has waited longest first.

        SKIP LOCKED: two workers never both get a row. What is neither closed nor postponed comes again after a pause
        that doubles with each try, without an end: so does what a worker dies with.
        """
        rows = await self._sql.fetch(
            """
            UPDATE "VendorCopy" SET attempt = attempt + 1,
                   due_at = now() + least($1::interval * power(2, least(attempt, 20)), $2::interval)
            WHERE copy_id = ANY (ARRAY(
                SELECT copy_id FROM "VendorCopy" WHERE state = 'doomed' AND due_at <= now()
                ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ))
            RETURNING copy_id, backend, kind, vendor_id, attempt
            """,
            first_pause,
            longest_pause,
            limit,
        )
        return [VendorCopy(**{**row, "kind": CopyKind(row["kind"])}) for row in rows]

    async def close(self, copy_id: int, state: CopyState, error: str | None = None) -> None:
        """Note that it is deleted, or that it stays and why. The name of what is deleted is forgotten."""
        await self._sql.execute(
            """
            UPDATE "VendorCopy" SET state = $2, error = $3, closed_at = now(),
                   vendor_id = CASE $2 WHEN 'deleted' THEN 'deleted-' || copy_id ELSE vendor_id END
            WHERE copy_id = $1 AND state = 'doomed'
            """,
            copy_id,
            state.value,
            error,
        )

    async def note_failure(self, copy_id: int, error: str) -> None:
        """Keep why the last try brought nothing."""
        await self._sql.execute("""UPDATE "VendorCopy" SET error = $2 WHERE copy_id = $1""", copy_id, error)
