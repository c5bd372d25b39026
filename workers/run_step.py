"""Runs one step of a task: chooses a backend, hands a call over, follows it, stores what it brings.

After a crash it asks before doing again: only a backend that never heard of a call is given it a second time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import assert_never
from uuid import uuid4

import structlog

from db.pool import Database
from repository.vendor_calls import CallState, VendorCall
from services.catalogue import Catalogue
from services.offers import Offer
from services.storage import Storage, StorageAway
from services.tasks import Tasks
from workers.asking import Asking, CutShort, follow, hand_over, resolve
from workers.attempt import Attempt
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.routing import AskLater, Chosen, Nobody, Routing
from workers.call_notes import CallNotes
from workers.insist import insist
from workers.keep_results import Results
from workers.materials import Materials
from workers.plain_words import without_secrets
from workers.step import Away, Faulted, Refused, Step, StepEnd, Stopped

_log = structlog.get_logger(__name__)


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
        self._tasks = tasks
        self._catalogue = catalogue
        self._routing = routing
        self._results = results
        self._materials = Materials(db, storage)
        self._notes = CallNotes(db)

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
            return await self._begin(attempt, step, Counter(call.backend for call in step.calls))
        except BackendUnreachable as error:
            _log.warning("backend.unreachable", error=str(error))
            return Away()
        except StorageAway as error:  # what was made waits at its vendor for as long as the task may take
            _log.warning("storage.away", error=str(error))
            return Away()

    async def _begin(self, attempt: Attempt, step: Step, failures: Counter[str]) -> StepEnd:
        """Choose who makes the step, for the first time or after calls that failed."""
        if attempt.halt.is_set():
            return Stopped()
        choice = self._routing.choose(step.order, await self._offers(attempt, step), failures)
        match choice:
            case Nobody():
                return Refused(choice.code, is_grave=True)
            case AskLater():
                return Away(choice.seconds)
            case Chosen():
                return await self._call(attempt, step, choice, failures)
            case _:
                assert_never(choice)

    async def _call(self, attempt: Attempt, step: Step, chosen: Chosen, failures: Counter[str]) -> StepEnd:
        """Write a new call down, and send it."""
        inputs = await self._materials.inputs(attempt.task, step.order)
        if isinstance(inputs, Refused):
            return inputs
        weights = await self._materials.weights(chosen.backend, chosen.offer)
        call = BackendCall(uuid4(), inputs, chosen.offer, weights)
        asking = Asking(attempt, step, chosen.backend, call, failures)
        if not await self._notes.prepare(asking):
            return Refused("unavailable", is_grave=True)
        return await self._send(asking)

    async def _resume(self, attempt: Attempt, step: Step, stored: VendorCall) -> StepEnd:
        """Ask what became of a call that an earlier attempt left open."""
        task = attempt.task
        backend = self._routing.named(stored.backend)
        if backend is None:
            _log.error("backend.not_here", backend=stored.backend)
            return Refused("internal", is_grave=True)
        offer = (await self._offers(attempt, step)).get(backend.name)
        inputs = await self._materials.inputs(task, step.order)
        call = BackendCall(
            stored.call_id,
            inputs if not isinstance(inputs, Refused) else {},
            offer,
            await self._materials.weights(backend, offer),
            stored.created_at,
        )
        failures = Counter(other.backend for other in step.calls if other.state is CallState.FAILED)
        asking = Asking(attempt, step, backend, call, failures)
        answer = await resolve(asking)
        await insist(lambda: self._tasks.tell(task, "resolved", answer=type(answer).__name__, backend=backend.name))
        match answer:
            case Finished() | Failed():
                return await self._ended(asking, answer)
            case StillRunning():
                return await self._follow(asking, answer.ref)
            case NeverHeard() if attempt.halt.is_set():
                await self._notes.failed(asking)  # nothing is on its way any more
                return Stopped()
            case NeverHeard() if isinstance(inputs, Refused):
                await self._notes.failed(asking)
                return inputs
            case NeverHeard():
                return await self._send(asking)
            case Unknown():
                await self._notes.unknown(asking)
                return Away()
            case _:
                assert_never(answer)

    async def _send(self, asking: Asking) -> StepEnd:
        """Hand a call over that is written down, and stay with it."""
        self._routing.begin(asking.backend.name)
        with self._blaming(asking.backend):
            answer = await hand_over(asking)
        if isinstance(answer, Failed):
            return await self._failed(asking, answer)
        await self._notes.sent(asking, answer)
        return await self._follow(asking, answer)

    async def _follow(self, asking: Asking, ref: VendorRef) -> StepEnd:
        with self._blaming(asking.backend):
            answer = await follow(asking, ref)
        if isinstance(answer, CutShort):
            return await self._results.keep_cut_short(asking, answer)
        return await self._ended(asking, answer)

    async def _ended(self, asking: Asking, answer: Finished | Failed) -> StepEnd:
        """A backend's own last word: the pictures, or why there are none."""
        match answer:
            case Failed():
                return await self._failed(asking, answer)
            case Finished():
                self._routing.succeeded(asking.backend.name)
                return await self._results.keep(asking, answer)
            case _:
                assert_never(answer)

    async def _failed(self, asking: Asking, failure: Failed) -> StepEnd:
        """Whoever is at fault: the order is refused, another call may do better, or nobody's would."""
        task = asking.attempt.task
        failure = without_secrets(failure, asking.step.order, asking.call.offer)
        await self._notes.failed(asking, failure)
        if failure.kind is ErrorKind.ORDER:
            self._routing.succeeded(asking.backend.name)  # it works: the order was at fault
            return Refused(failure.code)
        self._routing.failed(asking.backend.name, failure)
        failures = asking.failures + Counter([asking.backend.name])
        if failure.is_lasting:
            _log.error("backend.lasting_fault", backend=asking.backend.name, code=failure.code, message=failure.message)
            return await self._begin(asking.attempt, asking.step, failures)  # whoever comes next in the owner's list
        if failure.kind is ErrorKind.OURS:
            _log.error("backend.our_fault", code=failure.code, message=failure.message)
            return Refused("internal", is_grave=True)
        await insist(lambda: self._tasks.tell(task, "vendor_fault", code=failure.code, message=failure.message[:500]))
        if asking.step.is_training and failure.cost_microusd:
            return Refused(failure.code)  # it is not paid for a second time
        offers = await self._offers(asking.attempt, asking.step)
        if isinstance(self._routing.choose(asking.step.order, offers, failures), Nobody):
            return Refused(failure.code)
        return Faulted(failure.code)

    async def _offers(self, attempt: Attempt, step: Step) -> Mapping[str, Offer]:
        """By backend, what the catalogue says of the step there."""
        task = attempt.task
        return await insist(lambda: self._catalogue.offers(step.order, task.user_id, task.task_id))

    @contextmanager
    def _blaming(self, backend: Backend) -> Iterator[None]:
        """One that cannot be reached within the block counts as one that failed."""
        try:
            yield
        except BackendUnreachable:
            self._routing.failed(backend.name)
            raise
