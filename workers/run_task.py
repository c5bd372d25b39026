"""Runs one attempt at a task: asks what became of earlier calls, calls a backend, stores, ends.

After a crash it asks before doing again: only a backend that never heard of a call is given it a second time.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, assert_never
from uuid import UUID, uuid4

import structlog
from PIL import Image

from db.pool import UNAVAILABLE, Database
from repository.files import FileRepository, NewFile
from repository.tasks import Task, TaskStatus
from repository.vendor_calls import CallState, VendorCall, VendorCallRepository
from services.orders import ImageOrder, ImageToImageOrder, parse_order
from services.photos import make_thumbnail, store_picture
from services.storage import Storage
from services.tasks import CallReport, Ending, Tasks
from workers.attempt import Attempt
from workers.backends.base import (
    Backend,
    BackendCall,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.routing import Routing

MAX_FAILURES = 3
"""Passing faults of a vendor, after which a task is given up."""
STOP_PATIENCE = 20.0
"""Seconds that a backend has to come to an end after it was asked to stop."""

_log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class Lost(Exception):
    """Another attempt owns the task by now: touch nothing."""


class TaskRunner:
    """Takes attempts from their claim to their end."""

    def __init__(self, db: Database, tasks: Tasks, storage: Storage, routing: Routing) -> None:
        self._db = db
        self._tasks = tasks
        self._storage = storage
        self._routing = routing

    async def run(self, attempt: Attempt) -> None:
        """One attempt. Never raises but for cancellation, which hands the task back or finds it lost."""
        task = attempt.task
        structlog.contextvars.bind_contextvars(
            correlation_id=task.correlation_id, task_id=str(task.task_id), attempt=task.attempt
        )
        try:
            await self._run(attempt)
        except Lost:
            _log.warning("task.lost")
        except asyncio.CancelledError:
            # A clean stop gives the task to another worker; where it was lost, the fence lets nothing through.
            await self._persist(lambda: self._tasks.hand_back(task, timedelta(0), failed=False))
            raise
        except Exception:  # noqa: BLE001 - the worker's edge: no fault of ours may leave a person waiting for ever
            _log.exception("task.broken")
            await self._passing_fault(task, "internal")

    async def _run(self, attempt: Attempt) -> None:
        task = attempt.task
        order = parse_order(task.order_json)
        assert task.deadline_at is not None  # set by the claim
        calls = await VendorCallRepository(self._db.reading).get_task_calls(task.task_id)
        open_call = next((call for call in reversed(calls) if call.state is not CallState.FAILED), None)
        if open_call is None and attempt.task.cancel_requested_at is not None:
            await self._end(task, Ending(TaskStatus.CANCELLED))
            return
        inputs = await self._inputs(task, order)
        if isinstance(inputs, Failed):
            await self._failed(task, None, inputs)
        elif open_call is not None:
            await self._resume(attempt, order, inputs, open_call)
        else:
            await self._call(attempt, order, inputs, step=len(calls))

    async def _call(self, attempt: Attempt, order: ImageOrder, inputs: dict[UUID, bytes], step: int) -> None:
        """Give the order to a backend, for the first time or after a call that failed."""
        task = attempt.task
        backend = self._routing.choose(order)
        if backend is None:
            await self._end(task, Ending(TaskStatus.FAILED, error_code="unsupported"))
            return
        call = BackendCall(uuid4(), inputs)
        prepared = await VendorCallRepository(self._db.reading).prepare(
            call.call_id, task.task_id, task.attempt, step, backend.name
        )
        if not prepared:
            raise Lost
        await self._submit(attempt, backend, call, order)

    async def _resume(self, attempt: Attempt, order: ImageOrder, inputs: dict[UUID, bytes], stored: VendorCall) -> None:
        """Ask what became of a call that an earlier attempt left open."""
        task = attempt.task
        backend = self._routing.named(stored.backend)
        if backend is None:
            await self._end(task, Ending(TaskStatus.FAILED, error_code="internal"))
            return
        call = BackendCall(stored.call_id, inputs)
        answer = await backend.resolve(call)
        await self._tasks.tell(task, "resolved", answer=type(answer).__name__, backend=backend.name)
        match answer:
            case Finished() | Failed():
                await self._ended(task, call.call_id, answer, stopped=False)
            case StillRunning():
                await self._follow(attempt, backend, answer.ref)
            case NeverHeard():
                await self._submit(attempt, backend, call, order)
            case Unknown():
                await self._note(call.call_id, task, CallState.UNKNOWN)
                await self._passing_fault(task, "vendor_unreachable")
            case _:
                assert_never(answer)

    async def _submit(self, attempt: Attempt, backend: Backend, call: BackendCall, order: ImageOrder) -> None:
        ref = await backend.submit(call, order)
        await self._note(call.call_id, attempt.task, CallState.SENT, vendor_ref=ref.vendor_ref)
        await self._follow(attempt, backend, ref)

    async def _follow(self, attempt: Attempt, backend: Backend, ref: VendorRef) -> None:
        """Stay with a call until it ends, is stopped by its person, or its deadline passes."""
        task = attempt.task
        assert task.deadline_at is not None  # set by the claim
        following = asyncio.create_task(_last_answer(attempt, backend, ref))
        stopping = asyncio.create_task(attempt.stop.wait())
        seconds_left = (task.deadline_at - datetime.now(UTC)).total_seconds()
        try:
            await asyncio.wait({following, stopping}, timeout=max(seconds_left, 0), return_when=asyncio.FIRST_COMPLETED)
            stopped = not following.done()
            if stopped:
                await backend.cancel(ref)
                await asyncio.wait({following}, timeout=STOP_PATIENCE)
            if not following.done():
                answer: Finished | Failed = Failed(ErrorKind.VENDOR, "unstoppable", "no end after a stop")
            else:
                answer = following.result()
        finally:
            following.cancel()
            stopping.cancel()
        await self._ended(task, ref.call_id, answer, stopped=stopped and attempt.stop.is_set(), late=stopped)

    async def _ended(
        self,
        task: Task,
        call_id: UUID,
        answer: Finished | Failed,
        *,
        stopped: bool,
        late: bool = False,
    ) -> None:
        """Turn a backend's last word into the task's ending."""
        if isinstance(answer, Failed) and not late:
            await self._failed(task, call_id, answer)
            return
        pictures = answer.pictures[: task.units] if isinstance(answer, Finished) else ()
        files = [
            await self._store(picture.content, picture.media_type, picture.width, picture.height, picture.seed)
            for picture in pictures
        ]
        whole = len(files) == task.units
        if whole or (files and not late):
            status, error_code = TaskStatus.COMPLETED, None if whole else "partial"
        elif stopped:
            status, error_code = TaskStatus.CANCELLED, None
        else:
            status, error_code = TaskStatus.FAILED, "deadline" if late else "nothing_made"
        cost = answer.cost_microusd if isinstance(answer, Finished) else 0
        report = CallReport(call_id, CallState.DONE if isinstance(answer, Finished) else CallState.UNKNOWN, cost)
        if not await self._end(task, Ending(status, files, error_code, report)):
            for file in files:
                await self._storage.delete(file.storage_key)
                await self._storage.delete(str(file.thumbnail_key))
            raise Lost

    async def _failed(self, task: Task, call_id: UUID | None, failure: Failed) -> None:
        if call_id is not None:
            await self._note(call_id, task, CallState.FAILED)
        match failure.kind:
            case ErrorKind.ORDER:
                await self._end(task, Ending(TaskStatus.FAILED, error_code=failure.code))
            case ErrorKind.VENDOR:
                await self._tasks.tell(task, "vendor_fault", code=failure.code, message=failure.message[:500])
                await self._passing_fault(task, failure.code)
            case ErrorKind.OURS:
                _log.error("backend.our_fault", code=failure.code, message=failure.message)
                await self._end(task, Ending(TaskStatus.FAILED, error_code="internal"))
            case _:
                assert_never(failure.kind)

    async def _passing_fault(self, task: Task, code: str) -> None:
        """Try again later, or give up after too many tries."""
        if task.failure_count + 1 >= MAX_FAILURES:
            await self._end(task, Ending(TaskStatus.FAILED, error_code=code))
            return
        delay = timedelta(seconds=2 * 3**task.failure_count)
        await self._persist(lambda: self._tasks.hand_back(task, delay, failed=True))

    async def _inputs(self, task: Task, order: ImageOrder) -> dict[UUID, bytes] | Failed:
        """The bytes of the photos that the order starts from."""
        if not isinstance(order, ImageToImageOrder):
            return {}
        file = await FileRepository(self._db.reading).get_file(order.file_id, task.user_id)
        if file is not None:
            try:
                return {order.file_id: await self._storage.get(file.storage_key)}
            except FileNotFoundError:
                _log.warning("photo.bytes_gone", file_id=str(order.file_id))
        return Failed(ErrorKind.ORDER, "photo_gone", f"file {order.file_id} is gone")

    async def _store(self, content: bytes, media_type: str, width: int, height: int, seed: int) -> NewFile:
        thumbnail = await asyncio.to_thread(_thumbnail_of, content)
        return await store_picture(self._storage, "outputs", content, thumbnail, width, height, media_type, seed=seed)

    async def _note(self, call_id: UUID, task: Task, state: CallState, *, vendor_ref: str | None = None) -> None:
        noted = await self._persist(
            lambda: VendorCallRepository(self._db.reading).update(call_id, task.attempt, state, vendor_ref=vendor_ref)
        )
        if not noted:
            raise Lost

    async def _end(self, task: Task, ending: Ending) -> bool:
        return await self._persist(lambda: self._tasks.end(task, ending))

    async def _persist(self, write: Callable[[], Awaitable[Answer]]) -> Answer:
        """Write through a restart of the database: what is made must not be made twice.

        It ends with the heartbeat's word that the task is lost, which cancels this attempt.
        """
        while True:
            try:
                return await write()
            except UNAVAILABLE as error:
                _log.warning("task.database_away", error=str(error))
                await asyncio.sleep(0.5)


async def _last_answer(attempt: Attempt, backend: Backend, ref: VendorRef) -> Finished | Failed:
    async for item in backend.follow(ref):
        match item:
            case Progress():
                attempt.progress = max(attempt.progress, min(item.percent, 99))
            case Finished() | Failed():
                return item
            case _:
                assert_never(item)
    return Failed(ErrorKind.VENDOR, "no_answer", f"{backend.name} stopped telling of {ref.vendor_ref}")


def _thumbnail_of(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return make_thumbnail(image)
