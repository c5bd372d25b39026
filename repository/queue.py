"""The queue as workers see it: claims, leases, fences. Every statement says what it promises under concurrency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from repository.base import Repository, only
from repository.tasks import Lane, Task, TaskStatus, task_of


@dataclass(frozen=True, slots=True)
class RunningTask:
    """What a worker tells of a task that it holds, at every renewal of its lease."""

    task_id: UUID
    attempt: int
    progress: int


@dataclass(frozen=True, slots=True)
class LaneState:
    """What waits in a lane."""

    waiting: int
    oldest_due_seconds: float
    """How long the task that is due for longest has been; 0 where none is due yet."""


class QueueRepository(Repository):
    """The table "Task", between a claim and an ending."""

    async def claim(self, lane: Lane, lease: timedelta, limit: int) -> list[Task]:
        """Take up to `limit` of the fairest due tasks of a lane for one attempt each.

        SKIP LOCKED: two workers never both get a row. The returned attempt fences every later write.
        """
        rows = await self._sql.fetch(
            """
            WITH due AS MATERIALIZED (
                SELECT task_id FROM "Task"
                WHERE lane = $1 AND status = 'queued' AND due_at <= now()
                  AND (attempt > 0 OR expires_at > now()) AND (deadline_at IS NULL OR deadline_at > now())
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
        return [task_of(row) for row in rows]

    async def renew(self, held: Iterable[RunningTask], lease: timedelta) -> dict[UUID, bool]:
        """Prolong the leases and show the progress of all tasks that a worker holds, in one statement.

        Answers which of them the worker still owns, each with whether its person asked to stop it.
        A task that is missing from the answer belongs to somebody else now. Each quarter of the way is told.
        A row is written only where there is progress to show, or a third of its lease is over. Those rows are locked
        in the order of their ids, as by everybody who takes several: two who want the same never wait for each other.
        """
        tasks = list(held)
        rows = await self._sql.fetch(
            """
            WITH held AS (
                SELECT t.task_id, t.attempt, held.progress, t.progress AS shown, t.lease_until,
                       t.cancel_requested_at IS NOT NULL AS stop
                FROM unnest($1::uuid[], $2::integer[], $3::smallint[]) AS held (task_id, attempt, progress)
                JOIN "Task" t USING (task_id, attempt)
                WHERE t.status = 'running'
            ), aging AS MATERIALIZED (
                SELECT held.task_id, held.attempt, held.progress, held.shown FROM held JOIN "Task" t USING (task_id)
                WHERE held.progress > held.shown OR held.lease_until < now() + $4::interval * 2 / 3
                ORDER BY held.task_id
                FOR NO KEY UPDATE OF t
            ), renewed AS (
                UPDATE "Task" t SET lease_until = now() + $4, progress = greatest(t.progress, aging.progress)
                FROM aging
                WHERE t.task_id = aging.task_id AND t.attempt = aging.attempt AND t.status = 'running'
                RETURNING t.task_id, t.attempt, t.progress, aging.shown, t.cancel_requested_at IS NOT NULL AS stop
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, attempt, 'progress', jsonb_build_object('percent', progress) FROM renewed
                WHERE progress / 25 > shown / 25
            )
            SELECT task_id, stop FROM renewed
            UNION ALL
            SELECT task_id, stop FROM held WHERE task_id NOT IN (SELECT task_id FROM aging)
            """,
            [task.task_id for task in tasks],
            [task.attempt for task in tasks],
            [task.progress for task in tasks],
            lease,
        )
        return {row["task_id"]: row["stop"] for row in rows}

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

    async def take_back_lost(self, max_crashes: int) -> list[tuple[UUID, Lane, str]]:
        """Queue again every task whose worker let its lease run out, while it has not done so too often.

        Answers task, lane and correlation id.
        """
        rows = await self._sql.fetch(
            """
            WITH lost AS MATERIALIZED (
                SELECT task_id FROM "Task"
                WHERE status = 'running' AND lease_until < now() AND crash_count < $1 AND deadline_at > now()
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE "Task" SET status = 'queued', due_at = now(), lease_until = NULL, crash_count = crash_count + 1
                WHERE task_id IN (SELECT task_id FROM lost)
                RETURNING task_id, attempt, lane, correlation_id
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind) SELECT task_id, attempt, 'lease_lost' FROM taken
            )
            SELECT task_id, lane, correlation_id FROM taken
            """,
            max_crashes,
        )
        return [(row["task_id"], Lane(row["lane"]), row["correlation_id"]) for row in rows]

    async def find_hopeless(self, max_crashes: int, grace: timedelta) -> list[Task]:
        """Tasks that must be ended from outside: nobody claimed them in time, they were stopped while they waited
        for another attempt, their deadline has passed, or workers lost them too often.

        A worker ends its own task at the deadline; one that has not when the grace is over too is not waited for.
        """
        rows = await self._sql.fetch(
            """
            SELECT task_id, user_id, kind, lane, status, order_hash, order_json, unit_price, units, units_made,
                   attempt, crash_count, failure_count, progress, created_at, started_at, deadline_at,
                   cancel_requested_at, finished_at, error_code, correlation_id
            FROM "Task"
            WHERE (status = 'queued'
                   AND ((attempt = 0 AND expires_at <= now()) OR deadline_at <= now()
                        OR cancel_requested_at IS NOT NULL))
               OR (status = 'running'
                   AND ((lease_until < now() AND (crash_count >= $1 OR deadline_at <= now()))
                        OR deadline_at < now() - $2::interval))
            LIMIT 100
            """,
            max_crashes,
            grace,
        )
        return [task_of(row) for row in rows]

    async def due_lanes(self) -> set[Lane]:
        """The lanes where something could be claimed now."""
        rows = await self._sql.fetch(
            """
            SELECT DISTINCT lane FROM "Task"
            WHERE status = 'queued' AND due_at <= now()
              AND (attempt > 0 OR expires_at > now()) AND (deadline_at IS NULL OR deadline_at > now())
            """
        )
        return {Lane(row["lane"]) for row in rows}

    async def get_lane_states(self) -> dict[Lane, LaneState]:
        """What waits in each lane; lanes where nothing does are missing."""
        rows = await self._sql.fetch(
            """
            SELECT lane, count(*) AS waiting,
                   coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now())), 0)::float8
                       AS oldest_due_seconds
            FROM "Task" WHERE status = 'queued' GROUP BY lane
            """
        )
        return {Lane(row["lane"]): LaneState(row["waiting"], row["oldest_due_seconds"]) for row in rows}

    async def count_running(self) -> int:
        """How many tasks are being worked on."""
        return int(only(await self._sql.fetchval("""SELECT count(*) FROM "Task" WHERE status = 'running'""")))
