"""Calls to vendors, each written before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from repository.base import Repository


class CallState(StrEnum):
    """What is known of a call."""

    PREPARED = "prepared"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Prepared(StrEnum):
    """Whether a call may be sent."""

    READY = "ready"
    LOST = "lost"
    """Somebody else decides about the task now."""
    OVER_BUDGET = "over_budget"
    """The day's spending would pass the cap."""


@dataclass(frozen=True, slots=True)
class VendorCall:
    """One call of one task. Costs in millionths of a US dollar."""

    call_id: UUID
    task_id: UUID
    attempt: int
    step: int
    """Which part of the order it is for, from 0; a part that failed has a call for each try."""
    backend: str
    state: CallState
    vendor_ref: str | None
    cost_microusd: int
    """What the vendor billed, as far as it said so."""
    estimated_microusd: int
    failure_kind: str | None
    """Whose fault it was that it failed: order, vendor or ours."""
    error_code: str | None
    created_at: datetime

    @property
    def is_taken(self) -> bool:
        """Whether its vendor has had it, as far as we know, and did not fail at it: one that we stopped is billed."""
        if self.state is CallState.FAILED:
            return self.failure_kind is None and self.cost_microusd > 0
        return self.state is CallState.DONE or self.vendor_ref is not None


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that is about to be sent."""

    call_id: UUID
    task_id: UUID
    attempt: int
    step: int
    backend: str
    estimated_microusd: int = 0
    """Millionths of a US dollar."""


@dataclass(frozen=True, slots=True)
class Correction:
    """By how much the spending of a day differs from what was estimated, in millionths of a US dollar."""

    day: date
    microusd: int


class VendorCallRepository(Repository):
    """The table "VendorCall". Every write is fenced by the attempt that owns the task.

    The fence locks the task's row, and before the call's: a fence that only read it would let a write through while
    somebody else is ending the task or giving it to another attempt.
    """

    async def prepare(self, calls: Sequence[NewCall]) -> list[Prepared]:
        """Note calls that are about to be sent, and set their estimates aside in the day's spending; an answer to each.

        Nothing may be sent unless its answer is READY. Asked again after an answer that was lost on the way it answers
        the same. Calls that would pass the cap together are told apart by the day's row; of those in one question all
        are OVER_BUDGET then, and each may be asked for by itself.
        """
        rows = await self._sql.fetch(
            """
            WITH asked AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[], $6::bigint[])
                    WITH ORDINALITY AS asked (call_id, task_id, attempt, step, backend, microusd, place)
            ), owned AS (
                SELECT asked.* FROM asked JOIN "Task" t USING (task_id, attempt) WHERE t.status = 'running'
                ORDER BY t.task_id
                FOR NO KEY UPDATE OF t
            ), known AS (
                SELECT call_id FROM "VendorCall" JOIN asked USING (call_id)
            ), cap AS (
                SELECT microusd FROM "Rate" WHERE kind = 'vendor_spending_a_day'
            ), wanted AS (
                SELECT sum(microusd)::bigint AS microusd FROM owned
                WHERE microusd > 0 AND call_id NOT IN (SELECT call_id FROM known)
            ), reserved AS (
                INSERT INTO "VendorSpending" AS spending (day, microusd)
                SELECT (now() AT TIME ZONE 'UTC')::date, microusd FROM wanted
                WHERE microusd <= (SELECT microusd FROM cap)
                ON CONFLICT (day) DO UPDATE SET microusd = spending.microusd + EXCLUDED.microusd
                WHERE spending.microusd + EXCLUDED.microusd <= (SELECT microusd FROM cap)
                RETURNING day
            ), prepared AS (
                INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend, estimated_microusd, booked_microusd)
                SELECT call_id, task_id, attempt, step, backend, microusd, microusd FROM owned
                WHERE microusd = 0 OR EXISTS (SELECT FROM reserved)
                ON CONFLICT (call_id) DO NOTHING
                RETURNING call_id, task_id, attempt, backend
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, attempt, 'call_prepared', jsonb_build_object('call_id', call_id, 'backend', backend)
                FROM prepared
            )
            SELECT call_id IN (SELECT call_id FROM owned) AS is_owned,
                   call_id IN (SELECT call_id FROM prepared UNION ALL SELECT call_id FROM known) AS is_noted
            FROM asked ORDER BY place
            """,
            [call.call_id for call in calls],
            [call.task_id for call in calls],
            [call.attempt for call in calls],
            [call.step for call in calls],
            [call.backend for call in calls],
            [call.estimated_microusd for call in calls],
        )
        return [_prepared(**row) for row in rows]

    async def update(
        self,
        call_id: UUID,
        attempt: int,
        state: CallState,
        *,
        vendor_ref: str | None = None,
        cost_microusd: int | None = None,
        failure_kind: str | None = None,
        error_code: str | None = None,
    ) -> bool:
        """Write down what became of a call, for the attempt that owns its task; False: it no longer does.

        A call that has ended counts in its day's spending with what it cost, no longer with its estimate.
        """
        row = await self._sql.fetchval(
            """
            WITH owned AS (
                SELECT task_id FROM "Task"
                WHERE task_id = (SELECT task_id FROM "VendorCall" WHERE call_id = $1)
                  AND attempt = $2 AND status = 'running'
                FOR NO KEY UPDATE
            ), before AS (
                SELECT c.call_id, c.booked_microusd FROM "VendorCall" c JOIN owned USING (task_id)
                WHERE c.call_id = $1 FOR NO KEY UPDATE OF c
            ), known AS (
                UPDATE "VendorCall" c SET state = $3, vendor_ref = coalesce($4, c.vendor_ref),
                                          cost_microusd = coalesce($5, c.cost_microusd), attempt = $2,
                                          failure_kind = $6, error_code = $7,
                                          booked_microusd = CASE WHEN $3 IN ('done', 'failed')
                                              THEN coalesce($5, c.cost_microusd) ELSE c.booked_microusd END,
                                          updated_at = now()
                FROM before
                WHERE c.call_id = before.call_id
                RETURNING c.call_id, c.task_id, c.created_at, c.booked_microusd - before.booked_microusd AS more
            ), corrected AS (
                UPDATE "VendorSpending" s SET microusd = greatest(s.microusd + known.more, 0) FROM known
                WHERE known.more <> 0 AND s.day = (known.created_at AT TIME ZONE 'UTC')::date
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, $2, 'call_' || $3::text, jsonb_strip_nulls(jsonb_build_object(
                    'call_id', call_id, 'vendor_ref', $4::text, 'error_code', $7::text))
                FROM known
            )
            SELECT call_id FROM known
            """,
            call_id,
            attempt,
            state.value,
            vendor_ref,
            cost_microusd,
            failure_kind,
            error_code,
        )
        return row is not None

    async def close(self, call_id: UUID, attempt: int, state: CallState, cost_microusd: int) -> Correction | None:
        """Write down how a call ended, for the attempt that owns its task; None: it no longer does.

        For a transaction that hands the answer to `correct` as the last thing it does: all calls of a day meet at one
        row, and wait there for the commit of whoever has it.
        """
        row = await self._sql.fetchrow(
            """
            WITH owned AS (
                SELECT task_id FROM "Task"
                WHERE task_id = (SELECT task_id FROM "VendorCall" WHERE call_id = $1)
                  AND attempt = $2 AND status = 'running'
                FOR NO KEY UPDATE
            ), before AS (
                SELECT c.call_id, c.booked_microusd FROM "VendorCall" c JOIN owned USING (task_id)
                WHERE c.call_id = $1 FOR NO KEY UPDATE OF c
            ), known AS (
                UPDATE "VendorCall" c SET state = $3, cost_microusd = $4, attempt = $2,
                                          failure_kind = NULL, error_code = NULL,
                                          booked_microusd = CASE WHEN $3 IN ('done', 'failed')
                                              THEN $4 ELSE c.booked_microusd END,
                                          updated_at = now()
                FROM before
                WHERE c.call_id = before.call_id
                RETURNING c.call_id, c.task_id, c.created_at, c.booked_microusd - before.booked_microusd AS more
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, $2, 'call_' || $3::text, jsonb_build_object('call_id', call_id) FROM known
            )
            SELECT (created_at AT TIME ZONE 'UTC')::date AS day, more AS microusd FROM known
            """,
            call_id,
            attempt,
            state.value,
            cost_microusd,
        )
        return Correction(**row) if row else None

    async def correct(self, correction: Correction) -> None:
        """Count in its day's spending what a call has cost, no longer what was estimated."""
        await self._sql.execute(
            """UPDATE "VendorSpending" SET microusd = greatest(microusd + $2, 0) WHERE day = $1 AND $2 <> 0""",
            correction.day,
            correction.microusd,
        )

    async def close_open(self, task_id: UUID) -> int:
        """Call unknown what was on its way when its task ended; returns how many calls that were.

        Their estimates stay in the day's spending: they may be billed.
        For the transaction that ended the task: its row is locked, so no attempt writes about its calls meanwhile.
        """
        rows = await self._sql.fetch(
            """
            UPDATE "VendorCall" SET state = 'unknown', updated_at = now()
            WHERE task_id = $1 AND state IN ('prepared', 'sent')
            RETURNING call_id
            """,
            task_id,
        )
        return len(rows)

    async def get_task_calls(self, task_id: UUID) -> list[VendorCall]:
        """The task's calls in the order of their steps."""
        rows = await self._sql.fetch(
            """
            SELECT call_id, task_id, attempt, step, backend, state, vendor_ref, cost_microusd, estimated_microusd,
                   failure_kind, error_code, created_at
            FROM "VendorCall" WHERE task_id = $1 ORDER BY step, created_at
            """,
            task_id,
        )
        return [_call(row) for row in rows]


def _prepared(*, is_owned: bool, is_noted: bool) -> Prepared:
    if not is_owned:
        return Prepared.LOST
    return Prepared.READY if is_noted else Prepared.OVER_BUDGET


def _call(row: asyncpg.Record) -> VendorCall:
    return VendorCall(**{**row, "state": CallState(row["state"])})
