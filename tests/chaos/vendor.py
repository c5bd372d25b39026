"""A vendor of pictures as a process of its own: `python -m tests.chaos.vendor --port 9000 --state-dir DIR`.

It keeps its word across kill -9: whatever call it ever took stands in an append-only journal, with what it made. The
call_id is the caller's and makes a submit idempotent. Faults come by POST /faults, so that a test decides what breaks.

POST /jobs {call_id, pictures, seconds}   201 {vendor_ref}; 409 with the same where the call is known
GET  /jobs/{call_id}?wait=SECONDS         the job as soon as it has ended, or as it stands then; 404 for a stranger
POST /jobs/{call_id}/cancel               ends the job with what is made so far
GET  /ledger                              every call ever taken
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from tests.chaos.pictures import HEIGHT, WIDTH, Origin, paint

COST_OF_PICTURE = 1300
"""Millionths of a US dollar."""
LONGEST_WAIT = 30.0
"""Seconds that a poll may wait."""
HANG_SECONDS = 60.0
"""How long a request that hangs is kept without an answer."""


class Fault(StrEnum):
    """What can be told to break; each strikes the next `times` requests of its kind."""

    LOSE_ANSWER = "lose_answer"
    """Take the job and close the connection without a word."""
    HANG_SUBMIT = "hang_submit"
    """Neither take the job nor answer."""
    HANG_SUBMIT_TAKEN = "hang_submit_taken"
    """Take the job and never answer."""
    HANG_POLL = "hang_poll"
    """Never answer a poll."""
    REFUSE = "refuse"
    """Answer 503 to anything, and do nothing."""
    FAIL_JOB = "fail_job"
    """Take the job; it ends as failed, with `failure_kind` and `failure_code`."""
    SLOW_JOB = "slow_job"
    """Take the job; it needs `seconds` more."""
    FEWER = "fewer"
    """Take the job; it ends with one picture less than asked."""
    DIE = "die"
    """Take the job and die in the middle of answering."""
    SICK = "sick"
    """Answer 503 to the question how it is."""


class State(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """A call that the vendor has taken. Times in seconds since the epoch."""

    call_id: UUID
    vendor_ref: str
    asked: int
    """Pictures."""
    taken_at: float
    ends_at: float
    photos: list[str] = field(default_factory=list)
    """SHA-256 of the photos that came with it."""
    makes: int = 0
    """Pictures that it will have at its end."""
    failure_kind: str | None = None
    failure_code: str | None = None
    cancelled_at: float | None = None
    ended_at: float | None = None
    sha256: list[str] = field(default_factory=list)
    """Of each picture that it made."""

    @property
    def state(self) -> State:
        """How it stands."""
        if self.ended_at is None:
            return State.RUNNING
        return State.FAILED if self.failure_kind is not None else State.FINISHED

    def made_by(self, now: float) -> int:
        """Pictures that exist at a time."""
        share = (now - self.taken_at) / max(self.ends_at - self.taken_at, 0.001)
        return min(int(self.makes * share), self.makes)

    def percent(self, now: float) -> int:
        """How far it is, 0 to 99 while it runs."""
        share = (now - self.taken_at) / max(self.ends_at - self.taken_at, 0.001)
        return max(0, min(99, int(100 * share)))

    def record(self) -> dict[str, Any]:
        """As JSON, with its state."""
        return {**asdict(self), "call_id": str(self.call_id), "state": self.state.value}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Job":
        """From a line of the journal or of /ledger."""
        fields = {name: value for name, value in record.items() if name != "state"}
        return cls(**{**fields, "call_id": UUID(record["call_id"])})


def read_journal(path: Path) -> dict[UUID, Job]:
    """Every call that was ever taken, as it stood last. A line that a crash cut off was never promised to anybody."""
    jobs: dict[UUID, Job] = {}
    if path.exists():
        for line in path.read_bytes().split(b"\n"):
            try:
                job = Job.from_record(json.loads(line))
            except ValueError:
                continue
            jobs[job.call_id] = job
    return jobs


@dataclass(slots=True)
class Plan:
    """How a fault strikes."""

    kind: Fault
    times: int
    failure_kind: str = "vendor"
    failure_code: str = "vendor_hiccup"
    seconds: float = 0.0


class Faults:
    """The faults that still wait for their requests."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self.struck: Counter[str] = Counter()

    def add(self, plan: Plan) -> None:
        """Break the next requests."""
        self._plans.append(plan)

    def clear(self) -> None:
        """Drop what has not struck yet."""
        self._plans.clear()

    def strike(self, *kinds: Fault) -> Plan | None:
        """The first waiting fault of one of these kinds, counted; None where nothing breaks."""
        for plan in self._plans:
            if plan.kind in kinds:
                plan.times -= 1
                if plan.times <= 0:
                    self._plans.remove(plan)
                self.struck[plan.kind.value] += 1
                return plan
        return None


