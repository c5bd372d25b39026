"""What the customer sent, for tests to look at: every frame without its key, every fetch of a file."""

from collections import Counter, deque
from dataclasses import dataclass

from sandbox.runware.wire import JsonObject, digest, shortened

_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch of the file host. Both flags should be False: results are public, and the key is nobody's business."""

    at: float
    path: str
    status: int
    has_authorization: bool
    has_key: bool


class RequestsSeen:
    """The last few thousand frames and fetches; counts go on beyond them."""

    def __init__(self) -> None:
        self.frames: deque[JsonObject] = deque(maxlen=_KEPT)
        self.fetches: deque[Fetch] = deque(maxlen=_KEPT)
        self.frame_count = 0
        self.fetch_count = 0
        self._task_types: Counter[str] = Counter()

    def note_frame(self, at: float, door: str, tasks: list[JsonObject]) -> None:
        """Keep a frame of tasks that came through a door, `websocket` or `rest`."""
        self.frame_count += 1
        self._task_types.update(str(task.get("taskType")) for task in tasks)
        self.frames.append({"at": at, "door": door, "tasks": [_seen(task) for task in tasks]})

    def note_fetch(self, fetch: Fetch) -> None:
        """Keep a fetch of a file."""
        self.fetch_count += 1
        self.fetches.append(fetch)

    def task_types(self) -> dict[str, int]:
        """Return how many tasks of each type came since the server started."""
        return dict(self._task_types)


def _seen(task: JsonObject) -> JsonObject:
    if "apiKey" in task:
        task = {**task, "apiKey": "[redacted]"}
    return {"task": shortened(task), "sha256": digest(task)}
