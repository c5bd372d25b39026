"""What `/sim` takes: typed request bodies."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from sandbox.telegram.people import Person
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.world import World


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewPerson(_Body):
    """A person to be made; without an id the next free one."""

    id: int | None = Field(default=None, gt=0)
    first_name: str = Field(min_length=1, max_length=64)
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Text(_Body):
    """A text to be sent, or to stand in place of that of an own message; `reply_to` and `edit` are message_ids."""

    text: str = Field(min_length=1, max_length=4096)
    reply_to: int | None = None
    edit: int | None = None


class Press(_Body):
    """A button to be pressed, by callback data or by its text; waits `timeout` seconds for the answer."""

    message_id: int
    data: str | None = None
    text: str | None = None
    timeout: float = Field(default=3.0, ge=0, le=60)


class Pay(_Body):
    """An invoice to be paid."""

    message_id: int


class Block(_Body):
    """Whether the person has blocked the bot."""

    blocked: bool = True


class NewFault(_Body):
    """A fault for the next calls, or a number of updates to be sent again, or both."""

    method: str | None = None
    error_code: int | None = Field(default=None, ge=400, le=599)
    description: str | None = None
    retry_after: int | None = Field(default=None, ge=1)
    delay: float = Field(default=0, ge=0, le=600)
    times: int = Field(default=1, ge=1)
    executed: bool = False
    redeliver: int = Field(default=0, ge=0, le=100)
    clear: bool = False


AnyBody = TypeVar("AnyBody", bound=BaseModel)


async def read_body(request: Request, kind: type[AnyBody]) -> AnyBody:
    """Return the request's JSON as a typed body; refuses what does not fit with 400."""
    try:
        return kind.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        problems: list[Any] = [{"at": p["loc"], "problem": p["msg"]} for p in error.errors()]
        raise bad_request(f"the body does not fit: {problems}") from error


def person_of(world: World, request: Request) -> Person:
    """Return the person in the request's path; refuses a stranger with 404."""
    person = world.people.find(request.path_params["person_id"])
    if person is None:
        raise Refusal(404, "Not Found: no such person; POST /sim/users makes one")
    return person
