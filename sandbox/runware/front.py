"""Between the doors and the desk: every task passes here, and here the faults strike it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from sandbox.runware.desk import Desk
from sandbox.runware.faults import BEFORE_TAKING, WHILE_ANSWERING, Fault, FaultKind
from sandbox.runware.frames import Disturbance, Frame, Reply, answer, refusal, swollen
from sandbox.runware.taking import no_balance
from sandbox.runware.tasks import WORK_TYPES
from sandbox.runware.wire import JsonObject, VendorError, error_frame, new_uuid
from sandbox.runware.world import World

_SLOW_ANSWER_SECONDS = 5.0
_RETRY_AFTER_SECONDS = 1


class Front:
    """Serves tasks with all that can go wrong."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world = world
        self._desk = desk

    async def serve(self, task: JsonObject, base_url: str) -> AsyncGenerator[Reply, None]:
        """Answer one task. Never raises: what is refused is answered with its error."""
        task_type, faults = str(task.get("taskType")), self._world.faults
        if fault := faults.strike(BEFORE_TAKING, task_type):
            yield _not_taken(fault, task)
            return
        if task_type not in WORK_TYPES and (slow := faults.strike(FaultKind.SLOW, task_type)):
            await self._world.pause(_SLOW_ANSWER_SECONDS if slow.seconds is None else slow.seconds)
        is_first = True
        try:
            async with aclosing(self._desk.frames(task, base_url)) as frames:
                async for frame in frames:
                    fault = faults.strike(WHILE_ANSWERING, task_type) if is_first else None
                    is_first = False
                    if fault is None:
                        yield frame
                        continue
                    for reply in _spoilt(fault, frame):
                        yield reply
                        if isinstance(reply, Disturbance):
                            return
        except VendorError as error:
            yield refusal(error, task)


def _not_taken(fault: Fault, task: JsonObject) -> Reply:
    match fault.kind:
        case FaultKind.REFUSE:
            return Disturbance.DROP
        case FaultKind.EMPTY_DATA:
            return answer()
        case FaultKind.NO_BALANCE:
            usual = no_balance()
            return refusal(fault.error(usual.code, usual.message, usual.status), task)
        case FaultKind.RATE_LIMITED:
            wait = _RETRY_AFTER_SECONDS if fault.seconds is None else round(fault.seconds)
            return refusal(fault.error("rateLimitExceeded", "Too many requests.", 429, wait), task)
        case _:
            return refusal(fault.error("internalServerError", "Internal server error.", 500), task)


def _spoilt(fault: Fault, frame: Frame) -> list[Reply]:
    """Return what goes out instead of a task's first frame."""
    match fault.kind:
        case FaultKind.NEVER_ACK:
            return [Disturbance.SILENCE]
        case FaultKind.CUT_FRAME:
            return [Disturbance.CUT]
        case FaultKind.GARBAGE_FRAME:
            return [Disturbance.GARBAGE]
        case FaultKind.HUGE_FRAME:
            return [swollen(frame)]
        case FaultKind.ERROR_WITHOUT_UUID:
            return [refusal(fault.error("internalServerError", "Internal server error.", 400), {})]
        case FaultKind.LATE_ERROR:
            of_another = {"taskUUID": new_uuid()}
            late = fault.error("taskFailed", "The task failed.", 200)
            return [frame, Frame(error_frame(late.body(of_another)), late.status)]
        case _:
            return [Disturbance.DROP]
