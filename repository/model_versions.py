"""Trainings of personal models: each is a version. The newest that is ready is the one in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from repository.base import Repository, only
from repository.models import ModelStatus


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One training of a model, and what came of it."""

    version_id: int
    model_id: int
    number: int
    """From 1, in the order in which they were asked for."""
    task_id: UUID | None
    set_id: int | None
    status: ModelStatus
    is_free: bool
    """Trained anew for nothing, as a model can be once."""
    photos: int
    architecture: str
    weights_key: str | None
    """Where the checked safetensors file lies in the storage."""
    weights_bytes: int | None
    weights_sha256: bytes | None
    stop_units: int
    """Units of its task that are charged where it is stopped after a vendor has begun with it."""
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A version beside what its model is called, for whoever tells of it."""

    version: ModelVersion
    model_id: int
    user_id: int
    name: str
    version_in_use: int | None


class ModelVersionRepository(Repository):
    """The tables "ModelVersion" and "ModelServing"; of "TrainingSet" and "Model" what a training does with them."""

    async def use_set(self, set_id: int, file_ids: Sequence[UUID]) -> int:
        """Take a set for a training with these photos; returns how many of them are gone. For who holds the set."""
        await self._sql.execute(
            """
            UPDATE "TrainingSet" SET state = 'used', revision = revision + 1, updated_at = now() WHERE set_id = $1
            """,
            set_id,
        )
        kept = await self._sql.fetchval(
            """SELECT count(*) FROM "TrainingPhoto" WHERE set_id = $1 AND file_id = ANY ($2::uuid[])""",
            set_id,
            list(file_ids),
        )
        return len(file_ids) - int(only(kept))

    async def hold_model(self, model_id: int, user_id: int) -> bool:
        """Whether the model is the person's, and then it stays until the transaction ends.

        Before its sets, as its deletion does: whoever comes second waits.
        """
        row = await self._sql.fetchval(
            """SELECT model_id FROM "Model" WHERE model_id = $1 AND user_id = $2 FOR KEY SHARE""", model_id, user_id
        )
        return row is not None

    async def is_training(self, model_id: int) -> bool:
        """Whether a training of the model has not ended."""
        row = await self._sql.fetchval(
            """SELECT version_id FROM "ModelVersion" WHERE model_id = $1 AND status = 'training'""", model_id
        )
        return row is not None

    async def add_model(
        self, user_id: int, name: str, trigger_word: str, subject_class: str, characteristics: Mapping[str, Any]
    ) -> int:
        """Note a model that is about to be trained for the first time; returns its model_id."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "Model" (user_id, name, trigger_word, subject_class, characteristics)
            VALUES ($1, $2, $3, $4, $5) RETURNING model_id
            """,
            user_id,
            name,
            trigger_word,
            subject_class,
            dict(characteristics),
        )
        return int(only(row))

    async def describe_anew(
        self, model_id: int, user_id: int, subject_class: str, characteristics: Mapping[str, Any]
    ) -> str | None:
        """A model of the person's is trained anew, with what is said of it now; returns its trigger word.

        None where there is no such model. Locks its row: of several new trainings asked for at once each sees what
        the one before it wrote.
        """
        trigger_word: str | None = await self._sql.fetchval(
            """
            UPDATE "Model" SET subject_class = $3, characteristics = $4, updated_at = now()
            WHERE model_id = $1 AND user_id = $2
            RETURNING trigger_word
            """,
            model_id,
            user_id,
            subject_class,
            dict(characteristics),
        )
        return trigger_word

    async def is_free(self, model_id: int, user_id: int, within: timedelta) -> bool:
        """Whether the next training of this model costs nothing: it became ready of late, and none was free before.

        A free one that failed does not count; one that was stopped does where a vendor had it (`VendorCall.is_taken`),
        as it is paid for. Decided for good only in the transaction of `describe_anew`.
        """
        return bool(
            await self._sql.fetchval(
                """
                SELECT v.finished_at > now() - $3::interval AND NOT EXISTS (
                    SELECT FROM "ModelVersion" f WHERE f.model_id = m.model_id AND f.is_free AND (
                        f.status <> 'error' OR EXISTS (
                            SELECT FROM "Task" t JOIN "VendorCall" c USING (task_id)
                            WHERE t.task_id = f.task_id AND t.status = 'cancelled' AND c.step = 0
                              AND (c.state = 'done' OR (c.vendor_ref IS NOT NULL AND c.state <> 'failed')
                                   OR (c.state = 'failed' AND c.failure_kind IS NULL AND c.cost_microusd > 0)))))
                FROM "Model" m JOIN "ModelVersion" v USING (version_id)
                WHERE m.model_id = $1 AND m.user_id = $2
                """,
                model_id,
                user_id,
                within,
            )
        )

    async def add(
        self,
        model_id: int,
        set_id: int,
        *,
        subject_class: str,
        is_free: bool,
        photos: int,
        architecture: str,
        stop_units: int,
        face: bytes | None,
    ) -> ModelVersion | None:
        """Note a training that is asked for, without its task yet; None where one of this model has not ended.

        subject_class: whom its captions say the photos show, as in `SubjectClass`.
        """
        row = await self._sql.fetchrow(
            """
            INSERT INTO "ModelVersion" (model_id, number, set_id, subject_class, is_free, photos, architecture,
                                        stop_units, face)
            SELECT $1, coalesce((SELECT max(number) FROM "ModelVersion" WHERE model_id = $1), 0) + 1,
                   $2, $3, $4, $5, $6, $7, $8
            ON CONFLICT (model_id) WHERE status = 'training' DO NOTHING
            RETURNING version_id, model_id, number, task_id, set_id, status, is_free, photos, architecture,
                      weights_key, weights_bytes, weights_sha256, stop_units, created_at, finished_at
            """,
            model_id,
            set_id,
            subject_class,
            is_free,
            photos,
            architecture,
            stop_units,
            face,
        )
        return version_of(row) if row else None

    async def link_task(self, version_id: int, task_id: UUID) -> None:
        """This task trains the version. For the transaction that notes both."""
        await self._sql.execute("""UPDATE "ModelVersion" SET task_id = $2 WHERE version_id = $1""", version_id, task_id)

    async def get(self, version_id: int) -> ModelVersion | None:
        """The version, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT version_id, model_id, number, task_id, set_id, status, is_free, photos, architecture,
                   weights_key, weights_bytes, weights_sha256, stop_units, created_at, finished_at
            FROM "ModelVersion" WHERE version_id = $1
            """,
            version_id,
        )
        return version_of(row) if row else None

    async def get_by_task(self, task_id: UUID) -> TrainedModel | None:
        """The training that this task is, with its model; None where the model is deleted."""
        row = await self._sql.fetchrow(
            """
            SELECT v.version_id, v.model_id, v.number, v.task_id, v.set_id, v.status, v.is_free, v.photos,
                   v.architecture, v.weights_key, v.weights_bytes, v.weights_sha256, v.stop_units, v.created_at,
                   v.finished_at, m.user_id, m.name, m.version_id AS version_in_use
            FROM "ModelVersion" v JOIN "Model" m USING (model_id) WHERE v.task_id = $1
            """,
            task_id,
        )
        return _trained_model(row) if row else None

    async def get_with_model(self, version_id: int) -> TrainedModel | None:
        """The training with its model, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT v.version_id, v.model_id, v.number, v.task_id, v.set_id, v.status, v.is_free, v.photos,
                   v.architecture, v.weights_key, v.weights_bytes, v.weights_sha256, v.stop_units, v.created_at,
                   v.finished_at, m.user_id, m.name, m.version_id AS version_in_use
            FROM "ModelVersion" v JOIN "Model" m USING (model_id) WHERE v.version_id = $1
            """,
            version_id,
        )
        return _trained_model(row) if row else None

    async def make_ready(self, version_id: int) -> bool:
        """The training is done: its version is the one in use from now on; False where it has ended already.

        Locks the person before the version, as a withdrawal of consent does: whoever comes second waits.
        """
        row = await self._sql.fetchval(
            """
            WITH person AS MATERIALIZED (
                SELECT user_id FROM "User" WHERE user_id = (
                    SELECT m.user_id FROM "ModelVersion" v JOIN "Model" m USING (model_id) WHERE v.version_id = $1
                ) FOR KEY SHARE
            ), ready AS (
                UPDATE "ModelVersion" SET status = 'ready', finished_at = now()
                WHERE version_id = $1 AND status = 'training' AND (SELECT user_id FROM person) IS NOT NULL
                RETURNING version_id, model_id
            )
            UPDATE "Model" m SET status = 'ready', version_id = ready.version_id, updated_at = now()
            FROM ready WHERE m.model_id = ready.model_id
            RETURNING m.model_id
            """,
            version_id,
        )
        return row is not None

    async def collect_again(self, version_id: int) -> int | None:
        """Put the photos of a training that came to nothing into an open set, so that nobody has to send them twice.

        Returns its set_id; None where the person collects for something already, or there are no photos. No card is
        sent for it: it is found where photos are sent. For the transaction of `make_failed`, which holds person and
        model: neither of them, nor a photo, is erased before its end.
        """
        set_id: int | None = await self._sql.fetchval(
            """
            WITH source AS (
                SELECT s.set_id, s.user_id, v.model_id, s.name, s.subject_class, s.characteristics
                FROM "ModelVersion" v JOIN "TrainingSet" s USING (set_id)
                WHERE v.version_id = $1 AND EXISTS (SELECT FROM "TrainingPhoto" p WHERE p.set_id = s.set_id)
            )
            INSERT INTO "TrainingSet" (user_id, model_id, name, subject_class, characteristics, shown_revision)
            SELECT user_id, model_id, name, subject_class, characteristics, 0 FROM source
            ON CONFLICT (user_id) WHERE state = 'open' DO NOTHING
            RETURNING set_id
            """,
            version_id,
        )
        if set_id is not None:
            await self._sql.execute(
                """
                INSERT INTO "TrainingPhoto" (set_id, file_id, place, added_at)
                SELECT $2, p.file_id, p.place, p.added_at
                FROM "ModelVersion" v JOIN "TrainingPhoto" p USING (set_id) WHERE v.version_id = $1
                """,
                version_id,
                set_id,
            )
        return set_id

    async def make_failed(self, version_id: int) -> bool:
        """The training came to nothing: its model stays on the version before, where there is one.

        Its weights are noted to be erased, and what lies at vendors to be deleted. False where it has ended already.
        Locks the person before the version, as a withdrawal of consent does: whoever comes second waits.
        """
        row = await self._sql.fetchval(
            """
            WITH person AS MATERIALIZED (
                SELECT user_id FROM "User" WHERE user_id = (
                    SELECT m.user_id FROM "ModelVersion" v JOIN "Model" m USING (model_id) WHERE v.version_id = $1
                ) FOR KEY SHARE
            ), before AS (
                SELECT version_id, model_id, weights_key FROM "ModelVersion"
                WHERE version_id = $1 AND status = 'training' AND (SELECT user_id FROM person) IS NOT NULL
                FOR UPDATE
            ), failed AS (
                UPDATE "ModelVersion" v SET status = 'error', finished_at = now(), weights_key = NULL,
                                            weights_bytes = NULL, weights_sha256 = NULL, face = NULL
                FROM before WHERE v.version_id = before.version_id
            ), erasable AS (
                INSERT INTO "ErasableFile" (storage_key) SELECT weights_key FROM before WHERE weights_key IS NOT NULL
                ON CONFLICT (storage_key) DO NOTHING
            ), unserved AS (
                DELETE FROM "ModelServing" s USING before WHERE s.version_id = before.version_id
            ), doomed AS (
                UPDATE "VendorCopy" c SET state = 'doomed', due_at = now()
                FROM before WHERE c.version_id = before.version_id AND c.state = 'kept'
            )
            UPDATE "Model" m SET status = CASE WHEN m.version_id IS NULL THEN 'error' ELSE 'ready' END,
                                 updated_at = now()
            FROM before WHERE m.model_id = before.model_id
            RETURNING m.model_id
            """,
            version_id,
        )
        return row is not None


def version_of(row: asyncpg.Record) -> ModelVersion:
    """The record of a row of "ModelVersion"."""
    return ModelVersion(**{**row, "status": ModelStatus(row["status"])})


def _trained_model(row: asyncpg.Record) -> TrainedModel:
    fields = dict(row)
    model = {name: fields.pop(name) for name in ("user_id", "name", "version_in_use")}
    version = ModelVersion(**{**fields, "status": ModelStatus(fields["status"])})
    return TrainedModel(version=version, model_id=version.model_id, **model)
