"""Gives a call to the vendor, once, and waits for the word that it has it."""

import asyncio

from workers.backends.base import BackendUnreachable, Failed
from workers.backends.runware.line import Heard, Line
from workers.backends.runware.refusals import CONFLICT, QUESTIONS, Refusals, code_of, is_of_question
from workers.backends.runware.watch import Patience
from workers.backends.runware.wire import Task


async def hand_over(line: Line, task: Task, refusals: Refusals, patience: Patience) -> Failed | None:
    """Send a task. None once the vendor has it, Failed where it refused it by name.

    Nothing else is believed: after silence, or an error that names another task or none, the vendor is asked. Raises
    BackendUnreachable where nobody knows.
    """
    task_uuid = str(task["taskUUID"])
    async with line.inbox(task_uuid) as inbox:
        await line.send([task])
        try:
            async with asyncio.timeout(patience.acknowledgement):
                while True:
                    heard = await _next(inbox, patience.answer)
                    if heard is not None and _is_taken(heard):
                        return None
                    refusal = _refusal(heard) if heard is not None else None
                    if refusal is not None:
                        return refusals.failure(refusal)
                    if not line.is_open:
                        raise BackendUnreachable("the connection was lost before the vendor took the call")
                    if heard is None or heard.is_doubtful:
                        await line.send([{"taskType": "getResponse", "taskUUID": task_uuid}])
        except TimeoutError:
            raise BackendUnreachable("the vendor did not say that it took the call") from None


async def _next(inbox: "asyncio.Queue[Heard]", seconds: float) -> Heard | None:
    try:
        async with asyncio.timeout(seconds):
            return await inbox.get()
    except TimeoutError:
        return None


def _is_taken(heard: Heard) -> bool:
    """Whether a frame speaks of the task as one that the vendor has."""
    is_told = any(item.get("taskType") not in QUESTIONS for item in heard.items)
    return is_told or any(code_of(error) == CONFLICT for error in heard.errors)


def _refusal(heard: Heard) -> Task | None:
    return next((error for error in heard.errors if not is_of_question(error)), None)
