"""Runs one attempt at a task: asks what became of earlier calls, calls a backend, stores, ends.

After a crash it asks before doing again: only a backend that never heard of a call is given it a second time.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar, assert_never
from uuid import UUID, uuid4

import structlog
from PIL import Image

from config.failpoints import Write
from db.pool import UNAVAILABLE, Database
from repository.files import FileRepository, NewFile
from repository.tasks import Task, TaskStatus
from repository.vendor_calls import CallState, VendorCall, VendorCallRepository
from services.orders import AnyOrder, DatasetOrder, parse_order
from services.photos import make_thumbnail, store_picture
from services.storage import Storage
from services.tasks import CallReport, Ending, Tasks
from workers.attempt import Attempt
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Picture,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.routing import Routing
from workers.noise import noisy

MAX_FAILURES = 3
"""Failures of a vendor, after which a task is given up."""
LONGEST_WAIT = 30
"""Seconds between two tries to reach a vendor that is away; only the task's deadline ends these."""
SUBMIT_PATIENCE = 60.0
"""Seconds that a backend may take to hand a call over."""
RESOLVE_PATIENCE = 30.0
"""Seconds that a backend may take to say what became of a call."""
STOP_PATIENCE = 20.0
"""Seconds that a backend has to come to an end after it was asked to stop."""
HAND_BACK_PATIENCE = 5.0
"""Seconds for giving a task back when this process stops; after that its lease runs out by itself."""

