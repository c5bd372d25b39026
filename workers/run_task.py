"""Runs one attempt at a task: its steps side by side, then the end that follows from theirs."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from db.pool import Database
from repository.catalogue import CatalogueRepository
from repository.files import NewFile
from repository.likeness import LikenessRepository
from repository.tasks import Task, TaskStatus
from repository.vendor_calls import CallState, VendorCall, VendorCallRepository
from services.orders import AnyOrder, DatasetOrder, StepOrder, TaskKind, parse_order, personal_models, steps_of
from services.photos.figures import embedding_from_bytes
from services.remakes import chosen
from services.task_endings import Ending
from services.tasks import Tasks
from workers.attempt import Attempt
from workers.insist import Lost, insist
from workers.outputs import Outputs
from workers.remaking import REMAKE_NEEDS, REMAKE_PATIENCE, Portrait, remakes_due
from workers.run_step import StepRunner
from workers.run_training import TrainingRunner
from workers.step import Away, Faulted, Made, Refused, Step, StepEnd, Stopped

LONGEST_WAIT = 30
"""Seconds between two tries to reach a vendor that is away; only the task's deadline ends these."""
LONGEST_PAUSE = 60
"""Seconds between two tries after a vendor's passing fault."""
STEPS_AT_ONCE = 4
"""Pictures of one pack that are made side by side: the others in the lane wait for their turn too."""
HAND_BACK_PATIENCE = 5.0
"""Seconds for giving a task back when this process stops; after that its lease runs out by itself."""
MAX_BREAKS = 3
"""Faults of our own, after which a task is given up."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an attempt finds: what is still to be done, and what earlier ones have left."""

    orders: Sequence[StepOrder]
    steps: Sequence[Step]
    ends: Mapping[int, StepEnd]
    """Of the steps that are done."""
    calls: Mapping[int, Sequence[VendorCall]]
    """By step, remakes among them."""
    noise_level: float
    portrait: Portrait | None
    """None where the order is not made with one personal model."""
    remade: Mapping[int, StepEnd]
    """The remakes that are done."""