class Vendor:
    """The vendor's side of its HTTP API."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        journal = state_dir / "journal.jsonl"
        self._jobs = read_journal(journal)
        self._journal = journal.open("ab", buffering=0)
        self._journal.write(b"\n")  # ends a line that a crash cut off
        self._changed: dict[UUID, asyncio.Event] = {}
        self._timers: set[asyncio.Task[None]] = set()
        self._faults = Faults()

    def app(self) -> web.Application:
        """The application; jobs that a crash interrupted go on with its start."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/jobs", self.submit)
        app.router.add_get("/jobs/{call_id}", self.poll)
        app.router.add_post("/jobs/{call_id}/cancel", self.cancel)
        app.router.add_get("/ledger", self.ledger)
        app.router.add_post("/faults", self.break_things)
        app.router.add_get("/health", self.health)
        app.on_startup.append(self._go_on)
        return app

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """Take a job, once per call_id."""
        wanted = await request.json()
        if self._faults.strike(Fault.REFUSE):
            return web.json_response({"error": "overloaded"}, status=503)
        if self._faults.strike(Fault.HANG_SUBMIT):
            return await _hang()
        call_id = UUID(wanted["call_id"])
        known = self._jobs.get(call_id)
        if known is not None:
            return web.json_response({"vendor_ref": known.vendor_ref, "error": "known"}, status=409)
        job = self._take(call_id, wanted)
        if self._faults.strike(Fault.DIE):
            os._exit(1)
        if self._faults.strike(Fault.LOSE_ANSWER):
            return _hang_up(request)
        if self._faults.strike(Fault.HANG_SUBMIT_TAKEN):
            return await _hang()
        return web.json_response({"vendor_ref": job.vendor_ref}, status=201)

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """Tell of a job, with its pictures once it has ended."""
        if self._faults.strike(Fault.REFUSE):
            return web.json_response({"error": "overloaded"}, status=503)
        if self._faults.strike(Fault.HANG_POLL):
            return await _hang()
        job = self._jobs.get(UUID(request.match_info["call_id"]))
        if job is None:
            return web.json_response({"error": "no such call"}, status=404)
        wait = min(float(request.query.get("wait", 0)), LONGEST_WAIT)
        if job.state is State.RUNNING and wait > 0:
            changed = self._changed.setdefault(job.call_id, asyncio.Event())
            await asyncio.wait([asyncio.ensure_future(changed.wait())], timeout=wait)
        return web.json_response(_view(job))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        """End a job with what it has made so far; one that has ended stays as it is."""
        if self._faults.strike(Fault.REFUSE):
            return web.json_response({"error": "overloaded"}, status=503)
        job = self._jobs.get(UUID(request.match_info["call_id"]))
        if job is None:
            return web.json_response({"error": "no such call"}, status=404)
        if job.state is State.RUNNING:
            now = time.time()
            job.cancelled_at, job.makes = now, job.made_by(now)
            job.failure_kind = job.failure_code = None
            self._end(job, now)
        return web.json_response(_view(job))

    async def ledger(self, _: web.Request) -> web.StreamResponse:
        """Every call ever taken, and which faults have struck since the start."""
        return web.json_response(
            {"jobs": [job.record() for job in self._jobs.values()], "struck": dict(self._faults.struck)}
        )

    async def break_things(self, request: web.Request) -> web.StreamResponse:
        """Add a fault {fault, times, failure_kind, failure_code, seconds}; {"clear": true} drops those waiting."""
        wanted = await request.json()
        if wanted.pop("clear", False):
            self._faults.clear()
        if "fault" in wanted:
            self._faults.add(Plan(Fault(wanted.pop("fault")), wanted.pop("times", 1), **wanted))
        return web.json_response({})

    async def health(self, _: web.Request) -> web.StreamResponse:
        """A sign of life."""
        if self._faults.strike(Fault.SICK):
            return web.json_response({"error": "overloaded"}, status=503)
        return web.json_response({"jobs": len(self._jobs)})

    def _take(self, call_id: UUID, wanted: dict[str, Any]) -> Job:
        now, asked = time.time(), int(wanted["pictures"])
        job = Job(
            call_id=call_id,
            vendor_ref=f"job-{len(self._jobs) + 1}",
            asked=asked,
            taken_at=now,
            ends_at=now + float(wanted["seconds"]),
            photos=list(wanted.get("photos", ())),
            makes=asked,
        )
        if slow := self._faults.strike(Fault.SLOW_JOB):
            job.ends_at += slow.seconds
        if failing := self._faults.strike(Fault.FAIL_JOB):
            job.failure_kind, job.failure_code, job.makes = failing.failure_kind, failing.failure_code, 0
        elif self._faults.strike(Fault.FEWER):
            job.makes = asked - 1
        self._jobs[call_id] = job
        self._write(job)
        self._watch(job)
        return job

    async def _go_on(self, _: web.Application) -> None:
        for job in self._jobs.values():
            if job.state is State.RUNNING:
                self._watch(job)

    def _watch(self, job: Job) -> None:
        timer = asyncio.get_running_loop().create_task(self._finish_in_time(job))
        self._timers.add(timer)
        timer.add_done_callback(self._timers.discard)

    async def _finish_in_time(self, job: Job) -> None:
        await asyncio.sleep(max(0.0, job.ends_at - time.time()))
        if job.state is State.RUNNING:
            self._end(job, time.time())

    def _end(self, job: Job, now: float) -> None:
        job.sha256 = [hashlib.sha256(paint(Origin(job.call_id, index))).hexdigest() for index in range(job.makes)]
        job.ended_at = now
        self._write(job)
        changed = self._changed.pop(job.call_id, None)
        if changed is not None:
            changed.set()

    def _write(self, job: Job) -> None:
        """One write, unbuffered: a kill of this process loses nothing of it."""
        self._journal.write(json.dumps(job.record()).encode() + b"\n")


def _view(job: Job) -> dict[str, Any]:
    pictures = []
    if job.state is State.FINISHED:
        for index in range(job.makes):
            content = base64.b64encode(paint(Origin(job.call_id, index))).decode()
            pictures.append({"content": content, "width": WIDTH, "height": HEIGHT, "seed": index})
    return {
        "vendor_ref": job.vendor_ref,
        "state": job.state.value,
        "percent": 100 if job.ended_at is not None else job.percent(time.time()),
        "failure_kind": job.failure_kind,
        "failure_code": job.failure_code,
        "cost_microusd": COST_OF_PICTURE * job.makes if job.ended_at is not None else 0,
        "pictures": pictures,
    }


async def _hang() -> web.StreamResponse:
    await asyncio.sleep(HANG_SECONDS)
    return web.Response(status=504)


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def main() -> None:
    """Read the command line and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.vendor", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    chosen = parser.parse_args()
    web.run_app(
        Vendor(chosen.state_dir).app(),
        host="127.0.0.1",
        port=chosen.port,
        print=None,
        access_log=None,
        reuse_address=True,
    )


if __name__ == "__main__":
    main()