DATABASE_RETRY = 0.5
"""Seconds between two tries to reach a database that is away."""

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
            with suppress(TimeoutError):
                async with asyncio.timeout(HAND_BACK_PATIENCE):
                    await self._hand_back(attempt, timedelta(0), failed=False)
            raise
        except BackendUnreachable as error:
            _log.warning("backend.unreachable", error=str(error))
            await self._wait_for_vendor(attempt)
        except Exception:  # noqa: BLE001 - the worker's edge: no fault of ours may leave a person waiting for ever
            _log.exception("task.broken")
            await self._passing_fault(attempt, "internal")

    async def _run(self, attempt: Attempt) -> None:
        task = attempt.task
        order = parse_order(task.order_json)
        calls = await _insist(lambda: VendorCallRepository(self._db.reading).get_task_calls(task.task_id))
        open_call = next((call for call in reversed(calls) if call.state is not CallState.FAILED), None)
        if open_call is not None:
            await self._resume(attempt, order, open_call)
        elif attempt.is_stopped:
            await self._end(attempt, Ending(TaskStatus.CANCELLED))
        else:
            await self._call(attempt, order, step=len(calls))

    async def _call(self, attempt: Attempt, order: AnyOrder, step: int) -> None:
        """Give the order to a backend, for the first time or after a call that failed."""
        task = attempt.task
        backend = self._routing.choose(order)
        if backend is None:
            await self._end(attempt, Ending(TaskStatus.FAILED, error_code="unsupported"))
            return
        inputs = await self._inputs(task, order)
        if isinstance(inputs, Failed):
            await self._failed(attempt, None, inputs)
            return
        call = BackendCall(uuid4(), inputs)
        prepared = await _insist(
            lambda: VendorCallRepository(self._db.writing(Write.CALL_PREPARE)).prepare(
                call.call_id, task.task_id, task.attempt, step, backend.name
            )
        )
        if not prepared:
            raise Lost
        await self._submit(attempt, backend, call, order)

    async def _resume(self, attempt: Attempt, order: AnyOrder, stored: VendorCall) -> None:
        """Ask what became of a call that an earlier attempt left open."""
        task = attempt.task
        backend = self._routing.named(stored.backend)
        if backend is None:
            _log.error("backend.not_here", backend=stored.backend)
            await self._end(attempt, Ending(TaskStatus.FAILED, error_code="internal"))
            return
        inputs = await self._inputs(task, order)
        call = BackendCall(stored.call_id, inputs if not isinstance(inputs, Failed) else {})
        answer = await _resolved(backend, call)
        await _insist(
            lambda: self._tasks.tell(task, "resolved", answer=type(answer).__name__, backend=backend.name),
        )
        match answer:
            case Finished() | Failed():
                await self._ended(attempt, call.call_id, answer)
            case StillRunning():
                await self._follow(attempt, backend, answer.ref)
            case NeverHeard() if attempt.is_stopped:
                await self._note(call.call_id, task, CallState.FAILED)  # nothing is on its way any more
                await self._end(attempt, Ending(TaskStatus.CANCELLED))
            case NeverHeard() if isinstance(inputs, Failed):
                await self._failed(attempt, call.call_id, inputs)
            case NeverHeard():
                await self._submit(attempt, backend, call, order)
            case Unknown():
                await self._note(call.call_id, task, CallState.UNKNOWN)
                await self._wait_for_vendor(attempt)
            case _:
                assert_never(answer)

    async def _submit(self, attempt: Attempt, backend: Backend, call: BackendCall, order: AnyOrder) -> None:
        try:
            async with asyncio.timeout(min(SUBMIT_PATIENCE, _seconds_left(attempt.task))):
                ref = await backend.submit(call, order)
        except TimeoutError as error:
            raise BackendUnreachable(f"{backend.name} did not take a call in time") from error
        await self._note(call.call_id, attempt.task, CallState.SENT, vendor_ref=ref.vendor_ref)
        await self._follow(attempt, backend, ref)

    async def _follow(self, attempt: Attempt, backend: Backend, ref: VendorRef) -> None:
        """Stay with a call until it ends, is stopped by its person, or its deadline passes."""
        following = asyncio.create_task(_last_answer(attempt, backend, ref))
        stopping = asyncio.create_task(attempt.stop.wait())
        try:
            await asyncio.wait(
                {following, stopping}, timeout=_seconds_left(attempt.task), return_when=asyncio.FIRST_COMPLETED
            )
            cut_short = not following.done()
            if cut_short:
                await _cancel(backend, ref)
                await asyncio.wait({following}, timeout=STOP_PATIENCE)
            answer = following.result() if following.done() else None
        finally:
            following.cancel()
            stopping.cancel()
        if cut_short:
            await self._cut_short(attempt, ref.call_id, answer)
        elif answer is not None:
            await self._ended(attempt, ref.call_id, answer)

    async def _ended(self, attempt: Attempt, call_id: UUID, answer: Finished | Failed) -> None:
        """A backend's own last word: the pictures, or why there are none."""
        match answer:
            case Failed():
                await self._failed(attempt, call_id, answer)
            case Finished(pictures=()):
                await self._keep(attempt, call_id, answer, TaskStatus.FAILED, "nothing_made")
            case Finished():
                whole = len(answer.pictures) >= attempt.task.units
                await self._keep(attempt, call_id, answer, TaskStatus.COMPLETED, None if whole else "partial")
            case _:
                assert_never(answer)

    async def _cut_short(self, attempt: Attempt, call_id: UUID, answer: Finished | Failed | None) -> None:
        """The end of a call that we stopped; None: the backend never said what became of it."""
        status, code = (TaskStatus.CANCELLED, None) if attempt.is_stopped else (TaskStatus.FAILED, "deadline")
        match answer:
            case Finished() if len(answer.pictures) >= attempt.task.units:  # it was done before it heard of the stop
                await self._keep(attempt, call_id, answer, TaskStatus.COMPLETED, None)
            case Finished():
                await self._keep(attempt, call_id, answer, status, code)
            case Failed():
                await self._end(attempt, Ending(status, error_code=code, call=CallReport(call_id, CallState.FAILED)))
            case None:
                await self._end(attempt, Ending(status, error_code=code, call=CallReport(call_id, CallState.UNKNOWN)))
            case _:
                assert_never(answer)

    async def _keep(
        self, attempt: Attempt, call_id: UUID, finished: Finished, status: TaskStatus, error_code: str | None
    ) -> None:
        """Store the pictures and end the task with them. Raises Lost."""
        task = attempt.task
        order = parse_order(task.order_json)
        files = [await self._store(order, picture) for picture in finished.pictures[: task.units]]
        report = CallReport(call_id, CallState.DONE, finished.cost_microusd)
        if not await self._end(attempt, Ending(status, files, error_code, report)):
            # Where the answer to our own commit was lost, the rows are there and the files stay.
            for key in await _insist(lambda: self._tasks.unreferenced(files)):
                await self._storage.delete(key)
            raise Lost

    async def _failed(self, attempt: Attempt, call_id: UUID | None, failure: Failed) -> None:
        task = attempt.task
        if call_id is not None:
            await self._note(call_id, task, CallState.FAILED)
        match failure.kind:
            case ErrorKind.ORDER:
                await self._end(attempt, Ending(TaskStatus.FAILED, error_code=failure.code))
            case ErrorKind.VENDOR:
                await _insist(
                    lambda: self._tasks.tell(task, "vendor_fault", code=failure.code, message=failure.message[:500])
                )
                await self._passing_fault(attempt, failure.code)
            case ErrorKind.OURS:
                _log.error("backend.our_fault", code=failure.code, message=failure.message)
                await self._end(attempt, Ending(TaskStatus.FAILED, error_code="internal"))
            case _:
                assert_never(failure.kind)

    async def _passing_fault(self, attempt: Attempt, code: str) -> None:
        """Try again later, or give up after too many tries."""
        task = attempt.task
        if attempt.is_stopped:
            await self._end(attempt, Ending(TaskStatus.CANCELLED))
        elif task.failure_count + 1 >= MAX_FAILURES:
            await self._end(attempt, Ending(TaskStatus.FAILED, error_code=code))
        else:
            delay = timedelta(seconds=2 * 3**task.failure_count)
            await self._hand_back(attempt, delay, failed=True)

    async def _wait_for_vendor(self, attempt: Attempt) -> None:
        """Ask again later what became of a call; what may have been paid for is not thrown away for a bad line."""
        task = attempt.task
        if attempt.is_stopped:
            await self._end(attempt, Ending(TaskStatus.CANCELLED))
            return
        delay = timedelta(seconds=min(2 * 1.5 ** (task.attempt - 1), LONGEST_WAIT))
        await self._hand_back(attempt, delay, failed=False)

    async def _inputs(self, task: Task, order: AnyOrder) -> dict[UUID, bytes] | Failed:
        """The bytes of the files that the order starts from."""
        try:
            return {file_id: await self._input(task, file_id) for file_id in order.input_files}
        except FileNotFoundError as error:
            return Failed(ErrorKind.ORDER, "photo_gone", f"file {error} is gone")

    async def _input(self, task: Task, file_id: UUID) -> bytes:
        file = await _insist(lambda: FileRepository(self._db.reading).get_file(file_id, task.user_id))
        if file is None:
            raise FileNotFoundError(file_id)
        return await self._storage.get(file.storage_key)

    async def _store(self, order: AnyOrder, picture: Picture) -> NewFile:
        content, media_type = picture.content, picture.media_type
        if isinstance(order, DatasetOrder) and order.noise_level:
            content = await asyncio.to_thread(noisy, content, order.noise_level, picture.seed)
            media_type = "image/jpeg"
        thumbnail = await asyncio.to_thread(_thumbnail_of, content)
        return await store_picture(
            self._storage, "outputs", content, thumbnail, picture.width, picture.height, media_type, seed=picture.seed
        )

    async def _note(self, call_id: UUID, task: Task, state: CallState, *, vendor_ref: str | None = None) -> None:
        write = Write.CALL_SENT if state is CallState.SENT else Write.CALL_CLOSE
        noted = await _insist(
            lambda: VendorCallRepository(self._db.writing(write)).update(
                call_id, task.attempt, state, vendor_ref=vendor_ref
            )
        )
        if not noted:
            raise Lost

    async def _end(self, attempt: Attempt, ending: Ending) -> bool:
        attempt.is_leaving = True
        return await _insist(lambda: self._tasks.end(attempt.task, ending))

    async def _hand_back(self, attempt: Attempt, delay: timedelta, *, failed: bool) -> None:
        attempt.is_leaving = True
        await _insist(lambda: self._tasks.hand_back(attempt.task, delay, failed=failed))