class TaskRunner:
    """Takes attempts from their claim to their end."""

    def __init__(
        self, db: Database, tasks: Tasks, steps: StepRunner, training: TrainingRunner, outputs: Outputs
    ) -> None:
        self._db = db
        self._tasks = tasks
        self._steps = steps
        self._training = training
        self._outputs = outputs

    async def run(self, attempt: Attempt) -> None:
        """One attempt. Never raises but for cancellation, which hands the task back or finds it lost."""
        task = attempt.task
        structlog.contextvars.bind_contextvars(
            correlation_id=task.correlation_id, task_id=str(task.task_id), attempt=task.attempt
        )
        try:
            with attempt.halting():
                await self._run(attempt)
        except Lost:
            _log.warning("task.lost")
        except asyncio.CancelledError:
            # A clean stop gives the task to another worker; where it was lost, the fence lets nothing through.
            with suppress(TimeoutError):
                async with asyncio.timeout(HAND_BACK_PATIENCE):
                    await self._hand_back(attempt, timedelta(0), failed=False)
            raise
        except Exception:  # noqa: BLE001 - the worker's edge: no fault of ours may leave a person waiting for ever
            _log.exception("task.broken")
            await self._broken(attempt)

    async def _run(self, attempt: Attempt) -> None:
        if attempt.task.kind == TaskKind.TRAIN:
            await self._conclude(attempt, 1, {0: await self._training.run(attempt)}, {})
            return
        plan = await self._plan(attempt.task)
        ends = dict(plan.ends)
        attempt.plan(len(plan.orders))
        for number in ends:
            attempt.tell(number, 100)
        if not ends and len(plan.steps) == 1:
            ends[0] = await self._steps.run(attempt, plan.steps[0])
        else:
            ends |= await self._run_steps(attempt, plan.steps)
        remade: Mapping[int, StepEnd] = {}
        if plan.portrait is not None and not any(isinstance(end, Faulted | Away) for end in ends.values()):
            remade = await self._make_again(attempt, plan, plan.portrait, ends)
        await self._conclude(attempt, len(plan.orders), ends, remade)

    async def _plan(self, task: Task) -> _Plan:
        """The steps that are still to be done, and the ends of those that an earlier attempt has finished."""
        order = parse_order(task.order_json)
        orders = steps_of(order)
        is_begun = task.attempt > 1  # else there is nothing to go on with
        calls = (
            await insist(lambda: VendorCallRepository(self._db.reading).get_task_calls(task.task_id))
            if is_begun
            else []
        )
        kept = await insist(lambda: self._tasks.kept_outputs(task)) if is_begun else {}
        by_step: defaultdict[int, list[VendorCall]] = defaultdict(list)
        for call in calls:
            by_step[call.step].append(call)
        noise_level = order.noise_level if isinstance(order, DatasetOrder) else 0.0
        portrait = await self._portrait(task, order)
        face = portrait.face if portrait is not None else None
        steps: list[Step] = []
        ends: dict[int, StepEnd] = {}
        for number, one in enumerate(orders):
            if any(call.state is CallState.DONE for call in by_step[number]):
                ends[number] = Made(tuple(kept.get(number, ())))
            else:
                steps.append(Step(number, one, noise_level, by_step[number], face))
        remade = {number: Made(tuple(files)) for number, files in kept.items() if number >= len(orders)}
        return _Plan(orders, steps, ends, dict(by_step), noise_level, portrait, remade)

    async def _portrait(self, task: Task, order: AnyOrder) -> Portrait | None:
        """What the pictures are measured against, where they show the person of one personal model."""
        if len(personal_models(order)) != 1:
            return None
        face = await insist(lambda: LikenessRepository(self._db.reading).get_face(task.task_id))
        percent = await insist(lambda: CatalogueRepository(self._db.reading).get_limit("likeness_percent"))
        return Portrait(embedding_from_bytes(face) if face is not None else None, (percent or 0) / 100)

    async def _make_again(
        self, attempt: Attempt, plan: _Plan, portrait: Portrait, ends: dict[int, StepEnd]
    ) -> Mapping[int, StepEnd]:
        """Make portraits under the line a second time; a remake that comes to nothing leaves the first as it is.

        What is there is written down before, so that `ends` has no open report any more and no crash undoes it.
        """
        may_begin = not attempt.halt.is_set() and attempt.seconds_left >= REMAKE_NEEDS
        steps = list(remakes_due(plan.orders, ends, plan.calls, portrait, plan.noise_level, may_begin=may_begin))
        if not steps:
            return plan.remade
        for number, end in ends.items():
            ends[number] = await self._kept(attempt, end)
        await insist(lambda: self._tasks.tell(attempt.task, "made_again", pictures=len(steps)))
        with attempt.halting_within(REMAKE_PATIENCE):
            return {**plan.remade, **await self._run_steps(attempt, steps)}

    async def _run_steps(self, attempt: Attempt, steps: Sequence[Step]) -> dict[int, StepEnd]:
        """Run the steps side by side; after trouble none is begun any more, and those under way come to their end."""
        ends: dict[int, StepEnd] = {}
        waiting = list(reversed(steps))
        running: dict[asyncio.Task[StepEnd], int] = {}
        is_troubled = False
        try:
            while True:
                while waiting and len(running) < STEPS_AT_ONCE and not is_troubled:
                    step = waiting.pop()
                    running[asyncio.create_task(self._run_step(attempt, step))] = step.number
                if not running:
                    return ends
                ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for one in ended:
                    number = running.pop(one)
                    ends[number] = end = one.result()
                    attempt.tell(number, 100 if isinstance(end, Made) else 0)
                    is_troubled |= isinstance(end, Faulted | Away) or (isinstance(end, Refused) and end.is_grave)
        finally:
            for one in running:
                one.cancel()
            if running:
                await asyncio.wait(running)

    async def _run_step(self, attempt: Attempt, step: Step) -> StepEnd:
        """Run one of several steps, and write down what it made."""
        return await self._kept(attempt, await self._steps.run(attempt, step))

    async def _kept(self, attempt: Attempt, end: StepEnd) -> StepEnd:
        """The end of a step once what it made is written down. Raises Lost."""
        if not isinstance(end, Made | Stopped) or end.report is None:
            return end
        report = end.report
        if not await insist(lambda: self._tasks.keep_step(attempt.task, report, end.files)):
            await self._discard(end.files)
            raise Lost
        return replace(end, report=None)

    async def _conclude(
        self, attempt: Attempt, steps: int, by_step: Mapping[int, StepEnd], remade: Mapping[int, StepEnd]
    ) -> None:
        """End the task, or hand it back for another attempt."""
        task = attempt.task
        ends = [by_step[number] for number in sorted(by_step)]
        is_halted = attempt.is_stopped or any(isinstance(end, Stopped) for end in ends)
        if not is_halted:
            faults = [end for end in ends if isinstance(end, Faulted)]
            if faults:
                await self._hand_back(attempt, _pause_after(task), failed=True)
                return
            away = [end for end in ends if isinstance(end, Away)]
            if away:
                await self._hand_back(attempt, _wait_for(task, away), failed=False)
                return
        done = {number: end for number, end in {**by_step, **remade}.items() if isinstance(end, Made | Stopped)}
        brings = chosen({number: end.files for number, end in done.items()}, steps)
        reports = [end.report for end in ends if isinstance(end, Made | Stopped) and end.report is not None]
        whole = sum(end.whole for end in done.values() if isinstance(end, Made))
        status, code = _outcome(attempt, ends, made=len(brings.files) + whole, is_halted=is_halted)
        if not await self._end(attempt, Ending(status, brings.files, code, reports, brings.dropped)):
            await self._discard([*brings.files, *brings.dropped])
            raise Lost

    async def _broken(self, attempt: Attempt) -> None:
        """A fault of our own: try again later, or give up after too many tries."""
        if attempt.is_stopped:
            await self._end(attempt, await self._with_kept(attempt.task, Ending(TaskStatus.CANCELLED)))
        elif attempt.task.failure_count + 1 >= MAX_BREAKS:
            ending = Ending(TaskStatus.FAILED, error_code="internal")
            await self._end(attempt, await self._with_kept(attempt.task, ending))
        else:
            await self._hand_back(attempt, _pause_after(attempt.task), failed=True)

    async def _with_kept(self, task: Task, ending: Ending) -> Ending:
        """The ending with what finished steps have made: that is delivered and paid for however the task ends."""
        kept = await insist(lambda: self._tasks.kept_outputs(task))
        if not kept:
            return ending
        brings = chosen(kept, len(steps_of(parse_order(task.order_json))))
        return replace(ending, files=brings.files, dropped=brings.dropped)

    async def _discard(self, files: Sequence[NewFile]) -> None:
        """Take back what this attempt stored in vain; where the answer to our own commit was lost, it stays."""
        unreferenced = set(await insist(lambda: self._tasks.unreferenced(files)))
        await self._outputs.discard([file for file in files if file.storage_key in unreferenced])

    async def _end(self, attempt: Attempt, ending: Ending) -> bool:
        attempt.is_leaving = True
        return await insist(lambda: self._tasks.end(attempt.task, ending))

    async def _hand_back(self, attempt: Attempt, delay: timedelta, *, failed: bool) -> None:
        attempt.is_leaving = True
        await insist(lambda: self._tasks.hand_back(attempt.task, delay, failed=failed))


