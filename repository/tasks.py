"""Tasks as people ask for them, read them and stop them; their story. The workers' side is in repository.queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg

from repository.base import Repository, only


class Lane(StrEnum):
    """What a task waits for: somebody else's machine, this machine's processor, a training, a GPU."""

    PROVIDER = "provider"
    CPU = "cpu"
    TRAINING = "training"
    GPU = "gpu"


class TaskStatus(StrEnum):
    """The life of a task: queued → running → one of the rest, or back to queued for another attempt."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in (TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Task:
    """A unit of AI work. Prices in tokens, progress in percent."""

    task_id: UUID
    user_id: int
    kind: str
    lane: Lane
    status: TaskStatus
    order_hash: bytes
    order_json: str
    unit_price: int
    units: int
    units_made: int
    attempt: int
    crash_count: int
    failure_count: int
    progress: int
    created_at: datetime
    started_at: datetime | None
    deadline_at: datetime | None
    cancel_requested_at: datetime | None
    finished_at: datetime | None
    error_code: str | None
    correlation_id: str

    @property
    def price(self) -> int:
        """Tokens for the whole order."""
        return self.unit_price * self.units


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A line of a task's story."""

    event_id: int
    task_id: UUID
    attempt: int
    """0 before the first claim."""
    kind: str
    """requested, claimed, progress, call_prepared and the other states of a call, resolved, vendor_fault, retry,
    made_again, handed_back, lease_lost, cancel_requested, one of the final statuses, delivered or undeliverable."""
    details: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as it is asked for."""

    task_id: UUID
    user_id: int
    kind: str
    lane: Lane
    idempotency_key: str
    order_hash: bytes
    order_json: str
    unit_price: int
    units: int
    time_limit: timedelta
    """Counts from the first claim."""
    expires_in: timedelta
    """The longest it may wait for that."""
    correlation_id: str


class TaskRepository(Repository):
    """The table "Task"."""

    async def add(self, task: NewTask) -> Task | None:
        """Queue a task; None where the person used the key before (two at once: one of them gets None).

        Its turn is the lane's clock (the smallest turn that is due) plus the person's open tasks there: whoever has
        few goes before whoever has many, and the order is one index. Its story begins with it.
        """
        row = await self._sql.fetchrow(
            """
            WITH added AS (
                INSERT INTO "Task" (task_id, user_id, kind, lane, idempotency_key, order_hash, order_json, unit_price,
                                    units, time_limit, expires_at, correlation_id, turn)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11, $12,
                        coalesce((SELECT min(turn) FROM "Task"
                                  WHERE lane = $4 AND status = 'queued' AND due_at <= now()), 0)
                        + (SELECT count(*) FROM "Task"
                           WHERE user_id = $2 AND lane = $4 AND status IN ('queued', 'running')))
                ON CONFLICT (user_id, idempotency_key) DO NOTHING
                RETURNING task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                          attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                          cancel_requested_at, finished_at, error_code, correlation_id
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, attempt, 'requested', jsonb_build_object('price', unit_price * units) FROM added
            )
            SELECT * FROM added
            """,
            task.task_id,
            task.user_id,
            task.kind,
            task.lane.value,
            task.idempotency_key,
            task.order_hash,
            task.order_json,
            task.unit_price,
            task.units,
            task.time_limit,
            task.expires_in,
            task.correlation_id,
        )
        return task_of(row) if row else None

    async def get(self, task_id: UUID) -> Task | None:
        """The task, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM "Task" WHERE task_id = $1
            """,
            task_id,
        )
        return task_of(row) if row else None

    async def find(self, user_id: int, idempotency_key: str) -> Task | None:
        """The task that the person asked for under this key, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM "Task" WHERE user_id = $1 AND idempotency_key = $2
            """,
            user_id,
            idempotency_key,
        )
        return task_of(row) if row else None

    async def get_idempotency_key(self, task_id: UUID) -> str | None:
        """The key under which the task was asked for, or None."""
        key: str | None = await self._sql.fetchval("""SELECT idempotency_key FROM "Task" WHERE task_id = $1""", task_id)
        return key

    async def end_queued(self, task_id: UUID, status: TaskStatus, *, error_code: str | None = None) -> bool:
        """End a task that nobody is working on; False where it is claimed or ended by now."""
        row = await self._sql.fetchval(
            """
            UPDATE "Task" SET status = $2, error_code = $3, finished_at = now()
            WHERE task_id = $1 AND status = 'queued'
            RETURNING task_id
            """,
            task_id,
            status.value,
            error_code,
        )
        return row is not None

    async def count_made(self, task_id: UUID, units_made: int) -> None:
        """Write down how much of a task was made, for the transaction that ended it."""
        await self._sql.execute("""UPDATE "Task" SET units_made = $2 WHERE task_id = $1""", task_id, units_made)

    async def cancel(self, task_id: UUID) -> TaskStatus | None:
        """Stop a task: one that waits ends here, one that runs is noted for its worker. None: it had ended before.

        One statement, so that a task which changes hands meanwhile hears of it all the same.
        """
        status = await self._sql.fetchval(
            """
            UPDATE "Task" SET
                cancel_requested_at = coalesce(cancel_requested_at, now()),
                finished_at = CASE WHEN status = 'queued' THEN now() END,
                status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
            WHERE task_id = $1 AND status IN ('queued', 'running')
            RETURNING status
            """,
            task_id,
        )
        return TaskStatus(status) if status else None

    async def count_open(self, user_id: int) -> int:
        """How many of the person's tasks have not ended."""
        return int(
            only(
                await self._sql.fetchval(
                    """SELECT count(*) FROM "Task" WHERE user_id = $1 AND status IN ('queued', 'running')""", user_id
                )
            )
        )

    async def get_exceeded_limit(self, user_id: int) -> int | None:
        """How many open tasks a person may have, where this one has more; else None."""
        limit: int | None = await self._sql.fetchval(
            """
            SELECT amount FROM "Limit"
            WHERE kind = 'open_tasks'
              AND amount < (SELECT count(*) FROM "Task" WHERE user_id = $1 AND status IN ('queued', 'running'))
            """,
            user_id,
        )
        return limit

    async def get_user_open(self, user_id: int, *, limit: int = 10) -> list[Task]:
        """The person's tasks that have not ended, newest first."""
        rows = await self._sql.fetch(
            """
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM "Task" WHERE user_id = $1 AND status IN ('queued', 'running')
            ORDER BY created_at DESC LIMIT $2
            """,
            user_id,
            limit,
        )
        return [task_of(row) for row in rows]

    async def get_events(self, task_id: UUID) -> list[TaskEvent]:
        """The task's story so far, in order."""
        rows = await self._sql.fetch(
            """
            SELECT event_id, task_id, attempt, kind, details, created_at FROM "TaskEvent"
            WHERE task_id = $1 ORDER BY event_id
            """,
            task_id,
        )
        return [TaskEvent(**row) for row in rows]

    async def tell(self, task_id: UUID, attempt: int, kind: str, details: Mapping[str, object] | None = None) -> None:
        """Add a line to the task's story."""
        await self._sql.execute(
            """INSERT INTO "TaskEvent" (task_id, attempt, kind, details) VALUES ($1, $2, $3, $4)""",
            task_id,
            attempt,
            kind,
            details or {},
        )

    async def typical_seconds(self, kind: str, units: int) -> float | None:
        """The median running time of the last fifty such tasks that were completed; None where there are none."""
        seconds: float | None = await self._sql.fetchval(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
                SELECT extract(epoch FROM finished_at - started_at)::float8 AS seconds FROM "Task"
                WHERE kind = $1 AND units = $2 AND status = 'completed'
                ORDER BY finished_at DESC LIMIT 50
            ) AS recent
            """,
            kind,
            units,
        )
        return seconds

    async def typical_training_seconds(self, backend: str | None) -> float | None:
        """The median running time of the last fifty trainings that this backend, or anybody, brought to their end.

        None where there are none.
        """
        seconds: float | None = await self._sql.fetchval(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
                SELECT extract(epoch FROM t.finished_at - t.started_at)::float8 AS seconds FROM "Task" t
                WHERE t.kind = 'train' AND t.status = 'completed' AND ($1::text IS NULL OR EXISTS (
                    SELECT FROM "VendorCall" c
                    WHERE c.task_id = t.task_id AND c.step = 0 AND c.state = 'done' AND c.backend = $1
                ))
                ORDER BY t.finished_at DESC LIMIT 50
            ) AS recent
            """,
            backend,
        )
        return seconds


def task_of(row: asyncpg.Record) -> Task:
    """The record of a row of "Task"."""
    return Task(**{**row, "lane": Lane(row["lane"]), "status": TaskStatus(row["status"])})
