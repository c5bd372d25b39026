"""Predictions and trainings: what is known of each, and how the API shows it."""

import asyncio
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.replicate.clock import Clock
from sandbox.replicate.faults import Fault
from sandbox.replicate.progress import log_lines
from sandbox.replicate.settings import Settings
from sandbox.replicate.wire import Json, JsonObject, written
from sandbox.stand_in.journal import Journal

PAGE = 100


class Kind(StrEnum):
    """What a job is; its plural is its door."""

    PREDICTION = "prediction"
    TRAINING = "training"

    @property
    def door(self) -> str:
        """The name in URLs."""
        return f"{self}s"


class Status(StrEnum):
    """How far a job is."""

    STARTING = "starting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    ABORTED = "aborted"

    @property
    def is_end(self) -> bool:
        """Tell whether nothing comes after it."""
        return self not in (Status.STARTING, Status.PROCESSING)


@dataclass(slots=True)
class Job:
    """One prediction or training. Times are Unix seconds, `seconds` is how long it shall take."""

    id: str
    kind: Kind
    model: str
    version: str
    input: JsonObject
    base_url: str
    created_at: float
    seconds: float
    destination: str | None = None
    webhook: str | None = None
    events: list[str] = field(default_factory=list)
    deadline: float | None = None
    shown_from: float = 0.0
    status: Status = Status.STARTING
    started_at: float | None = None
    completed_at: float | None = None
    output: Json = None
    error: str | None = None
    is_removed: bool = False
    shown_version: str = ""
    fault: Fault | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def is_struck_by(self, kind: str) -> bool:
        """Tell whether a fault of some kind was laid upon the job."""
        return self.fault is not None and self.fault.kind == kind

    @property
    def seed(self) -> int:
        """The seed that was given, or one that is the job's own."""
        given = self.input.get("seed")
        return given if isinstance(given, int) else zlib.crc32(self.id.encode())

    @property
    def machine_seconds(self) -> float:
        """How long a job that has ended was at work."""
        if self.started_at is None or self.completed_at is None:
            return 0.0
        return round(self.completed_at - self.started_at, 6)

    def progress(self, now: float) -> float:
        """Return how much of the work is done, from 0 to 1."""
        if self.started_at is None:
            return 0.0
        if self.status is Status.SUCCEEDED:
            return 1.0
        until = self.completed_at or now
        lasts = self.created_at + self.seconds - self.started_at
        return 1.0 if lasts <= 0 else min(1.0, (until - self.started_at) / lasts)

    def record(self) -> JsonObject:
        """Return what a restart must know."""
        left_out = ("fault", "ended")
        return {name: getattr(self, name) for name in self.__slots__ if name not in left_out}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Job":
        """Return the job of a record."""
        job = cls(**record | {"kind": Kind(record["kind"]), "status": Status(record["status"])})
        if job.status.is_end:
            job.ended.set()
        return job


class Jobs:
    """Every job; those that ended long ago have lost input and output, trainings only where it is set so."""

    def __init__(self, journal: Journal, clock: Clock, settings: Settings) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self._order: dict[Kind, list[Job]] = {kind: [] for kind in Kind}
        self._by_id: dict[str, Job] = {}
        self._positions: dict[str, int] = {}
        self._ended: dict[Kind, deque[Job]] = {}
        for record in journal.read("job"):
            self._keep(Job.from_record(record))
        for kind, jobs in self._order.items():
            ended = [job for job in jobs if job.status.is_end and not job.is_removed]
            self._ended[kind] = deque(sorted(ended, key=_ended_at))

    def add(self, job: Job) -> None:
        """Keep a new job."""
        self.expire()
        self._keep(job)
        self.save(job)

    def save(self, job: Job) -> None:
        """Write down what a job has become."""
        self._journal.put("job", self._positions[job.id], job.record())

    def note_end(self, job: Job) -> None:
        """Write down that a job has ended: from now on its data are kept for a while."""
        self._ended[job.kind].append(job)
        self.save(job)

    def find(self, kind: Kind, job_id: str) -> Job | None:
        """Return a job of a kind, or None."""
        job = self._by_id.get(job_id)
        return job if job is not None and job.kind is kind else None

    def unfinished(self) -> Iterator[Job]:
        """Yield the jobs that an earlier server left in the middle."""
        return (job for job in self._by_id.values() if not job.status.is_end)

    def page(self, kind: Kind, before: int | None) -> tuple[list[Job], int | None]:
        """Return up to 100 jobs, newest first, older than position `before`, and where the next page begins."""
        jobs, now = self._order[kind], self._clock()
        position = len(jobs) if before is None else min(before, len(jobs))
        page: list[Job] = []
        while position > 0 and len(page) < PAGE:
            position -= 1
            if jobs[position].shown_from <= now:
                page.append(jobs[position])
        return page, position or None

    def expire(self) -> None:
        """Remove input and output of what ended longer ago than results are kept."""
        kept = {
            Kind.PREDICTION: self._settings.results_expire_seconds,
            Kind.TRAINING: self._settings.trainings_expire_seconds,
        }
        for kind, seconds in kept.items():
            ended = self._ended[kind]
            while seconds is not None and ended and _ended_at(ended[0]) <= self._clock() - seconds:
                job = ended.popleft()
                job.input, job.output, job.is_removed = {}, None, True
                self.save(job)

    def view(self, job: Job) -> JsonObject:
        """Return a job as the API shows it."""
        self.expire()
        url = f"{job.base_url}/v1/{job.kind.door}/{job.id}"
        metrics: JsonObject = {}
        told = (Status.SUCCEEDED, Status.CANCELED) if job.kind is Kind.TRAINING else (Status.SUCCEEDED,)
        if job.status in told and job.completed_at is not None and job.started_at is not None:
            metrics = {
                "predict_time": job.machine_seconds,
                "total_time": round(job.completed_at - job.created_at, 6),
            }
        shown = {
            "id": job.id,
            "model": job.model,
            "version": job.shown_version or job.version,
            "input": job.input,
            "logs": self._logs(job),
            "output": job.output,
            "data_removed": job.is_removed,
            "error": job.error,
            "source": "api",
            "status": job.status,
            "created_at": written(job.created_at),
            "started_at": written(job.started_at),
            "completed_at": written(job.completed_at),
            "metrics": metrics,
            "urls": {"get": url, "cancel": f"{url}/cancel"},
        }
        if job.kind is Kind.TRAINING:
            shown["destination"] = job.destination
        return shown

    def _logs(self, job: Job) -> str:
        if job.is_removed or job.started_at is None:
            return ""
        return log_lines(job.input, job.seed, job.kind, job.progress(self._clock()))

    def _keep(self, job: Job) -> None:
        self._positions[job.id] = len(self._positions) + 1
        self._by_id[job.id] = job
        self._order[job.kind].append(job)


def _ended_at(job: Job) -> float:
    return job.completed_at or 0.0
