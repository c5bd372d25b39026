"""Runs one step of a task: chooses a backend, hands a call over, follows it, stores what it brings.

After a crash it asks before doing again: only a backend that never heard of a call is given it a second time.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID, uuid4

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.files import FileRepository
from repository.tasks import Task
from repository.vendor_calls import CallState, NewCall, Prepared, VendorCall, VendorCallRepository
from services.catalogue import Catalogue
from services.offers import Offer
from services.orders import StepOrder
from services.storage import Storage, StorageAway
from services.task_endings import CallReport
from services.tasks import Tasks
from workers.attempt import Attempt
from workers.backends.base import (
    CANCELLED,
    Backend,
    BackendCall,
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.routing import AskLater, Chosen, Nobody, Routing
from workers.insist import Lost, insist
from workers.keep_results import Results
from workers.preparations import Preparations
from workers.step import Away, Brought, Faulted, Made, Refused, Step, StepEnd, Stopped

SUBMIT_PATIENCE = 60.0
"""Seconds that a backend may take to hand a call over."""
TRAINING_SUBMIT_PATIENCE = 300.0
"""The same for a training, whose photos are handed over first."""
RESOLVE_PATIENCE = 30.0
"""Seconds that a backend may take to say what became of a call."""
FETCH_ATTEMPTS = 5
"""Attempts at a task, after which an output that could never be fetched is given up; each tries several times."""
STOP_PATIENCE = 20.0
"""Seconds that a backend has to come to an end after it was asked to stop."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asking:
    """A call: for which step of which attempt, and to whom."""

    attempt: Attempt
    step: Step
    backend: Backend
    call: BackendCall
    failures: Counter[str]
    """By backend, how often it has failed at this step before."""


