"""What goes out to the customer: frames, and the ways in which one does not arrive."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import orjson

from sandbox.runware.tasks import Task
from sandbox.runware.wire import JsonObject, VendorError, data_frame, error_frame

# Above what the SDK's WebSocket reads (1 MiB).
_HUGE_BYTES = 1_200_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One answer. `status` and `retry_after` (seconds) are for the REST door.

    Where it brings results, `task` and `results` say whose and how many, so that the door can count what arrived.
    """

    body: JsonObject
    status: int = 200
    retry_after: int | None = None
    task: Task | None = None
    results: int = 0

    def encoded(self) -> str:
        """Return the frame as it is sent."""
        return orjson.dumps(self.body).decode()


class Disturbance(StrEnum):
    """An answer that is none."""

    DROP = "drop"
    CUT = "cut"
    SILENCE = "silence"
    GARBAGE = "garbage"


Reply: TypeAlias = Frame | Disturbance
NOT_JSON = "<<< the sandbox was told to say something that is not JSON"


def answer(*items: JsonObject) -> Frame:
    """Return a frame of items that are no results: acknowledgements and the like."""
    return Frame(data_frame(*items))


def refusal(error: VendorError, task: JsonObject) -> Frame:
    """Return a frame of one error that is bound to its task."""
    return Frame(error_frame(error.body(task)), error.status, error.retry_after)


def swollen(frame: Frame) -> Frame:
    """Return a frame with so much beside its content that it is larger than 1 MiB."""
    return Frame({**frame.body, "padding": "x" * _HUGE_BYTES}, frame.status)
