"""The end of a person's data, step by step, so that one that dies in the middle goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure and how far it has come."""

    erasure_id: int
    reference: str
    """What the person may quote."""
    user_id: int | None
    """None once it is complete: then nothing says whose data it was."""
    counts: Mapping[str, int]
    """What was erased: photos, training_photos, pictures, orders, models, drafts, invitations; vendor_copies that are
    deleted where they lie; tokens_left that were given up."""
    requested_at: datetime
    rows_erased_at: datetime | None
    completed_at: datetime | None


class ErasureRepository(Repository):
    """The table "Erasure", and the deletion of everything that is a person's."""

    async def request(self, user_id: int, reference: str) -> Erasure | None:
        """Ask for an erasure; one of this reference, or of the person and not begun, is answered again.

        None where such a one was committed meanwhile: ask again.
        """
        row = await self._sql.fetchrow(
            """
            WITH asked AS (
                INSERT INTO "Erasure" (user_id, reference) VALUES ($1, $2)
                ON CONFLICT DO NOTHING
                RETURNING erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at
            )
            SELECT * FROM asked
            UNION ALL
            SELECT erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at
            FROM "Erasure" WHERE reference = $2
            UNION ALL
            SELECT erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at
            FROM "Erasure" WHERE user_id = $1 AND rows_erased_at IS NULL
            LIMIT 1
            """,
            user_id,
            reference,
        )
        return Erasure(**row) if row else None

    async def count_erasable(self, user_id: int) -> dict[str, int]:
        """What an erasure would take: photos, pictures, training_photos, packs, and what is open: orders, refunds."""
        row = await self._sql.fetchrow(
            """
            SELECT (SELECT count(*) FROM "File" WHERE user_id = $1 AND kind = 'photo') AS photos,
                   (SELECT count(*) FROM "File" WHERE user_id = $1 AND kind = 'output') AS pictures,
                   (SELECT count(*) FROM "File" WHERE user_id = $1 AND kind = 'training') AS training_photos,
                   (SELECT count(*) FROM "Dataset" WHERE user_id = $1) AS packs,
                   (SELECT count(*) FROM "Task" WHERE user_id = $1 AND status IN ('queued', 'running')) AS open_orders,
                   (SELECT count(*) FROM "Model" WHERE user_id = $1) AS models,
                   (SELECT count(*) FROM "Refund" JOIN "Payment" p USING (payment_id)
                    WHERE p.user_id = $1 AND state = 'case') AS refund_cases
            """,
            user_id,
        )
        return dict(only(row))

    async def get(self, reference: str) -> Erasure | None:
        """The erasure with this reference, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at FROM "Erasure"
            WHERE reference = $1
            """,
            reference,
        )
        return Erasure(**row) if row else None

    async def get_open(self, limit: int) -> list[Erasure]:
        """Erasures that have not come to their end, oldest first."""
        rows = await self._sql.fetch(
            """
            SELECT erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at FROM "Erasure"
            WHERE completed_at IS NULL ORDER BY erasure_id LIMIT $1
            """,
            limit,
        )
        return [Erasure(**row) for row in rows]

    async def lock_person(self, erasure_id: int, user_id: int) -> bool:
        """Hold the person still for the transaction: nothing new is asked for meanwhile.

        False: another process has erased their rows already.
        """
        row = await self._sql.fetchval(
            """SELECT erasure_id FROM "Erasure" WHERE erasure_id = $1 AND rows_erased_at IS NULL FOR UPDATE""",
            erasure_id,
        )
        await self._sql.execute("""SELECT user_id FROM "User" WHERE user_id = $1 FOR UPDATE""", user_id)
        return row is not None

    async def erase_rows(self, erasure_id: int, user_id: int) -> None:
        """Delete everything of the person but the books, note the keys of their bytes, write the receipt.

        For a transaction that holds the person and whose person has no open task. The account in the books stays,
        with nobody behind it; payments stay, without a payer; a ban stays, as a digest that leads to nobody.
        """
        await self._keep_ban(user_id)
        tokens_left = await self._sql.fetchval("""SELECT tokens_left FROM "User" WHERE user_id = $1""", user_id)
        vendor_cost = await self._sum_vendor_cost(user_id)
        # Sets before their photos and analyses, as everywhere: whoever looks at a photo holds its set.
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE user_id = $1""", user_id)
        counts = {
            "tokens_left": tokens_left or 0,
            **await self._erase_files(user_id),
            **await self._erase_orders(user_id),
            "vendor_copies": await self._let_go_of_weights(erasure_id, user_id),
            "models": await self._count("""DELETE FROM "Model" WHERE user_id = $1""", user_id),
            "drafts": await self._count("""DELETE FROM "Draft" WHERE user_id = $1""", user_id),
            "invitations": await self._count(
                """DELETE FROM "ReferralInvite" WHERE referrer_id = $1 OR referred_id = $1""", user_id
            ),
        }
        await self._cut_off_payments(user_id)
        # Everything else that is a person's goes with this row.
        await self._sql.execute("""DELETE FROM "User" WHERE user_id = $1""", user_id)
        await self._sql.execute(
            """
            UPDATE "Erasure" SET rows_erased_at = now(), counts = $2, vendor_cost_microusd = $3 WHERE erasure_id = $1
            """,
            erasure_id,
            counts,
            vendor_cost,
        )

    async def complete(self, erasure_id: int) -> Erasure:
        """Nothing is left: forget whose it was. Asked twice it stays as it is."""
        row = await self._sql.fetchrow(
            """
            UPDATE "Erasure" SET completed_at = coalesce(completed_at, now()), user_id = NULL
            WHERE erasure_id = $1 AND rows_erased_at IS NOT NULL
            RETURNING erasure_id, reference, user_id, counts, requested_at, rows_erased_at, completed_at
            """,
            erasure_id,
        )
        return Erasure(**only(row))

    async def _sum_vendor_cost(self, user_id: int) -> int:
        """What vendors were paid for the person's orders, in millionths of a US dollar."""
        cost = await self._sql.fetchval(
            """
            SELECT coalesce(sum(cost_microusd), 0)::bigint FROM "VendorCall"
            WHERE task_id IN (SELECT task_id FROM "Task" WHERE user_id = $1)
            """,
            user_id,
        )
        return int(cost)

    async def _keep_ban(self, user_id: int) -> None:
        """Whoever is banned stays so, should they come again; a ban that somebody wrote by hand has no mark yet."""
        await self._sql.execute(
            """
            INSERT INTO "SpentKey" (digest)
            SELECT spent_key('ban:' || user_id) FROM "User" WHERE user_id = $1 AND banned_at IS NOT NULL
            ON CONFLICT (digest) DO NOTHING
            """,
            user_id,
        )

    async def _erase_files(self, user_id: int) -> dict[str, int]:
        """Photos and pictures, their bytes noted for erasure; returns how many of each."""
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" WHERE user_id = $1 RETURNING kind, storage_key, thumbnail_key, preview_key
            ), noted AS (
                INSERT INTO "ErasableFile" (storage_key)
                SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key, preview_key]) AS key
                WHERE key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
            )
            SELECT kind, count(*) AS files FROM gone GROUP BY kind
            """,
            user_id,
        )
        erased = {row["kind"]: row["files"] for row in rows}
        return {
            "photos": erased.get("photo", 0),
            "pictures": erased.get("output", 0),
            "training_photos": erased.get("training", 0),
        }

    async def _erase_orders(self, user_id: int) -> dict[str, int]:
        """Orders with their tasks, and what was still to be said about them; returns how many of each."""
        orders = await self._count("""DELETE FROM "Generation" WHERE user_id = $1""", user_id)
        await self._sql.execute(
            """DELETE FROM "Hold" WHERE task_id IN (SELECT task_id FROM "Task" WHERE user_id = $1)""", user_id
        )
        messages = await self._count("""DELETE FROM "Notification" WHERE user_id = $1""", user_id)
        await self._sql.execute("""DELETE FROM "Task" WHERE user_id = $1""", user_id)
        return {"orders": orders, "messages": messages}

    async def _let_go_of_weights(self, erasure_id: int, user_id: int) -> int:
        """Note the weights of the person's models for erasure, doom what lies at vendors; returns how many those are.

        The copies bear the receipt's reference from now on, and it tells what has become of them.
        """
        copies = await self._sql.fetchval(
            """
            WITH versions AS (
                SELECT v.version_id, v.weights_key FROM "Model" m JOIN "ModelVersion" v USING (model_id)
                WHERE m.user_id = $1
            ), noted AS (
                INSERT INTO "ErasableFile" (storage_key)
                SELECT weights_key FROM versions WHERE weights_key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
            ), told AS (
                UPDATE "VendorCopy" c SET receipt = (SELECT reference FROM "Erasure" WHERE erasure_id = $2),
                       due_at = CASE c.state WHEN 'kept' THEN now() ELSE c.due_at END,
                       state = CASE c.state WHEN 'kept' THEN 'doomed' ELSE c.state END
                FROM versions WHERE c.version_id = versions.version_id
                RETURNING c.state
            )
            SELECT count(*) FROM told WHERE state = 'doomed'
            """,
            user_id,
            erasure_id,
        )
        return int(copies)

    async def _cut_off_payments(self, user_id: int) -> None:
        """Payments stay, without a way back to who paid; cases that an admin was to look at are over.

        What Telegram must still be told of stands in "Refund" alone, and goes with its end.
        """
        await self._sql.execute(
            """
            WITH ended AS (
                UPDATE "Refund" SET state = 'declined', error = 'erased', closed_at = now()
                WHERE state = 'case' AND payment_id IN (SELECT payment_id FROM "Payment" WHERE user_id = $1)
                RETURNING payment_id
            )
            UPDATE "AdminEvent" SET closed_at = now()
            WHERE kind = 'refund_case' AND closed_at IS NULL
              AND subject IN (SELECT 'payment ' || payment_id FROM ended)
            """,
            user_id,
        )
        await self._sql.execute(
            """
            UPDATE "Payment" SET charge_id = NULL, provider_charge_id = NULL, invoice_id = NULL WHERE user_id = $1
            """,
            user_id,
        )

    async def _count(self, statement: str, *values: Any) -> int:
        """How many rows a DELETE took."""
        return int((await self._sql.execute(statement, *values)).rpartition(" ")[2])
