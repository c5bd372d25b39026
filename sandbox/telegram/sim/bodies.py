"""What `/sim` takes: typed request bodies, and whom and what they name."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from sandbox.telegram.chats import StoredMessage
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


class PersonChange(_Body):
    """What changes about a person; what is not named stays, null takes away."""

    first_name: str | None = Field(default=None, min_length=1, max_length=64)
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deactivated: bool | None = None


class Contact(_Body):
    """A telephone number with a name, and whose it is."""

    phone_number: str = Field(min_length=1)
    first_name: str = Field(min_length=1)
    last_name: str | None = None
    user_id: int | None = None


class Location(_Body):
    """A point on the map, in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Said(_Body):
    """One of a text, a contact and a place; `reply_to` and `edit` (of an own message) are message_ids."""

    text: str | None = Field(default=None, min_length=1, max_length=4096)
    contact: Contact | None = None
    location: Location | None = None
    reply_to: int | None = None
    edit: int | None = None


class ByMessage(_Body):
    """A message."""

    message_id: int


class Edit(ByMessage):
    """A new text or caption."""

    text: str | None = None
    caption: str | None = None


class Forward(ByMessage):
    """A message of this chat or of another person's; `hidden` keeps its author's account from the bot."""

    from_user: int | None = None
    hidden: bool = False


class React(ByMessage):
    """A reaction, or none."""

    emoji: str | None = None


class Press(ByMessage):
    """A button to be pressed, by callback data or by its text; waits `timeout` seconds for the answer."""

    data: str | None = None
    text: str | None = None
    timeout: float = Field(default=3.0, ge=0, le=60)


class Follow(_Body):
    """A link to the bot."""

    link: str


class Pay(_Body):
    """An invoice to be paid: a message, or a link that createInvoiceLink made."""

    message_id: int | None = None
    link: str | None = None


class Refund(_Body):
    """A payment that Telegram gives back by itself."""

    telegram_payment_charge_id: str


class Block(_Body):
    """Whether the person has blocked the bot."""

    blocked: bool = True


class Clear(_Body):
    """Whether clearing the chat blocks the bot too ("Delete chat" and "Stop bot")."""

    block: bool = False


class NewFault(_Body):
    """A fault for the next calls, or a number of updates to be sent again, or both."""

    method: str | None = None
    error_code: int | None = Field(default=None, ge=400, le=599)
    description: str | None = None
    retry_after: int | None = Field(default=None, ge=1)
    delay: float = Field(default=0, ge=0, le=600)
    times: int = Field(default=1, ge=1)
    executed: bool = False
    lost: bool = False
    redeliver: int = Field(default=0, ge=0, le=100)
    clear: bool = False


class SettingsChange(_Body):
    """What changes of the server's ways; what is not named stays.

    `flood_rate` multiplies Telegram's sending rates, 0 is no flood control; `webhook_retry_scale` multiplies the
    pauses before a refused update comes again; `clock_shift` is in seconds ahead of the machine's time, and
    `clock_advance` adds to it; `logged_out` is what logOut sets.
    """

    flood_rate: float | None = Field(default=None, ge=0, le=1000)
    webhook_retry_scale: float | None = Field(default=None, ge=0, le=10)
    clock_shift: float | None = None
    clock_advance: float | None = Field(default=None, ge=0)
    logged_out: bool | None = None


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


def active_person(world: World, request: Request) -> Person:
    """Return the person in the request's path; refuses with 409 one who has blocked the bot or is no more."""
    person = person_of(world, request)
    if person.has_blocked:
        raise Refusal(409, "Conflict: the person has blocked the bot; unblock it first")
    if person.is_deactivated:
        raise Refusal(409, "Conflict: the person's account is deactivated")
    return person


def message_in(world: World, person: Person, message_id: int) -> StoredMessage:
    """Return a message of a person's chat."""
    message = world.chats.of(person.id).messages.get(message_id)
    if message is None:
        raise bad_request("the chat has no such message")
    return message
