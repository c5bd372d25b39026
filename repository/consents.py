"""Leave to use a person's photos for a personal model, and everything that ends with it."""

from dataclasses import dataclass
from typing import Any

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What went with a consent."""

    training_photos: int
    analyses: int
    training_sets: int
    """Those that were still being collected."""
    faces: int
    """Versions of models that no longer know the face of their person."""
    storage_keys: list[str]
    """Of bytes whose erasure is noted."""


class ConsentRepository(Repository):
    """The table "Consent"."""

    async def is_given(self, user_id: int, wording: int) -> bool:
        """Whether the person has agreed to this wording, or to a later one."""
        row = await self._sql.fetchval(
            """SELECT user_id FROM "Consent" WHERE user_id = $1 AND wording >= $2""", user_id, wording
        )
        return row is not None

    async def hold(self, user_id: int, wording: int) -> bool:
        """Whether the consent is given, and then it stays given until the transaction ends.

        Locks the person before the consent, as an erasure and a withdrawal do: whoever comes second waits.
        """
        row = await self._sql.fetchval(
            """
            WITH person AS MATERIALIZED (
                SELECT user_id FROM "User" WHERE user_id = $1 FOR KEY SHARE
            )
            SELECT user_id FROM "Consent" WHERE user_id = (SELECT user_id FROM person) AND wording >= $2
            FOR KEY SHARE
            """,
            user_id,
            wording,
        )
        return row is not None

    async def give(self, user_id: int, wording: int) -> None:
        """Note the consent. Given twice it keeps its date; a later wording has a date of its own."""
        await self._sql.execute(
            """
            INSERT INTO "Consent" AS known (user_id, wording) VALUES ($1, $2)
            ON CONFLICT (user_id) DO UPDATE SET wording = excluded.wording, given_at = now()
            WHERE known.wording < excluded.wording
            """,
            user_id,
            wording,
        )

    async def withdraw(self, user_id: int) -> Withdrawn:
        """Take the consent back and with it all that rests on it; note the keys of the bytes.

        For a transaction. The person's lock comes first: no photo is added, no training asked for meanwhile, and who
        waits for it finds no consent. Open sets come before photos and analyses, as in every transaction here.
        """
        await self._sql.execute("""SELECT user_id FROM "User" WHERE user_id = $1 FOR UPDATE""", user_id)
        await self._sql.execute("""DELETE FROM "Consent" WHERE user_id = $1""", user_id)
        training_sets = await self._count(
            """DELETE FROM "TrainingSet" WHERE user_id = $1 AND state = 'open'""", user_id
        )
        analyses = await self._count("""DELETE FROM "PhotoAnalysis" WHERE user_id = $1""", user_id)
        faces = await self._count(
            """
            UPDATE "ModelVersion" SET face = NULL
            WHERE model_id IN (SELECT model_id FROM "Model" WHERE user_id = $1) AND face IS NOT NULL
            """,
            user_id,
        )
        # What vendors hold of the photos is theirs no longer either.
        await self._sql.execute(
            """
            UPDATE "VendorCopy" SET state = 'doomed', due_at = now()
            WHERE kind = 'photos' AND state = 'kept' AND version_id IN (
                SELECT v.version_id FROM "ModelVersion" v JOIN "Model" m USING (model_id) WHERE m.user_id = $1
            )
            """,
            user_id,
        )
        gone = await self._sql.fetchrow(
            """
            WITH gone AS (
                DELETE FROM "File" WHERE user_id = $1 AND kind = 'training'
                RETURNING storage_key, thumbnail_key
            ), noted AS (
                INSERT INTO "ErasableFile" (storage_key)
                SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
                RETURNING storage_key
            )
            SELECT (SELECT count(*) FROM gone) AS photos, ARRAY(SELECT storage_key FROM noted) AS storage_keys
            """,
            user_id,
        )
        photos, keys = (gone["photos"], list(gone["storage_keys"])) if gone else (0, [])
        return Withdrawn(photos, analyses, training_sets, faces, keys)

    async def _count(self, statement: str, *values: Any) -> int:
        """How many rows a statement changed."""
        return int((await self._sql.execute(statement, *values)).rpartition(" ")[2])
