"""What a training brings: weights in our storage, names under which vendors serve them, and what it leaves there."""

from datetime import timedelta
from uuid import UUID

from repository.base import Repository


class VersionWeightsRepository(Repository):
    """Weights of "ModelVersion", and the tables "ModelServing" and "VendorCopy"."""

    async def keep_weights(self, version_id: int, key: str, size_bytes: int, sha256: bytes) -> None:
        """Write down where the weights lie. For the transaction that notes their call as done."""
        await self._sql.execute(
            """
            UPDATE "ModelVersion" SET weights_key = $2, weights_bytes = $3, weights_sha256 = $4
            WHERE version_id = $1 AND status = 'training'
            """,
            version_id,
            key,
            size_bytes,
            sha256,
        )

    async def add_serving(self, version_id: int, backend: str, vendor_id: str) -> None:
        """The version can be used at this backend under this name. Told again it stays as it is."""
        await self._sql.execute(
            """
            INSERT INTO "ModelServing" (version_id, backend, vendor_id)
            SELECT version_id, $2, $3 FROM "ModelVersion" WHERE version_id = $1
            ON CONFLICT (version_id, backend) DO NOTHING
            """,
            version_id,
            backend,
            vendor_id,
        )

    async def get_serving(self, version_id: int) -> dict[str, str]:
        """By backend, the name under which the version is ready there."""
        rows = await self._sql.fetch(
            """SELECT backend, vendor_id FROM "ModelServing" WHERE version_id = $1""", version_id
        )
        return {row["backend"]: row["vendor_id"] for row in rows}

    async def add_copy(self, version_id: int, backend: str, kind: str, vendor_id: str) -> None:
        """Note what lies at a vendor (kind: photos, model) and must go when its model goes. Told again it stays.

        Where the version is gone by now, what lies there is to be deleted at once.
        """
        await self._sql.execute(
            """
            INSERT INTO "VendorCopy" (version_id, backend, kind, vendor_id, state)
            SELECT v.version_id, $2, $3, $4, CASE WHEN v.status <> 'error' THEN 'kept' ELSE 'doomed' END
            FROM (SELECT 1) AS one LEFT JOIN "ModelVersion" v ON v.version_id = $1
            ON CONFLICT (backend, kind, vendor_id) DO NOTHING
            """,
            version_id,
            backend,
            kind,
            vendor_id,
        )

    async def doom_unfinished(self, version_id: int, task_id: UUID, arrived_within: timedelta) -> None:
        """Whatever the calls of a training that did not end well may have left at their vendors must go.

        A training is named by its vendor's reference. What has none that was written down, and a registration, which
        is to make something of another name, has ours, `calls/<call_id>`: it is looked for once it cannot be on its
        way any more. For the transaction that ends the task.
        """
        await self._sql.execute(
            """
            INSERT INTO "VendorCopy" (version_id, backend, kind, vendor_id, state, due_at)
            SELECT $1, backend, 'model',
                   CASE WHEN step > 0 OR vendor_ref IS NULL THEN 'calls/' || call_id ELSE vendor_ref END, 'doomed',
                   CASE WHEN vendor_ref IS NULL THEN created_at + $3 ELSE now() END
            FROM "VendorCall"
            WHERE task_id = $2
              AND (state IN ('prepared', 'sent', 'unknown')
                   OR (state = 'failed' AND vendor_ref IS NOT NULL AND step = 0))
            ON CONFLICT (backend, kind, vendor_id) DO NOTHING
            """,
            version_id,
            task_id,
            arrived_within,
        )

    async def note_unused_weights(self, task_id: UUID) -> None:
        """Note for erasure what attempts at a training may have stored. For the transaction in which it fails."""
        await self._sql.execute(
            """
            INSERT INTO "ErasableFile" (storage_key)
            SELECT 'weights/' || call_id || '.safetensors' FROM "VendorCall" WHERE task_id = $1 AND step = 0
            ON CONFLICT (storage_key) DO NOTHING
            """,
            task_id,
        )

    async def note_stored_in_vain(self, task_id: UUID, storage_key: str) -> None:
        """Note weights for erasure that came after their training's end, unless they are those of its version.

        While the task is open another attempt may store under the same key; its end sees to that.
        """
        await self._sql.execute(
            """
            INSERT INTO "ErasableFile" (storage_key)
            SELECT $2 WHERE NOT EXISTS (SELECT FROM "Task" WHERE task_id = $1 AND status IN ('queued', 'running'))
                        AND NOT EXISTS (SELECT FROM "ModelVersion" WHERE weights_key = $2)
            ON CONFLICT (storage_key) DO NOTHING
            """,
            task_id,
            storage_key,
        )
