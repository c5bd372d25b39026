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
    """The table "VendorCall". Every write is fenced by the attempt that owns the task."""

    async def prepare(self, call_id: UUID, task_id: UUID, attempt: int, step: int, backend: str) -> bool:
        """Note a call that is about to be sent; False: somebody else decides about the task now, send nothing."""
        row = await self._sql.fetchval(
            """
            INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend)
            SELECT $1, task_id, attempt, $4, $5 FROM "Task"
            WHERE task_id = $2 AND attempt = $3 AND status = 'running'
            RETURNING call_id
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
            UPDATE "VendorCall" c SET state = $3, vendor_ref = coalesce($4, c.vendor_ref),
                                      cost_microusd = coalesce($5, c.cost_microusd), attempt = $2, updated_at = now()
            FROM "Task" t
            WHERE c.call_id = $1 AND t.task_id = c.task_id AND t.attempt = $2 AND t.status = 'running'
            RETURNING c.call_id
            """,
            call_id,
            attempt,
            state.value,
            vendor_ref,
            cost_microusd,
        )
        return row is not None

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
