"""People with models, made row by row: whoever trains has tests of their own."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from config.failpoints import Write
from db.pool import Database
from services.orders import SubjectClass, TrainingCaption, TrainOrder, order_hash, order_json
from services.storage import Storage
from tests.integration.heart.conftest import picture
from tests.integration.sets.conftest import good_figures

FACE = bytes(512)
TRIGGER = "zqxwvk77"
"""A trigger word that stands nowhere by chance."""


@dataclass(frozen=True)
class Owned:
    """A model with one training."""

    model_id: int
    version_id: int
    set_id: int
    photos: list[UUID]
    keys: list[str]
    """Of photos and weights in the storage."""
    task_id: UUID


class Owning:
    """Gives people models."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def train(
        self,
        user_id: int,
        *,
        model_id: int | None = None,
        name: str = "Me",
        trigger: str = TRIGGER,
        status: str = "ready",
        task_status: str = "completed",
        photos: int = 4,
        days_ago: float = 0,
        error_code: str | None = None,
        tokens: int = 0,
        captured: int = 0,
    ) -> Owned:
        """A training of this model, or of a new one, as it stands when it has come so far.

        tokens: that were held for it, of which so many were captured.
        """
        sql = self._db.reading
        if model_id is None:
            model_id = await sql.fetchval(
                """
                INSERT INTO "Model" (user_id, name, trigger_word, subject_class, characteristics, status)
                VALUES ($1, $2, $3, 'woman', '{"hair": "red"}', $4) RETURNING model_id
                """,
                user_id,
                name,
                trigger,
                status,
            )
        set_id = await sql.fetchval(
            """
            INSERT INTO "TrainingSet" (user_id, name, state, subject_class, updated_at)
            VALUES ($1, $2, 'used', 'woman', now() - $3 * interval '1 day') RETURNING set_id
            """,
            user_id,
            name,
            days_ago,
        )
        files, keys = await self._photos(user_id, set_id, photos)
        task_id = await self._task(user_id, model_id, trigger, files, task_status, error_code)
        if tokens:
            await self._hold(user_id, task_id, tokens, captured, is_settled=task_status not in ("queued", "running"))
        weights = f"weights/{uuid4()}.safetensors" if status == "ready" else None
        if weights:
            await self._storage.put(Write.OUTPUT_STORE, weights, b"weights")
            keys.append(weights)
        version_id = await sql.fetchval(
            """
            INSERT INTO "ModelVersion" (model_id, number, task_id, set_id, status, photos, architecture, weights_key,
                                        weights_bytes, weights_sha256, face, created_at, finished_at)
            SELECT $1, (SELECT count(*) + 1 FROM "ModelVersion" WHERE model_id = $1), $2, $3, $4, $5, 'flux1', $6,
                   CASE WHEN $6::text IS NOT NULL THEN 7 END, CASE WHEN $6::text IS NOT NULL THEN '\\x01'::bytea END,
                   $7,
                   now() - $8 * interval '1 day',
                   CASE WHEN $4 <> 'training' THEN now() - $8 * interval '1 day' END
            RETURNING version_id
            """,
            model_id,
            task_id,
            set_id,
            status,
            photos,
            weights,
            FACE,
            days_ago,
        )
        if status == "ready":
            await sql.execute(
                """UPDATE "Model" SET version_id = $2, status = 'ready' WHERE model_id = $1""", model_id, version_id
            )
            await sql.execute(
                """INSERT INTO "ModelServing" (version_id, backend, vendor_id) VALUES ($1, 'preview', $2)""",
                version_id,
                f"served-{version_id}",
            )
        return Owned(model_id, version_id, set_id, files, keys, task_id)

    async def open_set(self, user_id: int, *, photos: int = 2, days_ago: float = 0, model_id: int | None = None) -> int:
        """A set that is being collected."""
        set_id = await self._db.reading.fetchval(
            """
            INSERT INTO "TrainingSet" (user_id, model_id, name, updated_at)
            VALUES ($1, $3, 'collecting', now() - $2 * interval '1 day') RETURNING set_id
            """,
            user_id,
            days_ago,
            model_id,
        )
        await self._photos(user_id, set_id, photos)
        return int(set_id)

    async def pictures(self, user_id: int, model_id: int, *likeness: float | None) -> list[UUID]:
        """An order's pictures that were made with a model; None: no face is on it."""
        sql = self._db.reading
        generation_id = await sql.fetchval(
            """
            INSERT INTO "Generation" (user_id, model_id, prompt_text, status) VALUES ($1, $2, 'me', 'completed')
            RETURNING generation_id
            """,
            user_id,
            model_id,
        )
        made = []
        for place, alike in enumerate(likeness):
            file_id, key, _ = await self._store("outputs")
            await sql.execute(
                """
                INSERT INTO "File" (file_id, user_id, kind, generation_id, position, storage_key, media_type, width,
                                    height, size_bytes, sha256, likeness, has_face, order_kind)
                VALUES ($1, $2, 'output', $3, $4, $5, 'image/jpeg', 64, 64, 9, '', $6, $7, 'text_to_image')
                """,
                file_id,
                user_id,
                generation_id,
                place,
                key,
                alike,
                alike is not None,
            )
            made.append(file_id)
        return made

    async def copy(self, version_id: int | None, backend: str, kind: str, vendor_id: str, state: str = "kept") -> int:
        """Something of a version that lies at a vendor."""
        copy_id = await self._db.reading.fetchval(
            """
            INSERT INTO "VendorCopy" (version_id, backend, kind, vendor_id, state) VALUES ($1, $2, $3, $4, $5)
            RETURNING copy_id
            """,
            version_id,
            backend,
            kind,
            vendor_id,
            state,
        )
        return int(copy_id)

    async def _photos(self, user_id: int, set_id: int, count: int) -> tuple[list[UUID], list[str]]:
        sql, files, keys = self._db.reading, [], []
        for place in range(count):
            file_id, key, thumbnail = await self._store("training")
            await sql.execute(
                """
                INSERT INTO "File" (file_id, user_id, kind, storage_key, thumbnail_key, media_type, width, height,
                                    size_bytes, sha256, telegram_file_id, source_key)
                VALUES ($1, $2, 'training', $3, $4, 'image/jpeg', 64, 64, 9, '', 'AgACAgIAA' || $3, 'tg:' || $3)
                """,
                file_id,
                user_id,
                key,
                thumbnail,
            )
            await sql.execute(
                """INSERT INTO "TrainingPhoto" (set_id, file_id, place) VALUES ($1, $2, $3)""", set_id, file_id, place
            )
            await sql.execute(
                """
                INSERT INTO "PhotoAnalysis" (analysis_id, user_id, file_id, state, figures, embedding, done_at)
                VALUES ($1, $2, $3, 'done', $5, $4, now())
                """,
                uuid4(),
                user_id,
                file_id,
                FACE,
                good_figures(file_id.int).to_json(),
            )
            files.append(file_id)
            keys += [key, thumbnail]
        return files, keys

    async def _store(self, folder: str) -> tuple[UUID, str, str]:
        file_id = uuid4()
        key, thumbnail = f"{folder}/{file_id}.jpg", f"{folder}/{file_id}.small.jpg"
        await self._storage.put(Write.OUTPUT_STORE, key, picture().content)
        if folder == "training":
            await self._storage.put(Write.OUTPUT_STORE, thumbnail, picture().content)
        return file_id, key, thumbnail

    async def _task(
        self, user_id: int, model_id: int, trigger: str, files: list[UUID], status: str, error_code: str | None
    ) -> UUID:
        task_id = uuid4()
        order = TrainOrder(
            model_id=model_id,
            version=1,
            trigger_word=trigger,
            subject_class=SubjectClass.WOMAN,
            photos=tuple(TrainingCaption(file_id=file, words=f"{trigger}, a woman, red hair") for file in files),
        )
        await self._db.reading.execute(
            """
            INSERT INTO "Task" (task_id, user_id, kind, lane, status, idempotency_key, order_hash, order_json,
                                unit_price, units, turn, time_limit, expires_at, correlation_id, progress, error_code,
                                started_at, finished_at)
            VALUES ($1::uuid, $2, 'train', 'training', $3, $1::uuid::text, $4, $5, 250, 1, 0, '1 hour',
                    now() + interval '1 day', 'c', 40, $6, now(),
                    CASE WHEN $3 NOT IN ('queued', 'running') THEN now() END)
            """,
            task_id,
            user_id,
            status,
            order_hash(order),
            order_json(order),
            error_code,
        )
        return task_id

    async def _hold(self, user_id: int, task_id: UUID, tokens: int, captured: int, *, is_settled: bool) -> None:
        await self._db.reading.execute(
            """
            INSERT INTO "Hold" (task_id, account_id, tokens, captured, settled_at)
            SELECT $2, account_id, $3, CASE WHEN $5 THEN $4::bigint END, CASE WHEN $5 THEN now() END
            FROM "Account" WHERE user_id = $1
            """,
            user_id,
            task_id,
            tokens,
            captured,
            is_settled,
        )
