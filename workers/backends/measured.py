"""Times a backend's calls and tells of them in the log, whoever the backend is."""

import time
from collections.abc import AsyncIterator, Callable
from typing import assert_never

import structlog

from config.telemetry import CALL_SECONDS, CallOutcome
from services.offers import Offer
from services.orders import StepOrder
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    Cancelled,
    CopyKind,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)

_log = structlog.get_logger(__name__)


class MeasuredBackend:
    """A backend as it is, with a clock beside it. A call is timed from when the vendor had taken it to its last word.

    One that an earlier attempt had sent is timed from when this one came back to it.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = backend.name
        self.reads_weights = backend.reads_weights
        self._backend = backend
        self._clock = clock

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """As the backend says."""
        return self._backend.supports(order, offer)

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef | Failed:
        """Hand the call over. Raises what the backend raises; a call that was not taken counts too."""
        began = self._clock()
        outcome: CallOutcome | None = CallOutcome.LEFT
        try:
            ref = await self._backend.submit(call, order)
            outcome = _outcome_of(ref) if isinstance(ref, Failed) else None
        except BackendUnreachable:
            outcome = CallOutcome.UNREACHABLE
            raise
        finally:
            if outcome is not None:
                self._note(call, outcome, began)
        if isinstance(ref, Failed):
            return ref
        _log.info("call.sent", backend=self.name, call_id=str(call.call_id), vendor_ref=ref.vendor_ref)
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Tell of the call until it ends. Raises what the backend raises."""
        began = self._clock()
        outcome = CallOutcome.LEFT
        last: Finished | Failed | None = None
        try:
            async for item in self._backend.follow(ref):
                if not isinstance(item, Progress):
                    last, outcome = item, _outcome_of(item)
                    break
                yield item
        except BackendUnreachable:
            outcome = CallOutcome.UNREACHABLE
            raise
        finally:
            self._note(ref, outcome, began)
        if last is not None:
            yield last

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """As the backend says."""
        answer = await self._backend.resolve(call)
        _log.info("call.resolved", backend=self.name, call_id=str(call.call_id), answer=type(answer).__name__)
        return answer

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """As the backend does."""
        return await self._backend.cancel(ref)

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """As the backend does."""
        is_gone = await self._backend.delete_copy(kind, vendor_id)
        _log.info("copy.deleted", backend=self.name, kind=kind, is_gone=is_gone)
        return is_gone

    async def health(self) -> Health:
        """As the backend says."""
        return await self._backend.health()

    async def aclose(self) -> None:
        """As the backend does."""
        await self._backend.aclose()

    def _note(self, call: BackendCall | VendorRef, outcome: CallOutcome, began: float) -> None:
        seconds = self._clock() - began
        CALL_SECONDS.labels(self.name, outcome.value).observe(seconds)
        _log.info(
            "call.ended",
            backend=self.name,
            call_id=str(call.call_id),
            outcome=outcome.value,
            seconds=round(seconds, 3),
        )


def _outcome_of(item: Finished | Failed) -> CallOutcome:
    match item:
        case Finished():
            return CallOutcome.FINISHED
        case Failed(kind=ErrorKind.ORDER):
            return CallOutcome.FAILED_ORDER
        case Failed(kind=ErrorKind.VENDOR):
            return CallOutcome.FAILED_VENDOR
        case Failed():
            return CallOutcome.FAILED_OURS
        case _:
            assert_never(item)
