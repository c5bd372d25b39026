"""The lifecycle of a task: claim, lease, ending, cancel, and the sweep that forgets nobody.

Every write of a worker is fenced by the attempt it holds; money moves only in the transaction whose fenced
statement hit a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog

from config import telemetry
from config.failpoints import Write
from db.pool import Connection, Database
from repository.call_outputs import CallOutputRepository
from repository.ended_tasks import EndedTaskRepository
from repository.files import File, FileRepository, NewFile
from repository.generations import Generation, GenerationRepository
from repository.ledger import Hold, LedgerRepository
from repository.marks import MarkRepository
from repository.notifications import DeliveryState, NotificationRepository
from repository.queue import QueueRepository, RunningTask
from repository.tasks import Lane, Task, TaskEvent, TaskRepository, TaskStatus
from repository.vendor_calls import Correction, VendorCall, VendorCallRepository
from services.doorbell import Doorbell
from services.errors import TaskNotFound
from services.orders import TaskKind, parse_order, personal_models, steps_of
from services.remakes import chosen
from services.task_endings import CallReport, Ending
from services.training.ends import end_training, is_of_the_house

LEASE = timedelta(seconds=15)
"""How long a worker that falls silent keeps its tasks."""
MAX_CRASHES = 3
"""A task that took down as many workers is not given to another."""
DEADLINE_GRACE = timedelta(seconds=60)
"""How long past its deadline a worker may take to end a task, before the sweep ends it over the worker's head."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TaskStory:
    """Everything that is known of one task, for support, admins and REST."""

    task: Task
    events: list[TaskEvent]
    calls: list[VendorCall]
    hold: Hold | None
    """The tokens; None for an order that cost nothing."""
    generation: Generation | None
    files: list[File]
    delivery: DeliveryState | None
    """None while the task is open, and for people who are never messaged."""


