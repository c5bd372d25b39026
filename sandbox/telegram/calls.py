"""The last Bot API calls, for whoever wants to see what a bot really sent."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.wire import Json, JsonObject, Upload

_KEPT = 2000


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call and its answer; `time` is a Unix time, `seconds` how long it took."""

    number: int
    method: str
    parameters: JsonObject
    answer: JsonObject
    time: float
    seconds: float

    def view(self) -> JsonObject:
        """Return the call as JSON."""
        return {
            "id": self.number,
            "method": self.method,
            "parameters": self.parameters,
            "answer": self.answer,
            "time": self.time,
            "seconds": round(self.seconds, 6),
        }


class Calls:
    """A bounded list of calls, numbered from 1. Of an upload only its name, type and size are kept."""

    def __init__(self) -> None:
        self._calls: deque[SeenCall] = deque(maxlen=_KEPT)
        self._last = 0

    def note(self, method: str, parameters: JsonObject, answer: JsonObject, time: float, seconds: float) -> None:
        """Keep one call."""
        self._last += 1
        self._calls.append(SeenCall(self._last, method, _without_bytes(parameters), answer, time, seconds))

    def since(self, number: int, method: str | None) -> list[SeenCall]:
        """Return the calls after a number, oldest first, of one method or of all."""
        return [
            call
            for call in self._calls
            if call.number > number and (method is None or call.method.lower() == method.lower())
        ]


def _without_bytes(value: Json) -> Any:
    if isinstance(value, Upload):
        return {"upload": value.file_name, "mime_type": value.mime_type, "size": len(value.content)}
    if isinstance(value, dict):
        return {key: _without_bytes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_bytes(item) for item in value]
    return value
