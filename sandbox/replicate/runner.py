"""The life of a job: starting, processing, and one of its ends."""

import asyncio

from sandbox.replicate.clock import Clock
from sandbox.replicate.jobs import Job, Jobs, Kind, Status
from sandbox.replicate.ledger import Ledger
from sandbox.replicate.making.studio import Studio
from sandbox.replicate.models import Models
from sandbox.replicate.problems import TaskFailed
from sandbox.replicate.settings import Settings
from sandbox.replicate.webhooks import Webhooks
from sandbox.replicate.wire import Json, written

# What Replicate says of a failure, by the fault that asks for it.
_ERRORS = {
    "nsfw": "NSFW content detected. Try running it again, or try a different prompt.",
    "fail_task": "Director: unexpected error handling prediction (E6716)",
}

# The part of its time that a job is starting.
_STARTING_SHARE = 0.15
# When logs are told to a webhook, as parts of the work.
_LOG_MARKS = (0.25, 0.5, 0.75)


class _DeadlineReached(Exception):
    """The moment came at which the client had the job cancelled."""


class Runner:
    """Runs each job as a task of its own, by the server's clock."""

    def __init__(
        self,
        jobs: Jobs,
        models: Models,
        studio: Studio,
        ledger: Ledger,
        webhooks: Webhooks,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._models = models
        self._studio = studio
        self._ledger = ledger
        self._webhooks = webhooks
        self._settings = settings
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, job: Job) -> None:
        """Let a job run."""
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    def cancel(self, job: Job) -> None:
        """End a job that has not ended; the part that was done is billed."""
        if job.status.is_end:
            return
        self._end(job, Status.CANCELED)
        if task := self._tasks.get(job.id):
            task.cancel()

    async def close(self) -> None:
        """Stop; what has not ended goes on when a server starts again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, job: Job) -> None:
        try:
            await self._work(job)
        except TaskFailed as failure:
            self._end(job, Status.FAILED, error=str(failure))
        except _DeadlineReached:
            # "aborted: the prediction exceeded its deadline before it could start running" (Prediction lifecycle).
            self._end(job, Status.ABORTED if job.started_at is None else Status.CANCELED)

    async def _work(self, job: Job) -> None:
        starts_at = job.created_at + _STARTING_SHARE * job.seconds
        await self._until(job, starts_at)
        if job.is_struck_by("abort_task"):
            self._end(job, Status.ABORTED)
            return
        if job.started_at is None:
            job.status, job.started_at = Status.PROCESSING, starts_at
            self._jobs.save(job)
            self._tell(job, "start")
        ends_at = job.created_at + job.seconds
        if job.webhook and "logs" in job.events:
            for mark in _LOG_MARKS:
                await self._until(job, job.started_at + mark * (ends_at - job.started_at))
                self._tell(job, "logs")
        await self._until(job, ends_at)
        if job.fault is not None and job.fault.kind in _ERRORS:
            raise TaskFailed(job.fault.error or _ERRORS[job.fault.kind])
        output = await self._studio.make(job, self._clock())
        if job.is_struck_by("output_null"):
            output = None
        if job.is_struck_by("fewer_outputs") and isinstance(output, list):
            output = output[:-1]
        self._end(job, Status.SUCCEEDED, output)

    async def _until(self, job: Job, moment: float) -> None:
        if job.deadline is not None and job.deadline <= moment:
            await self._clock.until(job.deadline)
            raise _DeadlineReached
        await self._clock.until(moment)

    def _end(self, job: Job, status: Status, output: Json = None, error: str | None = None) -> None:
        job.status, job.output, job.error = status, output, error
        job.completed_at = self._clock()
        billed = self._bill(job)
        if self._settings.balance is not None:
            self._settings.balance = round(self._settings.balance - billed, 6)
        self._ledger.ended(job.id, status, billed, written(job.completed_at) or "")
        self._jobs.note_end(job)
        if status is Status.SUCCEEDED:
            self._tell(job, "output")
        self._tell(job, "completed")
        job.ended.set()

    def _bill(self, job: Job) -> float:
        """Return the price in US dollars: of each output, and of the part that was done where a job was cancelled.

        Of a training it is that of the seconds for which its machine was at work.
        """
        price = self._models.known(*job.model.split("/")).price
        if job.kind is Kind.TRAINING:
            is_billed = job.status in (Status.SUCCEEDED, Status.CANCELED)
            return round(price * job.machine_seconds, 6) if is_billed else 0.0
        match job.status:
            case Status.SUCCEEDED:
                return round(price * (len(job.output) if isinstance(job.output, list) else 1), 6)
            case Status.CANCELED:
                return round(price * job.progress(self._clock()), 6)
            case _:
                return 0.0

    def _tell(self, job: Job, event: str) -> None:
        if job.webhook is not None and event in job.events:
            self._webhooks.tell(job.id, job.webhook, event, self._jobs.view(job))
