"""Photos of trainings that have served their time."""

from collections.abc import Sequence
from datetime import timedelta

from repository.base import Repository


class PhotoExpiryRepository(Repository):
    """The tables "TrainingSet" and "TrainingPhoto", as far as time takes from them.

    How long photos are kept stands in "Limit" under `training_photo_days`: from the end of the last training that they
    were there for, or where there was none from the last word about their open set. That they are in an open set again
    changes nothing about it.
    """

    async def lock_used(self, limit: int) -> list[int]:
        """Sets whose trainings ended so long ago that their photos must go, the oldest first; held by nobody else."""
        rows = await self._sql.fetch(
            """
            WITH term AS MATERIALIZED (
                SELECT now() - amount * interval '1 day' AS ended FROM "Limit" WHERE kind = 'training_photo_days'
            )
            SELECT set_id FROM "TrainingSet" s
            WHERE state = 'used' AND photos_erased_at IS NULL AND updated_at < (SELECT ended FROM term)
              AND NOT EXISTS (
                  SELECT FROM "ModelVersion" v WHERE v.set_id = s.set_id
                  AND (v.finished_at IS NULL OR v.finished_at >= (SELECT ended FROM term))
              )
            ORDER BY updated_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED
            """,
            limit,
        )
        return [row["set_id"] for row in rows]

    async def lock_sharing(self, set_ids: Sequence[int]) -> list[int]:
        """Open sets with photos of these sets, held still: whoever orders with one of them is waited for."""
        rows = await self._sql.fetch(
            """
            SELECT set_id FROM "TrainingSet"
            WHERE state = 'open' AND set_id = ANY (ARRAY(
                SELECT q.set_id FROM "TrainingPhoto" p JOIN "TrainingPhoto" q USING (file_id)
                WHERE p.set_id = ANY ($1::bigint[]) AND q.set_id <> ALL ($1::bigint[])
            ))
            ORDER BY set_id FOR UPDATE
            """,
            list(set_ids),
        )
        return [row["set_id"] for row in rows]

    async def lock_untouched(self, limit: int) -> list[int]:
        """Open sets that nobody has touched for as long, the oldest first; held by nobody else."""
        rows = await self._sql.fetch(
            """
            SELECT set_id FROM "TrainingSet"
            WHERE state = 'open' AND updated_at < now() - interval '1 day' * (
                SELECT amount FROM "Limit" WHERE kind = 'training_photo_days'
            )
            ORDER BY updated_at LIMIT $1 FOR UPDATE SKIP LOCKED
            """,
            limit,
        )
        return [row["set_id"] for row in rows]

    async def erase_photos(self, set_ids: Sequence[int]) -> list[str]:
        """Delete the photos of these sets with what was measured on them, and note their bytes for erasure.

        A photo that a later training used too stays until that one's time comes. Returns the keys.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" f
                WHERE kind = 'training' AND file_id = ANY (
                    ARRAY(SELECT file_id FROM "TrainingPhoto" WHERE set_id = ANY ($1::bigint[]))
                ) AND NOT EXISTS (
                    SELECT FROM "TrainingPhoto" p JOIN "TrainingSet" s USING (set_id)
                    WHERE p.file_id = f.file_id AND p.set_id <> ALL ($1::bigint[])
                      AND s.state = 'used' AND s.photos_erased_at IS NULL
                )
                RETURNING storage_key, thumbnail_key, preview_key
            ), keys AS (
                SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key, preview_key]) AS key
                WHERE key IS NOT NULL
            )
            INSERT INTO "ErasableFile" (storage_key) SELECT key FROM keys
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            list(set_ids),
        )
        return [row["storage_key"] for row in rows]

    async def mark_erased(self, set_ids: Sequence[int]) -> None:
        """The photos of these sets are gone; what they were trained into stays."""
        await self._sql.execute(
            """UPDATE "TrainingSet" SET photos_erased_at = now() WHERE set_id = ANY ($1::bigint[])""", list(set_ids)
        )

    async def tell_cards(self, set_ids: Sequence[int]) -> None:
        """What the cards of these sets show has changed; nobody has said a word about them."""
        await self._sql.execute(
            """UPDATE "TrainingSet" SET revision = revision + 1 WHERE set_id = ANY ($1::bigint[])""", list(set_ids)
        )

    async def drop_sets(self, set_ids: Sequence[int]) -> None:
        """Delete open sets whose photos are gone."""
        await self._sql.execute(
            """DELETE FROM "TrainingSet" WHERE set_id = ANY ($1::bigint[]) AND state = 'open'""", list(set_ids)
        )

    async def forget_removed(self, age: timedelta) -> None:
        """Forget what brought photos that were taken out so long ago: it comes no more."""
        await self._sql.execute("""DELETE FROM "RemovedPhoto" WHERE removed_at < now() - $1::interval""", age)
