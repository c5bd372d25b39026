"""What people collect for a personal model: sets, their photos, the cards that show them.

A photo may be in several sets: that of a training, and the open one in which the model is to be trained anew. Every
transaction that changes a set locks its row first, photos and analyses after it; of several sets the older one first,
and a model before its sets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from repository.base import Repository, only
from repository.files import File, FileKind
from repository.photo_analyses import Analysis, AnalysisState


class SetState(StrEnum):
    """Whether a set still grows."""

    OPEN = "open"
    USED = "used"
    """A training was asked for with it."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Photos for a model, and what the person said about it."""

    set_id: int
    user_id: int
    model_id: int | None
    """The model that is trained anew with it; None makes a new one."""
    name: str | None
    subject_class: str | None
    """A services.orders.SubjectClass."""
    characteristics: Mapping[str, Any]
    """What stays the same in every photo."""
    state: SetState
    revision: int
    """Grows with whatever its card shows."""
    shown_revision: int
    """How far the card has come."""
    card_message_id: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SetPhoto:
    """A photo of a set, beside what was measured on it."""

    file: File
    place: int
    """Photos are judged in this order."""
    analysis: Analysis | None
    """None where nothing was ever asked for; nothing of ours leaves it out."""
    trained_at: datetime | None
    """When the last training that it was there for came to its end; None where it came for this set."""


@dataclass(frozen=True, slots=True)
class StaleCard:
    """A card that shows less than its set has come to."""

    set_id: int
    user_id: int
    message_id: int | None
    """None: no card was sent yet."""
    revision: int
    locale: str