async def _insist(on: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask or write through a restart of the database: what is made must not be made twice.

    It ends with the fence's word, or the heartbeat's, that the task is lost.
    """
    while True:
        try:
            return await on()
        except UNAVAILABLE as error:
            _log.warning("task.database_away", error=str(error))
            await asyncio.sleep(DATABASE_RETRY)


def _seconds_left(task: Task) -> float:
    assert task.deadline_at is not None  # set by the claim
    return max((task.deadline_at - datetime.now(UTC)).total_seconds(), 0)


async def _resolved(backend: Backend, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
    try:
        async with asyncio.timeout(RESOLVE_PATIENCE):
            return await backend.resolve(call)
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=backend.name, error=str(error))
        return Unknown()


async def _cancel(backend: Backend, ref: VendorRef) -> None:
    """Ask the vendor to stop. Where it cannot be asked, the call is waited for as if it had been."""
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            await backend.cancel(ref)
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=backend.name, error=str(error))


async def _last_answer(attempt: Attempt, backend: Backend, ref: VendorRef) -> Finished | Failed:
    async for item in backend.follow(ref):
        match item:
            case Progress():
                attempt.progress = max(attempt.progress, min(item.percent, 99))
            case Finished() | Failed():
                return item
            case _:
                assert_never(item)
    raise BackendUnreachable(f"{backend.name} stopped telling of {ref.vendor_ref}")


def _thumbnail_of(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return make_thumbnail(image)
