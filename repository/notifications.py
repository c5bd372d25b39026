"""The outbox, and the messages that show running tasks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from repository.base import Repository
from repository.tasks import TaskStatus


class NotificationKind(StrEnum):
    """What there is to tell."""

    TASK_ENDED = "task_ended"
    PAYMENT_CREDITED = "payment_credited"
    """Details: payment_id, tokens, amount, currency, debt_paid."""
    REFUND_DONE = "refund_done"
    """Details: tokens, amount, currency, owed; payment_id where the person can look at it."""
    REFUND_DECLINED = "refund_declined"
    """Details: amount, currency; payment_id where the person can look at it."""
    REWARD_VESTED = "reward_vested"
    """Details: tokens."""


class Outcome(StrEnum):
    """How telling it ended."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Notification:
    """Something a person must still be told; attempt fences every write about it."""

    notification_id: int
    user_id: int
    task_id: UUID | None
    kind: NotificationKind
    attempt: int
    albums_sent: int
    details: Mapping[str, Any]
    """What the message says; empty for a task, whose rows say it."""


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """How far telling a person about a task has come."""

    attempt: int
    albums_sent: int
    closed_at: datetime | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class ProgressMessage:
    """A message in a chat that shows a task, beside how the task stands."""

    task_id: UUID
    chat_id: int
    message_id: int
    shown_progress: int
    shown_status: str
    progress: int
    status: TaskStatus
    kind: str
    units: int
    running_seconds: float
    """Since the first claim; 0 while the task waits."""
    correlation_id: str
    locale: str


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What has not been told yet."""

    waiting: int
    oldest_seconds: float
    """Age of the oldest; 0 where nothing waits."""


class NotificationRepository(Repository):
    """The tables "Notification" and "ProgressMessage"."""

    async def add_news(self, user_id: int, kind: NotificationKind, details: Mapping[str, int | str]) -> None:
        """Put a message that no task is behind into the outbox. Web accounts (negative ids) are never messaged."""
        await self._sql.execute(
            """
            INSERT INTO "Notification" (user_id, kind, details) SELECT $1::bigint, $2, $3::jsonb WHERE $1 > 0
            """,
            user_id,
            kind.value,
            dict(details),
        )

    async def claim(self, lease: timedelta, limit: int) -> list[Notification]:
        """Take up to `limit` due messages, oldest first, for one delivery each.

        SKIP LOCKED and the lease: two bot processes never deliver the same message at once. One whose process died
        is taken again when its lease has run out, and goes on after the last album that was marked.
        """
        rows = await self._sql.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT notification_id FROM "Notification"
                WHERE closed_at IS NULL AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
                ORDER BY due_at, notification_id LIMIT $2
                FOR UPDATE SKIP LOCKED
            )
            UPDATE "Notification" SET lease_until = now() + $1, attempt = attempt + 1
            WHERE notification_id IN (SELECT notification_id FROM due)
            RETURNING notification_id, user_id, task_id, kind, attempt, albums_sent, details
            """,
            lease,
            limit,
        )
        return sorted((_notification(row) for row in rows), key=lambda notification: notification.notification_id)

    async def renew(self, held: Iterable[Notification], lease: timedelta) -> set[int]:
        """Prolong the leases of messages that are being delivered, in one statement; answers whose they still are.

        A notification_id that is missing from the answer belongs to another process now, or is closed.
        """
        notifications = list(held)
        rows = await self._sql.fetch(
            """
            UPDATE "Notification" n SET lease_until = now() + $3
            FROM unnest($1::bigint[], $2::integer[]) AS held (notification_id, attempt)
            WHERE n.notification_id = held.notification_id AND n.attempt = held.attempt AND n.closed_at IS NULL
            RETURNING n.notification_id
            """,
            [notification.notification_id for notification in notifications],
            [notification.attempt for notification in notifications],
            lease,
        )
        return {row["notification_id"] for row in rows}

    async def get_outbox_state(self) -> OutboxState:
        """How many messages wait, and how long the oldest has."""
        row = await self._sql.fetchrow(
            """
            SELECT count(*) AS waiting,
                   coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
            FROM "Notification" WHERE closed_at IS NULL
            """
        )
        assert row is not None  # an aggregate always has a row
        return OutboxState(**row)

    async def get_delivery_state(self, task_id: UUID) -> DeliveryState | None:
        """How far the telling of a task's end has come, or None where there is nothing to tell."""
        row = await self._sql.fetchrow(
            """SELECT attempt, albums_sent, closed_at, outcome FROM "Notification" WHERE task_id = $1""", task_id
        )
        return DeliveryState(**{**row, "outcome": row["outcome"] and Outcome(row["outcome"])}) if row else None

    async def mark_album_sent(self, notification_id: int, attempt: int, albums_sent: int) -> bool:
        """Note how many albums the person has; False: another process delivers now."""
        row = await self._sql.fetchval(
            """
            UPDATE "Notification" SET albums_sent = $3
            WHERE notification_id = $1 AND attempt = $2 AND closed_at IS NULL RETURNING notification_id
            """,
            notification_id,
            attempt,
            albums_sent,
        )
        return row is not None

    async def close(self, notification_id: int, attempt: int, outcome: Outcome) -> bool:
        """The person has been told, or cannot be; the task's story says which. False: another process delivers now."""
        row = await self._sql.fetchval(
            """
            WITH closed AS (
                UPDATE "Notification" SET closed_at = now(), outcome = $3, lease_until = NULL
                WHERE notification_id = $1 AND attempt = $2 AND closed_at IS NULL
                RETURNING notification_id, task_id
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind)
                SELECT task_id, t.attempt, $3 FROM closed JOIN "Task" t USING (task_id)
            )
            SELECT notification_id FROM closed
            """,
            notification_id,
            attempt,
            outcome.value,
        )
        return row is not None

    async def postpone(self, notification_id: int, attempt: int, delay: timedelta) -> None:
        """Try again after a delay."""
        await self._sql.execute(
            """
            UPDATE "Notification" SET due_at = now() + $3, lease_until = NULL
            WHERE notification_id = $1 AND attempt = $2 AND closed_at IS NULL
            """,
            notification_id,
            attempt,
            delay,
        )

    async def track_progress(
        self, task_id: UUID, chat_id: int, message_id: int, progress: int, status: TaskStatus
    ) -> None:
        """Show this task in this message from now on; it shows this much of it already."""
        await self._sql.execute(
            """
            INSERT INTO "ProgressMessage" (task_id, chat_id, message_id, shown_progress, shown_status)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (task_id) DO UPDATE
            SET chat_id = $2, message_id = $3, shown_progress = $4, shown_status = $5
            """,
            task_id,
            chat_id,
            message_id,
            progress,
            status.value,
        )

    async def get_progress_message(self, task_id: UUID) -> tuple[int, int] | None:
        """The chat and message that show this task, or None."""
        row = await self._sql.fetchrow(
            """SELECT chat_id, message_id FROM "ProgressMessage" WHERE task_id = $1""", task_id
        )
        return (row["chat_id"], row["message_id"]) if row else None

    async def get_stale_progress(self, limit: int) -> list[ProgressMessage]:
        """Messages of open tasks that show less than is known by now, of people who did not stop the bot."""
        rows = await self._sql.fetch(
            """
            SELECT m.task_id, m.chat_id, m.message_id, m.shown_progress, m.shown_status, t.progress, t.status, t.kind,
                   t.units, t.correlation_id, u.locale,
                   coalesce(extract(epoch FROM now() - t.started_at), 0)::float8 AS running_seconds
            FROM "ProgressMessage" m JOIN "Task" t USING (task_id) JOIN "User" u USING (user_id)
            WHERE t.status IN ('queued', 'running') AND t.cancel_requested_at IS NULL AND u.blocked_bot_at IS NULL
              AND (m.shown_progress <> t.progress OR m.shown_status <> t.status)
            LIMIT $1
            """,
            limit,
        )
        return [ProgressMessage(**{**row, "status": TaskStatus(row["status"])}) for row in rows]

    async def get_orphaned_progress(self, limit: int) -> list[tuple[UUID, int, int]]:
        """Task, chat and message of those that outlived the telling of their task's end, of people who can be reached.

        That happens where a task is over before its message was noted, and where somebody stopped the bot meanwhile.
        """
        rows = await self._sql.fetch(
            """
            SELECT m.task_id, m.chat_id, m.message_id
            FROM "ProgressMessage" m JOIN "Notification" n USING (task_id) JOIN "User" u USING (user_id)
            WHERE n.closed_at IS NOT NULL AND u.blocked_bot_at IS NULL
            LIMIT $1
            """,
            limit,
        )
        return [(row["task_id"], row["chat_id"], row["message_id"]) for row in rows]

    async def mark_progress_shown(self, task_id: UUID, progress: int, status: TaskStatus) -> None:
        """Note what the message shows now."""
        await self._sql.execute(
            """UPDATE "ProgressMessage" SET shown_progress = $2, shown_status = $3 WHERE task_id = $1""",
            task_id,
            progress,
            status.value,
        )

    async def drop_progress(self, task_id: UUID, message_id: int) -> None:
        """This message no longer shows the task; one that came into its place meanwhile stays noted."""
        await self._sql.execute(
            """DELETE FROM "ProgressMessage" WHERE task_id = $1 AND message_id = $2""", task_id, message_id
        )


def _notification(row: asyncpg.Record) -> Notification:
    return Notification(**{**row, "kind": NotificationKind(row["kind"])})
