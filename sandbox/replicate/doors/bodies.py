"""The bodies of requests to `/v1`, read strictly: a field that Replicate does not know is refused."""

import re
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from sandbox.replicate.problems import Problem, invalid_body
from sandbox.replicate.wire import JsonObject

_CANCEL_AFTER = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")
_SHORTEST_DEADLINE_SECONDS = 5
_LONGEST_WAIT_SECONDS = 60.0


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewJob(_Body):
    """What predictions and trainings have in common."""

    input: JsonObject
    webhook: str | None = Field(default=None, pattern=r"^https?://")
    webhook_completed: str | None = Field(default=None, pattern=r"^https?://")
    webhook_events_filter: list[Literal["start", "output", "logs", "completed"]] | None = None
    stream: bool | None = None


class NewPrediction(NewJob):
    """The body of POST /v1/predictions."""

    version: str


class NewTraining(NewJob):
    """The body of POST …/trainings."""

    destination: str


class NewModel(_Body):
    """The body of POST /v1/models."""

    owner: str
    name: str
    visibility: Literal["public", "private"]
    hardware: str
    description: str = ""
    github_url: str | None = None
    paper_url: str | None = None
    license_url: str | None = None
    cover_image_url: str | None = None


AnyBody = TypeVar("AnyBody", bound=BaseModel)


async def read_body(request: Request, kind: type[AnyBody]) -> AnyBody:
    """Return a request's JSON as a typed body; refuses what does not fit with 422."""
    try:
        return kind.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        raise invalid_body([_reason(problem) for problem in error.errors()]) from error


def read_deadline(request: Request) -> float | None:
    """Return in how many seconds a job shall be cancelled (`Cancel-After: 1h30m45s`), or None."""
    wanted = request.headers.get("cancel-after")
    if wanted is None:
        return None
    match = _CANCEL_AFTER.fullmatch(wanted.strip())
    seconds = 0.0
    if match is not None:
        hours, minutes, rest = match.groups(default="0")
        seconds = int(hours) * 3600 + int(minutes) * 60 + float(rest)
    if seconds < _SHORTEST_DEADLINE_SECONDS:
        raise Problem(422, "Cancel-After must be a duration of at least 5 seconds", "Invalid header")
    return seconds


def read_wait(request: Request) -> float:
    """Return for how many seconds the client waits for the end (`Prefer: wait=5`); 0 where it does not."""
    for preference in request.headers.get("prefer", "").split(","):
        name, _, seconds = preference.strip().partition("=")
        if name == "wait":
            return min(float(seconds), _LONGEST_WAIT_SECONDS) if seconds.isdecimal() else _LONGEST_WAIT_SECONDS
    return 0.0


def _reason(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"]) or "body"
    match problem["type"]:
        case "missing":
            return f"{place} is required"
        case "extra_forbidden":
            return f"Additional property {place} is not allowed"
        case _:
            return f"{place}: {problem['msg']}"
