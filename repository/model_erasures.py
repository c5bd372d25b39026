"""The end of a model: its rows, the keys of its bytes, what is told of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from repository.base import Repository, only
from repository.vendor_copies import CopyKind, CopyState


@dataclass(frozen=True, slots=True)
class ModelReceipt:
    """That a model was deleted. Nothing in it says whose it was."""

    reference: str
    """What the person may quote."""
    counts: Mapping[str, int]
    """What was erased here: versions, training_photos, pictures that stay, orders that were stopped."""
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class CopyFate:
    """What becomes of copies of one kind at one vendor."""

    backend: str
    kind: CopyKind
    state: CopyState
    copies: int


class ModelErasureRepository(Repository):
    """The table "ModelReceipt", and the deletion of everything that is a model's."""

    async def count_erasable(self, model_id: int) -> dict[str, int]:
        """What a deletion would take: versions, training_photos; what stays: pictures; what it stops: open_orders.

        copies: at vendors, not deleted yet.
        """
        row = await self._sql.fetchrow(
            """
            WITH sets AS (
                SELECT set_id FROM "ModelVersion" WHERE model_id = $1 AND set_id IS NOT NULL
                UNION SELECT set_id FROM "TrainingSet" WHERE model_id = $1
            )
            SELECT (SELECT count(*) FROM "ModelVersion" WHERE model_id = $1) AS versions,
                   (SELECT count(DISTINCT file_id) FROM sets JOIN "TrainingPhoto" USING (set_id)) AS training_photos,
                   (SELECT count(*) FROM "Generation" g JOIN "File" f USING (generation_id) WHERE g.model_id = $1)
                       AS pictures,
                   (SELECT count(*) FROM "Generation" g JOIN "Task" t USING (task_id)
                    WHERE g.model_id = $1 AND t.status IN ('queued', 'running')) AS open_orders,
                   (SELECT count(*) FROM "ModelVersion" v JOIN "VendorCopy" c USING (version_id)
                    WHERE v.model_id = $1 AND c.state IN ('kept', 'doomed')) AS copies
            """,
            model_id,
        )
        return dict(only(row))

    async def lock_model(self, model_id: int, user_id: int) -> bool:
        """Hold the model still for the transaction, so that no training of it begins; False: no such model."""
        row = await self._sql.fetchval(
            """SELECT model_id FROM "Model" WHERE model_id = $1 AND user_id = $2 FOR UPDATE""", model_id, user_id
        )
        return row is not None

    async def get_open_trainings(self, model_id: int) -> list[UUID]:
        """The tasks that train the model and have not ended."""
        rows = await self._sql.fetch(
            """
            SELECT t.task_id FROM "ModelVersion" v JOIN "Task" t USING (task_id)
            WHERE v.model_id = $1 AND t.status IN ('queued', 'running')
            """,
            model_id,
        )
        return [row["task_id"] for row in rows]

    async def get_open_orders(self, model_id: int) -> list[UUID]:
        """The tasks that make pictures with the model and have not ended."""
        rows = await self._sql.fetch(
            """
            SELECT t.task_id FROM "Generation" g JOIN "Task" t USING (task_id)
            WHERE g.model_id = $1 AND t.status IN ('queued', 'running')
            """,
            model_id,
        )
        return [row["task_id"] for row in rows]

    async def erase_model(self, model_id: int, reference: str, stopped: int) -> ModelReceipt:
        """Delete everything of the model but its pictures, note the keys of its bytes, write the receipt.

        For a transaction that holds the model, of which no training is open. Orders keep their price and their place
        in the books; what they say of the person's looks goes. stopped: orders that were stopped before.
        """
        pictures = await self._sql.fetchval(
            """
            SELECT count(*) FROM "Generation" g JOIN "File" f USING (generation_id) WHERE g.model_id = $1
            """,
            model_id,
        )
        photos = await self._erase_photos(model_id)
        await self._sql.execute(
            """
            UPDATE "VendorCopy" SET receipt = $2,
                   due_at = CASE state WHEN 'kept' THEN now() ELSE due_at END,
                   state = CASE state WHEN 'kept' THEN 'doomed' ELSE state END
            WHERE version_id IN (SELECT version_id FROM "ModelVersion" WHERE model_id = $1)
            """,
            model_id,
            reference,
        )
        await self._sql.execute(
            """
            UPDATE "Task" t SET order_json = (
                t.order_json::jsonb || '{"trigger_word": "erased"}' || jsonb_build_object('photos', (
                    SELECT jsonb_agg(photo || '{"words": "erased"}')
                    FROM jsonb_array_elements(t.order_json::jsonb -> 'photos') AS photo
                ))
            )::text
            FROM "ModelVersion" v WHERE v.task_id = t.task_id AND v.model_id = $1 AND t.kind = 'train'
            """,
            model_id,
        )
        versions = await self._sql.fetchval(
            """
            WITH gone AS (
                DELETE FROM "ModelVersion" WHERE model_id = $1 RETURNING weights_key
            ), noted AS (
                INSERT INTO "ErasableFile" (storage_key) SELECT weights_key FROM gone WHERE weights_key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
            )
            SELECT count(*) FROM gone
            """,
            model_id,
        )
        await self._sql.execute("""DELETE FROM "Model" WHERE model_id = $1""", model_id)
        counts = {"versions": versions, "training_photos": photos, "pictures": pictures, "orders_stopped": stopped}
        row = await self._sql.fetchrow(
            """
            INSERT INTO "ModelReceipt" (reference, counts) VALUES ($1, $2) RETURNING reference, counts, erased_at
            """,
            reference,
            counts,
        )
        return ModelReceipt(**only(row))

    async def get_receipt(self, reference: str) -> ModelReceipt | None:
        """The receipt with this reference, or None."""
        row = await self._sql.fetchrow(
            """SELECT reference, counts, erased_at FROM "ModelReceipt" WHERE reference = $1""", reference
        )
        return ModelReceipt(**row) if row else None

    async def get_fates(self, reference: str) -> list[CopyFate]:
        """What has become of the copies at vendors that a receipt, of a model or of a person, tells of."""
        rows = await self._sql.fetch(
            """
            SELECT backend, kind, state, count(*) AS copies FROM "VendorCopy" WHERE receipt = $1
            GROUP BY backend, kind, state ORDER BY backend, kind, state
            """,
            reference,
        )
        return [CopyFate(row["backend"], CopyKind(row["kind"]), CopyState(row["state"]), row["copies"]) for row in rows]

    async def _erase_photos(self, model_id: int) -> int:
        """Delete the sets of a model with their photos and what was measured on them; returns how many photos.

        A photo that another model was trained with too is that one's. Sets are held before their photos, as everywhere.
        """
        sets = [
            row["set_id"]
            for row in await self._sql.fetch(
                """
                SELECT set_id FROM "TrainingSet" WHERE set_id = ANY (ARRAY(
                    SELECT set_id FROM "ModelVersion" WHERE model_id = $1 AND set_id IS NOT NULL
                    UNION SELECT set_id FROM "TrainingSet" WHERE model_id = $1
                )) ORDER BY set_id FOR UPDATE
                """,
                model_id,
            )
        ]
        photos = await self._sql.fetchval(
            """
            WITH gone AS (
                DELETE FROM "File" f
                WHERE kind = 'training' AND file_id = ANY (
                    ARRAY(SELECT file_id FROM "TrainingPhoto" WHERE set_id = ANY ($1::bigint[]))
                ) AND NOT EXISTS (
                    SELECT FROM "TrainingPhoto" p WHERE p.file_id = f.file_id AND p.set_id <> ALL ($1::bigint[])
                )
                RETURNING storage_key, thumbnail_key, preview_key
            ), noted AS (
                INSERT INTO "ErasableFile" (storage_key)
                SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key, preview_key]) AS key
                WHERE key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
            )
            SELECT count(*) FROM gone
            """,
            sets,
        )
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE set_id = ANY ($1::bigint[])""", sets)
        return int(photos)
