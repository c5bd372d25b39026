"""A task that was taken: what was asked, what will come of it and when. All is decided when it is taken.

A task's state follows from the clock alone, so hundreds in flight cost nothing, and a server that was killed goes on
with its tasks as a vendor does whose customer was killed.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from sandbox.runware.wire import JsonObject

IMAGE_TYPES = frozenset({"imageInference", "upscale", "imageUpscale"})
GENERATING_TYPES = IMAGE_TYPES | {"3dInference"}
WORK_TYPES = GENERATING_TYPES | {"modelUpload"}


class TaskState(StrEnum):
    """Where a task stands; `partial` means that some results failed and others were made."""

    PROCESSING = "processing"
    SUCCESS = "success"
    PARTIAL = "partial"
    ERROR = "error"


class UploadStatus(StrEnum):
    """Runware's stages of a model upload."""

    VALIDATED = "validated"
    DOWNLOADED = "downloaded"
    OPTIMIZED = "optimized"
    STORED = "stored"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """One picture or model of a task: its uuid on the file host, its seed, and its error where it is not made."""

    uuid: str
    seed: int
    ready_at: float
    cost: float
    is_nsfw: bool | None = None
    error: JsonObject | None = None


@dataclass(slots=True)
class Task:
    """One task in the ledger.

    Times are Unix seconds, costs dollars. `source` is the uuid of the picture it works on, `base_url` the address by
    which the customer reached this server. Only deliveries and an upload's status change after it was taken.
    """

    uuid: str
    type: str
    model: str
    request: JsonObject
    taken_at: float
    results: list[Result]
    base_url: str
    source: str | None = None
    deliveries: int = 0
    webhooks: int = 0
    upload_status: UploadStatus | None = None
    upload_message: str = field(default="")

    @property
    def cost(self) -> float:
        """What is billed for the task, in dollars."""
        return round(sum(result.cost for result in self.results), 6)

    @property
    def ready_at(self) -> float:
        """When its last result is there."""
        return max((result.ready_at for result in self.results), default=self.taken_at)

    def state(self, now: float) -> TaskState:
        """Where the task stands at a time."""
        if self.type == "modelUpload":
            return self._upload_state()
        if now < self.ready_at:
            return TaskState.PROCESSING
        failed = sum(result.error is not None for result in self.results)
        if not failed:
            return TaskState.SUCCESS
        return TaskState.ERROR if failed == len(self.results) else TaskState.PARTIAL

    def progress(self, now: float, steps: int) -> int:
        """Return per cent done, in whole steps; never 100 before the end."""
        span = self.ready_at - self.taken_at
        done = min(max((now - self.taken_at) / span, 0.0), 1.0) if span > 0 else 1.0
        return min(int(done * steps), steps - 1) * 100 // steps

    def row(self, now: float) -> JsonObject:
        """Return the task as `/sim/ledger` shows it."""
        return {
            "taskUUID": self.uuid,
            "taskType": self.type,
            "model": self.model,
            "taken_at": self.taken_at,
            "ready_at": self.ready_at,
            "number_of_results": len(self.results),
            "results_made": sum(result.error is None for result in self.results),
            "cost": self.cost,
            "state": self.state(now),
            "deliveries": self.deliveries,
            "webhooks": self.webhooks,
            "upload_status": self.upload_status,
        }

    @classmethod
    def from_record(cls, record: JsonObject) -> Self:
        """Read a task from the JSON that orjson makes of one."""
        status = record["upload_status"]
        return cls(
            **{
                **record,
                "results": [Result(**result) for result in record["results"]],
                "upload_status": UploadStatus(status) if status else None,
            }
        )

    def _upload_state(self) -> TaskState:
        match self.upload_status:
            case UploadStatus.READY:
                return TaskState.SUCCESS
            case UploadStatus.FAILED:
                return TaskState.ERROR
            case _:
                return TaskState.PROCESSING
