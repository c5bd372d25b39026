"""What the customer sent, for tests to look at: every frame without its key, every fetch of a file."""

from collections import Counter, deque
from dataclasses import dataclass

from sandbox.runware.wire import JsonObject, digest, shortened

_KEPT = 5000
_LARGE_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch of the file host. Both flags should be False: results are public, and the key is nobody's business."""

    at: float
    path: str
    status: int
    has_authorization: bool
    has_key: bool


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One frame of tasks, and the door it came through: `websocket` or `rest`."""

    at: float
    door: str
    tasks: list[JsonObject]

    def view(self) -> JsonObject:
        """Return the frame as `/sim/requests` shows it."""
        return {"at": self.at, "door": self.door, "tasks": [_view(task) for task in self.tasks]}


class RequestsSeen:
    """The last few thousand frames and fetches; counts go on beyond them."""

    def __init__(self) -> None:
        self._frames: deque[SeenFrame | JsonObject] = deque(maxlen=_KEPT)
        self.fetches: deque[Fetch] = deque(maxlen=_KEPT)
        self.frame_count = 0
        self.fetch_count = 0
        self._task_types: Counter[str] = Counter()

    def note_frame(self, frame: SeenFrame, size: int) -> None:
        """Keep a frame of `size` bytes. A large one is shortened now, a small one only if somebody looks."""
        self.frame_count += 1
        self._task_types.update(str(task.get("taskType")) for task in frame.tasks)
        self._frames.append(frame.view() if size > _LARGE_BYTES else frame)

    def note_fetch(self, fetch: Fetch) -> None:
        """Keep a fetch of a file."""
        self.fetch_count += 1
        self.fetches.append(fetch)

    def frames(self) -> list[JsonObject]:
        """Return the frames as `/sim/requests` shows them, oldest first."""
        return [frame.view() if isinstance(frame, SeenFrame) else frame for frame in self._frames]

    def task_types(self) -> dict[str, int]:
        """Return how many tasks of each type came since the server started."""
        return dict(self._task_types)


def _view(task: JsonObject) -> JsonObject:
    if "apiKey" in task:
        task = {**task, "apiKey": "[redacted]"}
    return {"task": shortened(task), "sha256": digest(task)}
