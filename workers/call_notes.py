"""What is written down of a call while its attempt goes on: before it is sent, once it is taken, and how it failed.

The end of one that brought something is written together with what it brought, by whoever keeps that.
"""

from datetime import UTC, datetime

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.vendor_calls import CallState, NewCall, Prepared, VendorCallRepository
from workers.asking import Asking
from workers.backends.base import Failed, VendorRef
from workers.insist import Lost, insist
from workers.preparations import Preparations

_log = structlog.get_logger(__name__)


class CallNotes:
    """Notes the calls of this process, through restarts of the database.

    All raise Lost where another attempt owns the task by now.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._preparations = Preparations(db)

    async def prepare(self, asking: Asking) -> bool:
        """Note a call before it is sent; False: the day's spending would pass its cap, which the admins are told."""
        offer = asking.call.offer
        prepared = await self._preparations.prepare(
            NewCall(
                call_id=asking.call.call_id,
                task_id=asking.attempt.task.task_id,
                attempt=asking.attempt.task.attempt,
                step=asking.step.number,
                backend=asking.backend.name,
                estimated_microusd=offer.estimated_microusd if offer is not None else 0,
            )
        )
        if prepared is Prepared.LOST:
            raise Lost
        if prepared is Prepared.OVER_BUDGET:
            await self._tell_of_cap(asking.backend.name)
        return prepared is Prepared.READY

    async def sent(self, asking: Asking, ref: VendorRef) -> None:
        """The vendor has it, under a name of its own."""
        await self._note(asking, CallState.SENT, ref=ref)

    async def failed(self, asking: Asking, failure: Failed | None = None) -> None:
        """It brought nothing, or (None) never reached the vendor."""
        await self._note(asking, CallState.FAILED, failure=failure)

    async def unknown(self, asking: Asking) -> None:
        """Nobody can say what became of it."""
        await self._note(asking, CallState.UNKNOWN)

    async def _note(
        self, asking: Asking, state: CallState, *, ref: VendorRef | None = None, failure: Failed | None = None
    ) -> None:
        write = Write.CALL_SENT if state is CallState.SENT else Write.CALL_CLOSE
        noted = await insist(
            lambda: VendorCallRepository(self._db.writing(write)).update(
                asking.call.call_id,
                asking.attempt.task.attempt,
                state,
                vendor_ref=ref.vendor_ref if ref is not None else None,
                cost_microusd=failure.cost_microusd if failure is not None else None,
                failure_kind=failure.kind.value if failure is not None else None,
                error_code=failure.code if failure is not None else None,
            )
        )
        if not noted:
            raise Lost

    async def _tell_of_cap(self, backend: str) -> None:
        _log.error("spending.cap_reached", backend=backend)
        await insist(
            lambda: AdminEventRepository(self._db.writing(Write.ADMIN_EVENT)).open(
                "spending_cap", datetime.now(UTC).date().isoformat(), {"backend": backend}
            )
        )
