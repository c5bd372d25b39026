"""What people collect for a personal model: sets, their photos, the cards that show them.

A photo may be in several sets: that of a training, and the open one in which the model is to be trained anew. Every
transaction that changes a set locks its row first, photos and analyses after it; of several sets the older one first,
and a model before its sets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from repository.base import Repository, only


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


def _set(row: asyncpg.Record) -> TrainingSet:
    return TrainingSet(**{**row, "state": SetState(row["state"])})
