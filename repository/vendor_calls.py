"""Calls to vendors, each written before it is sent."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class VendorCall:
    """One call of one task. Cost in millionths of a US dollar."""

    call_id: UUID
    task_id: UUID
    attempt: int
    step: int
    backend: str
    state: CallState
    vendor_ref: str | None
    cost_microusd: int


class VendorCallRepository(Repository):
    """The table "VendorCall". Every write is fenced by the attempt that owns the task.

    The fence locks the task's row, and before the call's: a fence that only read it would let a write through while
    somebody else is ending the task or giving it to another attempt.
    """

    async def prepare(self, call_id: UUID, task_id: UUID, attempt: int, step: int, backend: str) -> bool:
        """Note a call that is about to be sent; False: somebody else decides about the task now, send nothing.

        Asked again after an answer that was lost on the way it answers the same.
        """
        row = await self._sql.fetchval(
            """
            WITH owned AS (
                SELECT task_id FROM "Task" WHERE task_id = $2 AND attempt = $3 AND status = 'running'
                FOR NO KEY UPDATE
            ), prepared AS (
                INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend)
                SELECT $1, task_id, $3, $4, $5 FROM owned
                ON CONFLICT (call_id) DO NOTHING
                RETURNING task_id
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, $3, 'call_prepared', jsonb_build_object('call_id', $1::uuid, 'backend', $5::text)
                FROM prepared
            )
            SELECT task_id FROM owned
            """,
            call_id,
            task_id,
            attempt,
            step,
            backend,
        )
        return row is not None

    async def update(
        self,
        call_id: UUID,
        attempt: int,
        state: CallState,
        *,
        vendor_ref: str | None = None,
        cost_microusd: int | None = None,
    ) -> bool:
        """Write down what became of a call, for the attempt that owns its task; False: it no longer does."""
        row = await self._sql.fetchval(
            """
            WITH owned AS (
                SELECT task_id FROM "Task"
                WHERE task_id = (SELECT task_id FROM "VendorCall" WHERE call_id = $1)
                  AND attempt = $2 AND status = 'running'
                FOR NO KEY UPDATE
            ), known AS (
                UPDATE "VendorCall" c SET state = $3, vendor_ref = coalesce($4, c.vendor_ref),
                                          cost_microusd = coalesce($5, c.cost_microusd), attempt = $2,
                                          updated_at = now()
                FROM owned
                WHERE c.call_id = $1 AND c.task_id = owned.task_id
                RETURNING c.call_id, c.task_id
            ), told AS (
                INSERT INTO "TaskEvent" (task_id, attempt, kind, details)
                SELECT task_id, $2, 'call_' || $3::text, jsonb_build_object('call_id', call_id, 'vendor_ref', $4::text)
                FROM known
            )
            SELECT call_id FROM known
            """,
            call_id,
            attempt,
            state.value,
            vendor_ref,
            cost_microusd,
        )
        return row is not None

    async def close_open(self, task_id: UUID) -> int:
        """Call unknown what was on its way when its task ended; returns how many calls that were.

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
            SELECT call_id, task_id, attempt, step, backend, state, vendor_ref, cost_microusd FROM "VendorCall"
            WHERE task_id = $1 ORDER BY step, created_at
            """,
            task_id,
        )
        return [_call(row) for row in rows]


def _call(row: asyncpg.Record) -> VendorCall:
    return VendorCall(**{**row, "state": CallState(row["state"])})