class TrainingSetRepository(Repository):
    """The tables "TrainingSet" and "TrainingPhoto"."""

    async def open(self, user_id: int, model_id: int | None) -> TrainingSet | None:
        """Begin a set; None where the person has an open one already, that of another connection too.

        What is known of the model holds for it, until the person says otherwise. For who holds the model.
        """
        row = await self._sql.fetchrow(
            """
            INSERT INTO "TrainingSet" (user_id, model_id, subject_class, characteristics)
            SELECT $1, aim.model_id, m.subject_class, coalesce(m.characteristics, '{}')
            FROM (SELECT $2::integer AS model_id) AS aim LEFT JOIN "Model" m ON m.model_id = aim.model_id
            ON CONFLICT (user_id) WHERE state = 'open' DO NOTHING
            RETURNING set_id, user_id, model_id, name, subject_class, characteristics, state, revision,
                      shown_revision, card_message_id, created_at, updated_at
            """,
            user_id,
            model_id,
        )
        return _set(row) if row else None

    async def get_open(self, user_id: int) -> TrainingSet | None:
        """The set that the person collects for now, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT set_id, user_id, model_id, name, subject_class, characteristics, state, revision,
                   shown_revision, card_message_id, created_at, updated_at
            FROM "TrainingSet" WHERE user_id = $1 AND state = 'open'
            """,
            user_id,
        )
        return _set(row) if row else None

    async def get(self, set_id: int, user_id: int) -> TrainingSet | None:
        """The person's own set, open or used, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT set_id, user_id, model_id, name, subject_class, characteristics, state, revision,
                   shown_revision, card_message_id, created_at, updated_at
            FROM "TrainingSet" WHERE set_id = $1 AND user_id = $2
            """,
            set_id,
            user_id,
        )
        return _set(row) if row else None

    async def hold(self, set_id: int, user_id: int) -> TrainingSet | None:
        """The person's own open set, held still until the transaction ends, or None.

        Locks the person before the set, as an erasure and a withdrawal of consent do: whoever comes second waits.
        """
        row = await self._sql.fetchrow(
            """
            WITH person AS MATERIALIZED (
                SELECT user_id FROM "User" WHERE user_id = $2 FOR KEY SHARE
            )
            SELECT set_id, user_id, model_id, name, subject_class, characteristics, state, revision,
                   shown_revision, card_message_id, created_at, updated_at
            FROM "TrainingSet"
            WHERE set_id = $1 AND user_id = (SELECT user_id FROM person) AND state = 'open'
            FOR UPDATE
            """,
            set_id,
            user_id,
        )
        return _set(row) if row else None

    async def hold_open_with(self, file_id: UUID) -> list[int]:
        """The set_ids of the open sets with a photo, held still until the transaction ends."""
        rows = await self._sql.fetch(
            """
            SELECT set_id FROM "TrainingSet"
            WHERE set_id IN (SELECT set_id FROM "TrainingPhoto" WHERE file_id = $1) AND state = 'open'
            ORDER BY set_id FOR UPDATE
            """,
            file_id,
        )
        return [row["set_id"] for row in rows]

    async def touch(self, set_ids: list[int]) -> None:
        """What the cards of these sets show has changed."""
        await self._sql.execute(
            """
            UPDATE "TrainingSet" SET revision = revision + 1, updated_at = now() WHERE set_id = ANY ($1::bigint[])
            """,
            set_ids,
        )

    async def aim(self, set_id: int, model_id: int | None) -> TrainingSet:
        """Collect for this model, or for a new one, from now on, with what is known of it.

        For a transaction that holds the model and the set. Photos of an earlier training are let go of: they stay with
        that one.
        """
        await self._sql.execute("""DELETE FROM "TrainingPhoto" WHERE set_id = $1""", set_id)
        row = await self._sql.fetchrow(
            """
            UPDATE "TrainingSet" s SET model_id = aim.model_id, name = NULL, subject_class = m.subject_class,
                                       characteristics = coalesce(m.characteristics, '{}'),
                                       revision = revision + 1, updated_at = now()
            FROM (SELECT $2::integer AS model_id) AS aim LEFT JOIN "Model" m ON m.model_id = aim.model_id
            WHERE s.set_id = $1
            RETURNING s.set_id, s.user_id, s.model_id, s.name, s.subject_class, s.characteristics, s.state, s.revision,
                      s.shown_revision, s.card_message_id, s.created_at, s.updated_at
            """,
            set_id,
            model_id,
        )
        return _set(only(row))

    async def describe(
        self,
        set_id: int,
        user_id: int,
        subject_class: str | None,
        characteristics: Mapping[str, Any] | None,
        name: str | None,
    ) -> bool:
        """Keep what the person said, leaving alone what is None; False where they have no such open set."""
        row = await self._sql.fetchval(
            """
            UPDATE "TrainingSet" SET subject_class = coalesce($3, subject_class),
                                     characteristics = coalesce($4::jsonb, characteristics),
                                     name = coalesce($5, name),
                                     revision = revision + 1, updated_at = now()
            WHERE set_id = $1 AND user_id = $2 AND state = 'open' RETURNING set_id
            """,
            set_id,
            user_id,
            subject_class,
            None if characteristics is None else dict(characteristics),
            name,
        )
        return row is not None

    async def count_photos(self, set_id: int) -> int:
        """How many photos a set has. While the transaction holds the set there come no more."""
        count: int = await self._sql.fetchval("""SELECT count(*) FROM "TrainingPhoto" WHERE set_id = $1""", set_id)
        return count

    async def count_own_photos(self, set_id: int) -> int:
        """How many photos came for this set: an earlier training has none of them. For who holds the set."""
        count: int = await self._sql.fetchval(
            """
            SELECT count(*) FROM "TrainingPhoto" p WHERE set_id = $1 AND NOT EXISTS (
                SELECT FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                WHERE q.file_id = p.file_id AND s.state = 'used' AND s.photos_erased_at IS NULL
            )
            """,
            set_id,
        )
        return count

    async def bring_back(self, set_id: int, model_id: int) -> TrainingSet:
        """Put the photos of the model's last training, as far as they are still there, into this set, too.

        They stay that training's, and go when its time is over. Done again it changes nothing. For a transaction that
        holds the model, the person's consent and the set: the training's own set is held before its photos are read,
        so that none of them is erased meanwhile.
        """
        source = await self._sql.fetchval(
            """
            SELECT set_id FROM "TrainingSet"
            WHERE set_id = (
                SELECT set_id FROM "ModelVersion" WHERE model_id = $1 AND status <> 'training'
                ORDER BY number DESC LIMIT 1
            ) AND state = 'used' AND photos_erased_at IS NULL
            FOR UPDATE
            """,
            model_id,
        )
        row = await self._sql.fetchrow(
            """
            WITH brought AS (
                INSERT INTO "TrainingPhoto" (set_id, file_id, place, added_at)
                SELECT $1, file_id, place, added_at FROM "TrainingPhoto" WHERE set_id = $2
                ON CONFLICT (set_id, file_id) DO NOTHING
                RETURNING file_id
            )
            UPDATE "TrainingSet" SET revision = revision + (SELECT count(*) FROM brought) WHERE set_id = $1
            RETURNING set_id, user_id, model_id, name, subject_class, characteristics, state, revision,
                      shown_revision, card_message_id, created_at, updated_at
            """,
            set_id,
            source,
        )
        return _set(only(row))

    async def add_photo(self, set_id: int, file_id: UUID, place: int | None) -> None:
        """Put a photo into a set, at its place or after all others. For a transaction that holds the set."""
        await self._sql.execute(
            """
            WITH added AS (
                INSERT INTO "TrainingPhoto" (set_id, file_id, place)
                VALUES ($1, $2, coalesce($3::bigint, (SELECT max(place) + 1 FROM "TrainingPhoto" WHERE set_id = $1), 1))
            )
            UPDATE "TrainingSet" SET revision = revision + 1, updated_at = now() WHERE set_id = $1
            """,
            set_id,
            file_id,
            place,
        )

    async def remove_photo(self, set_id: int, file_id: UUID) -> list[str]:
        """Erase a photo of a set and note its bytes for erasure; returns their keys, none: no such photo in it.

        For a transaction that holds the set. Its analysis goes with it, one that is being made too. What brought it is
        noted: told again it brings nothing. So is what brought those that are discarded or given up.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" f WHERE f.file_id = $2 AND f.kind = 'training'
                  AND EXISTS (SELECT FROM "TrainingPhoto" p WHERE p.set_id = $1 AND p.file_id = $2)
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            ), told AS (
                UPDATE "TrainingSet" SET revision = revision + 1, updated_at = now()
                WHERE set_id = $1 AND EXISTS (SELECT FROM gone)
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
            file_id,
        )
        return [row["storage_key"] for row in rows]

    async def was_removed(self, user_id: int, source_key: str) -> bool:
        """Whether the person has taken out what this source brought. For a transaction that holds the set."""
        found: bool = await self._sql.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM "RemovedPhoto" WHERE user_id = $1 AND key_digest = sha256(convert_to($2, 'UTF8'))
            )
            """,
            user_id,
            source_key,
        )
        return found

    async def discard(self, set_id: int) -> list[str]:
        """Erase a set and all its photos, those of an earlier training too, and note their bytes; returns their keys.

        For a transaction that holds the set.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" WHERE kind = 'training'
                  AND file_id IN (SELECT file_id FROM "TrainingPhoto" WHERE set_id = $1)
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
        )
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE set_id = $1""", set_id)
        return [row["storage_key"] for row in rows]

    async def give_up(self, set_id: int) -> list[str]:
        """Erase a set and the photos that came for it, and note their bytes for erasure; returns their keys.

        Photos of an earlier training stay with that one. For a transaction that holds the set.
        """
        rows = await self._sql.fetch(
            """
            WITH gone AS (
                DELETE FROM "File" f WHERE kind = 'training'
                  AND file_id IN (SELECT file_id FROM "TrainingPhoto" WHERE set_id = $1)
                  AND NOT EXISTS (
                      SELECT FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                      WHERE q.file_id = f.file_id AND s.state = 'used' AND s.photos_erased_at IS NULL
                  )
                RETURNING storage_key, thumbnail_key, user_id, source_key
            ), noted AS (
                INSERT INTO "RemovedPhoto" (user_id, key_digest)
                SELECT user_id, sha256(convert_to(source_key, 'UTF8')) FROM gone WHERE source_key IS NOT NULL
                ON CONFLICT (user_id, key_digest) DO NOTHING
            )
            INSERT INTO "ErasableFile" (storage_key)
            SELECT key FROM gone, unnest(ARRAY[storage_key, thumbnail_key]) AS key WHERE key IS NOT NULL
            ON CONFLICT (storage_key) DO NOTHING
            RETURNING storage_key
            """,
            set_id,
        )
        await self._sql.execute("""DELETE FROM "TrainingSet" WHERE set_id = $1""", set_id)
        return [row["storage_key"] for row in rows]

    async def get_photos(self, set_id: int) -> list[SetPhoto]:
        """The photos of a set with what was measured on each, in their order."""
        rows = await self._sql.fetch(
            """
            SELECT f.file_id, f.user_id, f.kind, f.generation_id, f.position, f.storage_key, f.thumbnail_key,
                   f.media_type, f.width, f.height, f.size_bytes, f.sha256, f.seed, f.telegram_file_id, f.created_at,
                   f.preview_key, f.likeness, f.has_face, f.is_remade, p.place, a.analysis_id, a.state,
                   a.figures, a.embedding, a.error_code, a.requested_at, a.done_at, (
                       SELECT max(coalesce(v.finished_at, s.updated_at))
                       FROM "TrainingPhoto" q JOIN "TrainingSet" s USING (set_id)
                       LEFT JOIN "ModelVersion" v ON v.set_id = s.set_id
                       WHERE q.file_id = p.file_id AND q.set_id <> $1
                         AND s.state = 'used' AND s.photos_erased_at IS NULL
                   ) AS trained_at
            FROM "TrainingPhoto" p JOIN "File" f USING (file_id) LEFT JOIN "PhotoAnalysis" a USING (file_id)
            WHERE p.set_id = $1 ORDER BY p.place, f.file_id
            """,
            set_id,
        )
        return [_photo(row) for row in rows]

    async def track_card(self, set_id: int, message_id: int) -> None:
        """This message shows the set from now on."""
        await self._sql.execute(
            """UPDATE "TrainingSet" SET card_message_id = $2 WHERE set_id = $1""", set_id, message_id
        )

    async def claim_stale_cards(self, lease: timedelta, limit: int) -> list[StaleCard]:
        """Take up to `limit` open sets whose card lags behind, longest unchanged first, to show them once each.

        SKIP LOCKED and the lease: two bots never show the same card at once. One whose process died is taken again
        when its lease has run out. Web accounts (negative ids) and people who stopped the bot have no card.
        """
        rows = await self._sql.fetch(
            """
            WITH stale AS MATERIALIZED (
                SELECT s.set_id, u.locale FROM "TrainingSet" s JOIN "User" u USING (user_id)
                WHERE s.state = 'open' AND s.shown_revision < s.revision
                  AND (s.card_lease_until IS NULL OR s.card_lease_until < now())
                  AND s.user_id > 0 AND u.blocked_bot_at IS NULL
                ORDER BY s.updated_at LIMIT $2
                FOR UPDATE OF s SKIP LOCKED
            )
            UPDATE "TrainingSet" s SET card_lease_until = now() + $1 FROM stale WHERE s.set_id = stale.set_id
            RETURNING s.set_id, s.user_id, s.card_message_id AS message_id, s.revision, stale.locale
            """,
            lease,
            limit,
        )
        return sorted((StaleCard(**row) for row in rows), key=lambda card: card.set_id)

    async def card_shown(self, set_id: int, revision: int) -> None:
        """The card shows this revision now, and its lease ends.

        The last word counts, an older one too: whoever woke late and wrote an old card over a newer one makes it
        stale again, and the next look puts it right.
        """
        await self._sql.execute(
            """UPDATE "TrainingSet" SET shown_revision = $2, card_lease_until = NULL WHERE set_id = $1""",
            set_id,
            revision,
        )


_FILE_COLUMNS = tuple(field.name for field in fields(File))


def _set(row: asyncpg.Record) -> TrainingSet:
    return TrainingSet(**{**row, "state": SetState(row["state"])})


def _photo(row: asyncpg.Record) -> SetPhoto:
    file = File(**{**{column: row[column] for column in _FILE_COLUMNS}, "kind": FileKind(row["kind"])})
    if row["analysis_id"] is None:
        return SetPhoto(file, row["place"], None, row["trained_at"])
    analysis = Analysis(
        row["analysis_id"],
        row["user_id"],
        row["file_id"],
        AnalysisState(row["state"]),
        row["figures"],
        row["embedding"],
        row["error_code"],
        row["requested_at"],
        row["done_at"],
    )
    return SetPhoto(file, row["place"], analysis, row["trained_at"])