class Tasks:
    """Everything that happens to a task after it was asked for."""

    def __init__(
        self, db: Database, doorbell: Doorbell, lease: timedelta = LEASE, picture_lane: Lane = Lane.PROVIDER
    ) -> None:
        self._db = db
        self._doorbell = doorbell
        self._lease = lease
        self._picture_lane = picture_lane
        """Where the samples of a new model are made."""

    async def get(self, user_id: int, task_id: UUID) -> Task:
        """The person's own task. Raises TaskNotFound."""
        task = await TaskRepository(self._db.reading).get(task_id)
        if task is None or task.user_id != user_id:
            raise TaskNotFound
        return task

    async def open_tasks(self, user_id: int) -> list[Task]:
        """The person's tasks that have not ended, newest first."""
        return await TaskRepository(self._db.reading).get_user_open(user_id)

    async def typical_seconds(self, kind: str, units: int) -> float | None:
        """How long such a task runs, from real past ones; None where there are none.

        Units are pictures; those of a training are parts of its price and say nothing of its time.
        """
        if kind == TaskKind.TRAIN:
            return await TaskRepository(self._db.reading).typical_training_seconds(None)
        return await TaskRepository(self._db.reading).typical_seconds(kind, units)

    async def story(self, task_id: UUID) -> TaskStory:
        """Whatever happened to a task, told from its rows. Raises TaskNotFound."""
        reading = self._db.reading
        task = await TaskRepository(reading).get(task_id)
        if task is None:
            raise TaskNotFound
        generation = await GenerationRepository(reading).get_by_task(task_id)
        return TaskStory(
            task=task,
            events=await TaskRepository(reading).get_events(task_id),
            calls=await VendorCallRepository(reading).get_task_calls(task_id),
            hold=await LedgerRepository(reading).get_hold(task_id),
            generation=generation,
            files=await FileRepository(reading).get_outputs(generation.generation_id) if generation else [],
            delivery=await NotificationRepository(reading).get_delivery_state(task_id),
        )

    async def cancel(self, user_id: int, task_id: UUID) -> Task:
        """Stop a task: at once and for nothing while it waits; while it runs, as soon as its worker hears of it.

        Returns the task as it stands then; one that has ended stays as it is. Raises TaskNotFound.
        """
        task = await self.get(user_id, task_id)
        async with self._db.transaction(Write.TASK_CANCEL) as tx:
            status = await TaskRepository(tx).cancel(task_id)
            if status is TaskStatus.CANCELLED:
                story = await self._settle_from_outside(tx, task, Ending(TaskStatus.CANCELLED))
            elif status is TaskStatus.RUNNING:
                await TaskRepository(tx).tell(task_id, task.attempt, "cancel_requested")
        if status is TaskStatus.CANCELLED:
            await self._announce(task, Ending(TaskStatus.CANCELLED), story)
        return await self.get(user_id, task_id)

    async def abandon(self, user_id: int) -> None:
        """End every open task of a person now, for nothing; a worker that is at one finds it is no longer its own."""
        for open_task in await TaskRepository(self._db.reading).get_user_open(user_id, limit=1000):
            await self.abandon_task(user_id, open_task.task_id)

    async def abandon_task(self, user_id: int, task_id: UUID) -> None:
        """End one task of a person now, as `abandon` ends all. Raises TaskNotFound."""
        task = await self.cancel(user_id, task_id)
        if not task.status.is_final:
            await self._give_up(task)

    async def claim(self, lane: Lane, limit: int) -> list[Task]:
        """Take up to `limit` due tasks of a lane, fairest first, each for one attempt under a lease."""
        claimed = await QueueRepository(self._db.writing(Write.TASK_CLAIM)).claim(lane, self._lease, limit)
        for task in claimed:
            telemetry.note_claim(lane.value, task.attempt, task.created_at, task.started_at)
            _log.info(
                "task.claimed",
                task_id=str(task.task_id),
                attempt=task.attempt,
                correlation_id=task.correlation_id,
            )
        return claimed

    async def renew(self, held: Iterable[RunningTask]) -> dict[UUID, bool]:
        """Prolong leases and show progress; says which tasks are still held, each with whether to stop it."""
        return await QueueRepository(self._db.writing(Write.TASK_RENEW)).renew(held, self._lease)

    async def end(self, task: Task, ending: Ending) -> bool:
        """End a running task for the attempt that owns it: files, settlement, gallery, outbox, in one transaction.

        The files are in the storage already. False: somebody else decides now, or a first try that seemed to fail
        had gone through; `unreferenced` tells the difference.
        """
        async with self._db.transaction(Write.TASK_END) as tx:
            # Before the task ends: a call's fence is the running task.
            corrections = [
                await VendorCallRepository(tx).close(call.call_id, task.attempt, call.state, call.cost_microusd)
                for call in ending.calls
            ]
            ended = await QueueRepository(tx).end_running(
                task.task_id,
                task.attempt,
                ending.status,
                units_made=ending.units_made,
                error_code=ending.error_code,
            )
            if ended:
                if task.kind == TaskKind.TRAIN:
                    ending = await end_training(tx, task, ending, self._picture_lane)
                story = await self._settle(tx, task, ending)
            await _correct(tx, corrections)
        if ended:
            await self._announce(task, ending, story)
        return ended

    async def keep_step(self, task: Task, call: CallReport, files: Sequence[NewFile]) -> bool:
        """Keep what a step of a running task has made, until the task ends. The files are in the storage already.

        False: somebody else decides now. Asked again after an answer that was lost it answers the same.
        """
        async with self._db.transaction(Write.STEP_KEEP) as tx:
            correction = await VendorCallRepository(tx).close(
                call.call_id, task.attempt, call.state, call.cost_microusd
            )
            if correction is not None:
                await CallOutputRepository(tx).add(call.call_id, files)
            await _correct(tx, [correction])
        return correction is not None

    async def kept_outputs(self, task: Task) -> dict[int, list[NewFile]]:
        """What earlier steps of an open task have made, by step."""
        return await CallOutputRepository(self._db.reading).get_task_outputs(task.task_id)

    async def hand_back(self, task: Task, delay: timedelta, *, failed: bool) -> bool:
        """Queue a running task again: after a vendor's passing fault, or because this worker stops.

        False: somebody else decides now.
        """
        async with self._db.transaction(Write.TASK_HAND_BACK) as tx:
            handed = await QueueRepository(tx).hand_back(task.task_id, task.attempt, delay, failed=failed)
            if handed:
                await TaskRepository(tx).tell(task.task_id, task.attempt, "retry" if failed else "handed_back")
        if handed and not delay:
            await self._doorbell.ring(task.lane)
        return handed

    async def tell(self, task: Task, kind: str, **details: object) -> None:
        """Add a line to the task's story."""
        await TaskRepository(self._db.writing(Write.TASK_TELL)).tell(task.task_id, task.attempt, kind, details)

    async def unreferenced(self, files: Iterable[NewFile]) -> list[str]:
        """The storage keys of these pictures that no row names: their attempt had lost its task."""
        return await FileRepository(self._db.reading).find_unreferenced([key for file in files for key in file.keys])

    async def ping(self) -> None:
        """Hear from the database, or raise one of db.pool.UNAVAILABLE."""
        await self._db.ping()

    async def sweep(self) -> None:
        """Take back what silent workers hold, end what can no longer succeed, ring for whatever is due."""
        taken = await QueueRepository(self._db.writing(Write.TASK_TAKE_BACK)).take_back_lost(MAX_CRASHES)
        for task_id, lane, correlation_id in taken:
            telemetry.LEASES_LOST.labels(lane.value).inc()
            _log.warning("task.lease_lost", task_id=str(task_id), correlation_id=correlation_id)
        queue = QueueRepository(self._db.reading)
        for task in await queue.find_hopeless(MAX_CRASHES, DEADLINE_GRACE):
            await self._give_up(task)
        for lane in await queue.due_lanes():
            await self._doorbell.ring(lane)

    async def _give_up(self, task: Task) -> None:
        ending = _ending_from_outside(task)
        async with self._db.transaction(Write.TASK_GIVE_UP) as tx:
            if task.status is TaskStatus.RUNNING:
                ended = await QueueRepository(tx).end_running(
                    task.task_id, task.attempt, ending.status, units_made=0, error_code=ending.error_code
                )
            else:
                ended = await TaskRepository(tx).end_queued(task.task_id, ending.status, error_code=ending.error_code)
            if ended:
                story = await self._settle_from_outside(tx, task, ending)
        if ended:
            await self._announce(task, ending, story)

    async def _settle_from_outside(self, tx: Connection, task: Task, ending: Ending) -> dict[str, int | str]:
        """Settle an ending that no worker wrote: what finished steps have made is delivered and paid for.

        Read after the task's row is ended, and so locked: no worker keeps another step meanwhile.
        """
        if task.kind == TaskKind.TRAIN:
            return await self._settle(tx, task, await end_training(tx, task, ending, self._picture_lane))
        kept = await CallOutputRepository(tx).get_task_outputs(task.task_id)
        if not kept:
            return await self._settle(tx, task, ending)
        brings = chosen(kept, len(steps_of(parse_order(task.order_json))))
        if brings.files:
            await TaskRepository(tx).count_made(task.task_id, len(brings.files))
        return await self._settle(tx, task, replace(ending, files=brings.files, dropped=brings.dropped))

    async def _settle(self, tx: Connection, task: Task, ending: Ending) -> dict[str, int | str]:
        """Write everything that follows from an ending, in the transaction whose fenced statement wrote it.

        Returns what the task's story says of it.
        """
        await VendorCallRepository(tx).close_open(task.task_id)
        settlement = await LedgerRepository(tx).settle_hold(task.task_id, task.unit_price * ending.units_made)
        if settlement is not None and settlement.owed and settlement.released:
            await LedgerRepository(tx).pay_debt(task.user_id, f"task:{task.task_id}")
        if _keeps_steps(task):
            await CallOutputRepository(tx).forget(task.task_id)
        if ending.dropped:
            await MarkRepository(tx).note_erasable([key for file in ending.dropped for key in file.keys])
        is_told = bool(ending.files) or not await is_of_the_house(tx, task)
        charged: dict[str, int] = (
            {"captured": settlement.captured, "released": settlement.released} if settlement else {}
        )
        story: dict[str, int | str] = {"pictures": len(ending.files), **charged}
        if ending.error_code:
            story |= {"error_code": ending.error_code}
        await EndedTaskRepository(tx).write_end(
            *(task.task_id, task.attempt, task.user_id, ending.status, ending.files, story), is_told=is_told
        )
        return story

    async def _announce(self, task: Task, ending: Ending, story: dict[str, int | str]) -> None:
        """Count, log and ring for an ending that is committed."""
        telemetry.note_ended(task.kind, ending.status.value, ending.error_code, task.started_at)
        for file in ending.files:
            if file.has_face is not None:
                telemetry.note_portrait(file.likeness, is_remade=file.is_remade)
        await self._doorbell.ring_outbox()
        if task.kind == TaskKind.TRAIN and ending.status is TaskStatus.COMPLETED:
            await self._doorbell.ring(self._picture_lane)  # for the samples
        _log.info(
            f"task.{ending.status.value}",
            task_id=str(task.task_id),
            attempt=task.attempt,
            correlation_id=task.correlation_id,
            **story,
        )


def _keeps_steps(task: Task) -> bool:
    """Whether what it made may have been kept before its end: that of packs, and of portraits that are made again."""
    if task.kind in (TaskKind.TEXT_TO_IMAGE, TaskKind.IMAGE_TO_IMAGE):
        return bool(personal_models(parse_order(task.order_json)))
    return task.kind == TaskKind.DATASET


async def _correct(tx: Connection, corrections: Iterable[Correction | None]) -> None:
    """Put the day's spending right, as the last thing of a transaction: everybody else's calls wait for its commit."""
    for correction in corrections:
        if correction is not None and correction.microusd:
            await VendorCallRepository(tx).correct(correction)


def _ending_from_outside(task: Task) -> Ending:
    """How a task ends that no worker will bring to an end."""
    if task.cancel_requested_at is not None:
        return Ending(TaskStatus.CANCELLED)
    if task.started_at is None:
        return Ending(TaskStatus.FAILED, error_code="expired")
    return Ending(TaskStatus.FAILED, error_code="gave_up" if task.crash_count >= MAX_CRASHES else "deadline")
