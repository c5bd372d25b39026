"""Tasks: the queue, its leases and its fences. Every statement here says what it promises under concurrency."""

from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class RunningTask:
    """What a worker tells of a task that it holds, at every renewal of its lease."""

    task_id: UUID
    attempt: int
    progress: int


class TaskRepository(Repository):
    """The table "Task"."""

    async def add(self, task: NewTask) -> bool:
        """Queue a task; False where the person used the key before (two at once: one of them gets False).

        Its turn is the lane's clock (the smallest turn waiting) plus the person's open tasks there: whoever has
        few goes before whoever has many, and the order is one index.
        """
        row = await self._sql.fetchval(
            """
            INSERT INTO "Task" (task_id, user_id, kind, lane, idempotency_key, order_hash, order_json, unit_price,
                                units, time_limit, expires_at, correlation_id, turn)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11, $12,
                    coalesce((SELECT min(turn) FROM "Task" WHERE lane = $4 AND status = 'queued'), 0)
                    + (SELECT count(*) FROM "Task"
                       WHERE user_id = $2 AND lane = $4 AND status IN ('queued', 'running')))
            ON CONFLICT (user_id, idempotency_key) DO NOTHING
            RETURNING task_id
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
        return row is not None

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
        return _task(row) if row else None

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
        return _task(row) if row else None

    async def get_idempotency_key(self, task_id: UUID) -> str | None:
        """The key under which the task was asked for, or None."""
        key: str | None = await self._sql.fetchval("""SELECT idempotency_key FROM "Task" WHERE task_id = $1""", task_id)
        return key

    async def claim(self, lane: Lane, lease: timedelta, limit: int) -> list[Task]:
        """Take up to `limit` of the fairest due tasks of a lane for one attempt each.

        SKIP LOCKED: two workers never both get a row. The returned attempt fences every later write.
        """
        rows = await self._sql.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT task_id FROM "Task"
                WHERE lane = $1 AND status = 'queued' AND due_at <= now() AND expires_at > now()
                ORDER BY turn, created_at LIMIT $3
                FOR UPDATE SKIP LOCKED
            ), claimed AS (
                UPDATE "Task" SET
                    status = 'running',
                    attempt = attempt + 1,
                    lease_until = now() + $2,
                    started_at = coalesce(started_at, now()),
                    deadline_at = coalesce(deadline_at, now() + time_limit)
                WHERE task_id IN (SELECT task_id FROM due)
                RETURNING task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units,
                          units_made, attempt, crash_count, failure_count, progress, created_at, started_at,
                          deadline_at, cancel_requested_at, finished_at, error_code, correlation_id, turn
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind) SELECT task_id, attempt, 'claimed' FROM claimed
            )
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM claimed ORDER BY turn, created_at
            """,
            lane.value,
            lease,
            limit,
        )
        return [_task(row) for row in rows]

    async def renew(self, held: Iterable[RunningTask], lease: timedelta) -> dict[UUID, bool]:
        """Prolong the leases and show the progress of all tasks that a worker holds, in one statement.

        Answers which of them the worker still owns, each with whether its person asked to stop it.
        A task that is missing from the answer belongs to somebody else now.
        """
        tasks = list(held)
        rows = await self._sql.fetch(
            """
            UPDATE "Task" t SET lease_until = now() + $4, progress = greatest(t.progress, held.progress)
            FROM unnest($1::uuid[], $2::integer[], $3::smallint[]) AS held (task_id, attempt, progress)
            WHERE t.task_id = held.task_id AND t.attempt = held.attempt AND t.status = 'running'
            RETURNING t.task_id, t.cancel_requested_at IS NOT NULL AS stop
            """,
            [task.task_id for task in tasks],
            [task.attempt for task in tasks],
            [task.progress for task in tasks],
            lease,
        )
        return {row["task_id"]: row["stop"] for row in rows}

    async def owns(self, task_id: UUID, attempt: int) -> bool:
        """Lock the task for this transaction if the attempt still owns it; False: touch nothing."""
        row = await self._sql.fetchval(
            """
            SELECT task_id FROM "Task" WHERE task_id = $1 AND attempt = $2 AND status = 'running' FOR UPDATE
            """,
            task_id,
            attempt,
        )
        return row is not None

    async def end_running(
        self,
        task_id: UUID,
        attempt: int,
        status: TaskStatus,
        *,
        units_made: int,
        error_code: str | None = None,
    ) -> bool:
        """End a task for the attempt that owns it; False: somebody else decides now, touch nothing."""
        row = await self._sql.fetchval(
            """
            UPDATE "Task" SET status = $3, units_made = $4, error_code = $5, finished_at = now(), lease_until = NULL,
                              progress = CASE WHEN $3 = 'completed' THEN 100 ELSE progress END
            WHERE task_id = $1 AND attempt = $2 AND status = 'running'
            RETURNING task_id
            """,
            task_id,
            attempt,
            status.value,
            units_made,
            error_code,
        )
        return row is not None

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

    async def hand_back(self, task_id: UUID, attempt: int, delay: timedelta, *, failed: bool) -> bool:
        """Queue a task again for another attempt after a delay; False: somebody else decides now.

        failed counts towards the tries that a vendor's passing faults may use up; a clean stop does not.
        """
        row = await self._sql.fetchval(
            """
            UPDATE "Task" SET status = 'queued', due_at = now() + $3, lease_until = NULL,
                              failure_count = failure_count + CASE WHEN $4 THEN 1 ELSE 0 END
            WHERE task_id = $1 AND attempt = $2 AND status = 'running'
            RETURNING task_id
            """,
            task_id,
            attempt,
            delay,
            failed,
        )
        return row is not None

    async def take_back_lost(self, max_crashes: int) -> list[tuple[UUID, Lane]]:
        """Queue again every task whose worker let its lease run out, while it has not done so too often."""
        rows = await self._sql.fetch(
            """
            WITH lost AS MATERIALIZED (
                SELECT task_id FROM "Task"
                WHERE status = 'running' AND lease_until < now() AND crash_count < $1 AND deadline_at > now()
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE "Task" SET status = 'queued', due_at = now(), lease_until = NULL, crash_count = crash_count + 1
                WHERE task_id IN (SELECT task_id FROM lost)
                RETURNING task_id, attempt, lane
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind) SELECT task_id, attempt, 'lease_lost' FROM taken
            )
            SELECT task_id, lane FROM taken
            """,
            max_crashes,
        )
        return [(row["task_id"], Lane(row["lane"])) for row in rows]

    async def find_hopeless(self, max_crashes: int) -> list[Task]:
        """Tasks that must be ended: waited too long, past their deadline, or lost too often by workers."""
        rows = await self._sql.fetch(
            """
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM "Task"
            WHERE (status = 'queued' AND (expires_at <= now() OR deadline_at <= now()))
               OR (status = 'running' AND lease_until < now() AND (crash_count >= $1 OR deadline_at <= now()))
            LIMIT 100
            """,
            max_crashes,
        )
        return [_task(row) for row in rows]

    async def request_cancel(self, task_id: UUID) -> None:
        """Ask the worker that holds the task to stop it."""
        await self._sql.execute(
            """
            UPDATE "Task" SET cancel_requested_at = coalesce(cancel_requested_at, now())
            WHERE task_id = $1 AND status = 'running'
            """,
            task_id,
        )

    async def due_lanes(self) -> set[Lane]:
        """The lanes where something could be claimed now."""
        rows = await self._sql.fetch(
            """SELECT DISTINCT lane FROM "Task" WHERE status = 'queued' AND due_at <= now() AND expires_at > now()"""
        )
        return {Lane(row["lane"]) for row in rows}

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
        return [_task(row) for row in rows]

    async def queue_depths(self) -> dict[Lane, int]:
        """How many tasks wait in each lane."""
        rows = await self._sql.fetch(
            """SELECT lane, count(*) AS waiting FROM "Task" WHERE status = 'queued' GROUP BY lane"""
        )
        return {Lane(row["lane"]): row["waiting"] for row in rows}

    async def count_running(self) -> int:
        """How many tasks are being worked on."""
        return int(only(await self._sql.fetchval("""SELECT count(*) FROM "Task" WHERE status = 'running'""")))

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


def _task(row: asyncpg.Record) -> Task:
    return Task(**{**row, "lane": Lane(row["lane"]), "status": TaskStatus(row["status"])})