def _outcome(attempt: Attempt, ends: Sequence[StepEnd], *, made: int, is_halted: bool) -> tuple[TaskStatus, str | None]:
    """How the task ends, and the code where it did not go as asked."""
    if is_halted and made < attempt.task.units:
        return (TaskStatus.CANCELLED, None) if attempt.is_stopped else (TaskStatus.FAILED, "deadline")
    if made >= attempt.task.units:
        return TaskStatus.COMPLETED, None
    blocked = any(isinstance(end, Made) and end.blocked for end in ends)
    if made:
        return TaskStatus.COMPLETED, "partly_blocked" if blocked else "partial"
    if blocked:
        return TaskStatus.FAILED, "output_blocked"
    refusals = [end.code for end in ends if isinstance(end, Refused)]
    if refusals:
        return TaskStatus.FAILED, refusals[0]
    spoilt = any(isinstance(end, Made) and end.spoilt for end in ends)
    return TaskStatus.FAILED, "output_spoilt" if spoilt else "nothing_made"


def _pause_after(task: Task) -> timedelta:
    return timedelta(seconds=min(2 * 3**task.failure_count, LONGEST_PAUSE))


def _wait_for(task: Task, away: Sequence[Away]) -> timedelta:
    """Until a vendor that is away is asked again; what may have been paid for is not thrown away for a bad line."""
    known = [end.seconds for end in away if end.seconds is not None]
    return timedelta(seconds=min([2 * 1.5 ** min(task.attempt - 1, 10), LONGEST_WAIT, *known]))