class StepRunner:
    """Takes steps from their beginning, or from wherever an earlier attempt left them, to their end."""

    def __init__(
        self,
        db: Database,
        tasks: Tasks,
        storage: Storage,
        catalogue: Catalogue,
        routing: Routing,
        results: Results,
    ) -> None:
        self._db = db
        self._tasks = tasks
        self._storage = storage
        self._catalogue = catalogue
        self._routing = routing
        self._results = results
        self._preparations = Preparations(db)

    def reads_weights(self, backend: str) -> bool:
        """Whether this backend loads LoRAs itself, from our storage."""
        known = self._routing.named(backend)
        return known is not None and known.reads_weights

    async def run(self, attempt: Attempt, step: Step) -> StepEnd:
        """One step, to an end or to where it has to be tried again. Raises Lost."""
        try:
            if step.refusal is not None:
                return Refused(step.refusal)
            if step.open_call is not None:
                return await self._resume(attempt, step, step.open_call)
            return await self._call(attempt, step, Counter(call.backend for call in step.calls))
        except BackendUnreachable as error:
            _log.warning("backend.unreachable", error=str(error))
            return Away()
        except StorageAway as error:  # what was made waits at its vendor for as long as the task may take
            _log.warning("storage.away", error=str(error))
            return Away()

    async def _call(self, attempt: Attempt, step: Step, failures: Counter[str]) -> StepEnd:
        """Give the step to a backend, for the first time or after calls that failed."""
        task = attempt.task
        if attempt.halt.is_set():
            return Stopped()
        offers = await insist(lambda: self._catalogue.offers(step.order, task.user_id))
        choice = self._routing.choose(step.order, offers, failures)
        match choice:
            case Nobody():
                return Refused(choice.code, is_grave=True)
            case AskLater():
                return Away(choice.seconds)
            case Chosen():
                pass
            case _:
                assert_never(choice)
        inputs = await self._inputs(task, step.order)
        if isinstance(inputs, Refused):
            return inputs
        weights = await self._weights(choice.backend, choice.offer)
        call = BackendCall(uuid4(), inputs, choice.offer, weights)
        prepared = await self._preparations.prepare(
            NewCall(
                call_id=call.call_id,
                task_id=task.task_id,
                attempt=task.attempt,
                step=step.number,
                backend=choice.backend.name,
                estimated_microusd=choice.offer.estimated_microusd if choice.offer is not None else 0,
            )
        )
        match prepared:
            case Prepared.READY:
                return await self._submit(_Asking(attempt, step, choice.backend, call, failures))
            case Prepared.LOST:
                raise Lost
            case Prepared.OVER_BUDGET:
                return await self._over_budget(choice.backend)
            case _:
                assert_never(prepared)

    async def _resume(self, attempt: Attempt, step: Step, stored: VendorCall) -> StepEnd:
        """Ask what became of a call that an earlier attempt left open."""
        task = attempt.task
        backend = self._routing.named(stored.backend)
        if backend is None:
            _log.error("backend.not_here", backend=stored.backend)
            return Refused("internal", is_grave=True)
        offers = await insist(lambda: self._catalogue.offers(step.order, task.user_id))
        inputs = await self._inputs(task, step.order)
        offer = offers.get(backend.name)
        call = BackendCall(
            stored.call_id,
            inputs if not isinstance(inputs, Refused) else {},
            offer,
            await self._weights(backend, offer),
            stored.created_at,
        )
        failures = Counter(other.backend for other in step.calls if other.state is CallState.FAILED)
        asking = _Asking(attempt, step, backend, call, failures)
        answer = await _resolved(backend, call)
        await insist(lambda: self._tasks.tell(task, "resolved", answer=type(answer).__name__, backend=backend.name))
        match answer:
            case Finished() | Failed():
                return await self._ended(asking, answer)
            case StillRunning():
                return await self._follow(asking, answer.ref)
            case NeverHeard() if attempt.halt.is_set():
                await self._note(call.call_id, task, CallState.FAILED)  # nothing is on its way any more
                return Stopped()
            case NeverHeard() if isinstance(inputs, Refused):
                await self._note(call.call_id, task, CallState.FAILED)
                return inputs
            case NeverHeard():
                return await self._submit(asking)
            case Unknown():
                await self._note(call.call_id, task, CallState.UNKNOWN)
                return Away()
            case _:
                assert_never(answer)

    async def _submit(self, asking: _Asking) -> StepEnd:
        self._routing.begin(asking.backend.name)
        try:
            patience = TRAINING_SUBMIT_PATIENCE if asking.step.is_training else SUBMIT_PATIENCE
            async with asyncio.timeout(min(patience, asking.attempt.seconds_left)):
                answer = await asking.backend.submit(asking.call, asking.step.order)
        except (TimeoutError, BackendUnreachable) as error:
            self._routing.failed(asking.backend.name)
            raise BackendUnreachable(f"{asking.backend.name} did not take a call: {error}") from error
        if isinstance(answer, Failed):
            return await self._failed(asking, answer)
        await self._note(asking.call.call_id, asking.attempt.task, CallState.SENT, vendor_ref=answer.vendor_ref)
        return await self._follow(asking, answer)

    async def _follow(self, asking: _Asking, ref: VendorRef) -> StepEnd:
        """Stay with a call until it ends, is stopped by its person, or its deadline passes."""
        following = asyncio.create_task(_last_answer(asking.attempt, asking.step.number, asking.backend, ref))
        halting = asyncio.create_task(asking.attempt.halt.wait())
        is_still_billed = False
        try:
            await asyncio.wait({following, halting}, return_when=asyncio.FIRST_COMPLETED)
            cut_short = not following.done()
            if cut_short:
                is_still_billed = await _cancel(asking.backend, ref)
                await asyncio.wait({following}, timeout=STOP_PATIENCE)
            answer = following.result() if following.done() else None
        except BackendUnreachable:
            self._routing.failed(asking.backend.name)
            raise
        finally:
            following.cancel()
            halting.cancel()
        if cut_short:
            return await self._cut_short(asking, answer, is_still_billed=is_still_billed)
        assert answer is not None  # it was awaited to its end
        return await self._ended(asking, answer)

    async def _ended(self, asking: _Asking, answer: Finished | Failed) -> StepEnd:
        """A backend's own last word: the pictures, or why there are none."""
        match answer:
            case Failed():
                return await self._failed(asking, answer)
            case Finished():
                self._routing.succeeded(asking.backend.name)
                return await self._stored(asking, answer)
            case _:
                assert_never(answer)

    async def _cut_short(self, asking: _Asking, answer: Finished | Failed | None, *, is_still_billed: bool) -> StepEnd:
        """The end of a call that we stopped; None: the backend never said what became of it.

        A vendor that goes on with what nobody waits for any more bills all of it: the estimate stays in the day's
        spending, whatever was told by then.
        """
        unfinished = asking.call.offer.estimated_microusd if is_still_billed and asking.call.offer is not None else 0
        match answer:
            case Finished() if answer.trained is not None:  # noted, so that it is deleted there: nobody waits for it
                report = CallReport(asking.call.call_id, CallState.DONE, max(answer.cost_microusd, unfinished))
                return Stopped(report=report, brought=Brought(asking.backend.name, answer.trained))
            case Finished() if answer.served_as:  # known there before it heard of the stop: noted, as what lies there
                return await self._stored(asking, answer)
            case Finished():
                made = await self._stored(asking, answer)
                if len(answer.outputs) + answer.blocked >= asking.step.order.units:
                    return made  # it was done before it heard of the stop
                cost = max(answer.cost_microusd, unfinished)
                return Stopped(made.files, CallReport(asking.call.call_id, CallState.DONE, cost))
            case Failed() if (
                answer.code == CANCELLED and is_still_billed and not 0 < unfinished <= answer.cost_microusd
            ):
                # It goes on there, perhaps for nothing, as a registration: what it leaves must be looked for.
                return Stopped(report=CallReport(asking.call.call_id, CallState.UNKNOWN))
            case Failed():
                return Stopped(report=CallReport(asking.call.call_id, CallState.FAILED, answer.cost_microusd))
            case None:
                return Stopped(report=CallReport(asking.call.call_id, CallState.UNKNOWN))
            case _:
                assert_never(answer)

    async def _stored(self, asking: _Asking, finished: Finished) -> Made:
        """Store what a call brought. Raises BackendUnreachable where it cannot be fetched now."""
        return await self._results.keep(
            asking.call,
            asking.step,
            finished,
            backend=asking.backend.name,
            is_last_try=asking.attempt.task.attempt >= FETCH_ATTEMPTS,
        )

    async def _failed(self, asking: _Asking, failure: Failed) -> StepEnd:
        task = asking.attempt.task
        await self._note(asking.call.call_id, task, CallState.FAILED, failure=failure)
        if failure.kind is ErrorKind.ORDER:
            self._routing.succeeded(asking.backend.name)  # it works: the order was at fault
            return Refused(failure.code)
        self._routing.failed(asking.backend.name, failure)
        failures = asking.failures + Counter([asking.backend.name])
        if failure.is_lasting:
            _log.error("backend.lasting_fault", backend=asking.backend.name, code=failure.code, message=failure.message)
            return await self._call(asking.attempt, asking.step, failures)  # whoever comes next in the owner's list
        if failure.kind is ErrorKind.OURS:
            _log.error("backend.our_fault", code=failure.code, message=failure.message)
            return Refused("internal", is_grave=True)
        await insist(lambda: self._tasks.tell(task, "vendor_fault", code=failure.code, message=failure.message[:500]))
        if asking.step.is_training and failure.cost_microusd:
            return Refused(failure.code)  # it is not paid for a second time
        offers = await insist(lambda: self._catalogue.offers(asking.step.order, task.user_id))
        if isinstance(self._routing.choose(asking.step.order, offers, failures), Nobody):
            return Refused(failure.code)
        return Faulted(failure.code)

    async def _over_budget(self, backend: Backend) -> Refused:
        _log.error("spending.cap_reached", backend=backend.name)
        await insist(
            lambda: AdminEventRepository(self._db.writing(Write.ADMIN_EVENT)).open(
                "spending_cap", datetime.now(UTC).date().isoformat(), {"backend": backend.name}
            )
        )
        return Refused("unavailable", is_grave=True)

    async def _inputs(self, task: Task, order: StepOrder) -> dict[UUID, bytes] | Refused:
        """The bytes of the files that the order starts from."""
        try:
            return {file_id: await self._input(task, file_id) for file_id in order.input_files}
        except FileNotFoundError:
            return Refused("photo_gone")

    async def _weights(self, backend: Backend, offer: Offer | None) -> dict[str, bytes]:
        """The LoRAs of an offer, for a backend that loads them itself: there they are named as they lie in the storage.

        One whose model was deleted meanwhile is missing; the backend then says that it cannot make the order.
        """
        weights: dict[str, bytes] = {}
        if backend.reads_weights and offer is not None:
            for lora in offer.loras:
                with suppress(FileNotFoundError):
                    weights[lora.vendor_id] = await self._storage.get(lora.vendor_id)
        return weights

    async def _input(self, task: Task, file_id: UUID) -> bytes:
        file = await insist(lambda: FileRepository(self._db.reading).get_file(file_id, task.user_id))
        if file is None:
            raise FileNotFoundError(file_id)
        return await self._storage.get(file.storage_key)

    async def _note(
        self,
        call_id: UUID,
        task: Task,
        state: CallState,
        *,
        vendor_ref: str | None = None,
        failure: Failed | None = None,
    ) -> None:
        write = Write.CALL_SENT if state is CallState.SENT else Write.CALL_CLOSE
        noted = await insist(
            lambda: VendorCallRepository(self._db.writing(write)).update(
                call_id,
                task.attempt,
                state,
                vendor_ref=vendor_ref,
                cost_microusd=failure.cost_microusd if failure is not None else None,
                failure_kind=failure.kind.value if failure is not None else None,
                error_code=failure.code if failure is not None else None,
            )
        )
        if not noted:
            raise Lost


async def _resolved(backend: Backend, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
    try:
        async with asyncio.timeout(RESOLVE_PATIENCE):
            return await backend.resolve(call)
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=backend.name, error=str(error))
        return Unknown()


async def _cancel(backend: Backend, ref: VendorRef) -> bool:
    """Ask the vendor to stop; says whether it bills the call all the same.

    Where it cannot be asked, the call is waited for as if it had been.
    """
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            return (await backend.cancel(ref)).still_billed
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=backend.name, error=str(error))
        return True


async def _last_answer(attempt: Attempt, step: int, backend: Backend, ref: VendorRef) -> Finished | Failed:
    async for item in backend.follow(ref):
        match item:
            case Progress():
                attempt.tell(step, item.percent)
            case Finished() | Failed():
                return item
            case _:
                assert_never(item)
    raise BackendUnreachable(f"{backend.name} stopped telling of {ref.vendor_ref}")
