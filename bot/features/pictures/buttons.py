"""What the buttons of a picture carry: its id, and where its buttons stand."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import BeforeValidator, Field


class Origin(StrEnum):
    """Where a button stands, which says where what it opens leads back to."""

    RESULT = "r"
    """Under a result, which stays: what it opens comes below."""
    BELOW = "b"
    """On the screen that was opened under a result; back takes it away."""
    GALLERY = "g"
    """On a page of the gallery; the filter is the dialog's to remember."""


class ShowPicture(CallbackData, prefix="pic"):
    """The picture with everything that can be done with it."""

    file_id: UUID
    origin: Origin


class SetFavorite(CallbackData, prefix="fav"):
    """Make it a favourite, or no longer. It carries what is wanted, so that a second press changes nothing."""

    file_id: UUID
    favorite: bool


class SendFile(CallbackData, prefix="file"):
    """Send it in full resolution."""

    file_id: UUID


class ShowSizes(CallbackData, prefix="sizes"):
    """How much larger it can be made, and what that costs."""

    file_id: UUID
    origin: Origin


class Enlarge(CallbackData, prefix="enl"):
    """Order a larger one. The token was drawn for the screen that the button stands on: one order a screen."""

    file_id: UUID
    origin: Origin
    factor: Annotated[Literal[2, 4], BeforeValidator(int)]
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8}$")]


class EditTags(CallbackData, prefix="tags"):
    """Its tags, and those that other pictures have."""

    file_id: UUID
    origin: Origin


class SetTag(CallbackData, prefix="tag"):
    """Give it a tag that is in use, or take it away. digest: of the tag, which may be longer than a button carries."""

    file_id: UUID
    origin: Origin
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    given: bool


class EditNote(CallbackData, prefix="note"):
    """Wait for a note."""

    file_id: UUID
    origin: Origin


class DropNote(CallbackData, prefix="unnote"):
    """Take the note away."""

    file_id: UUID
    origin: Origin


class AskDelete(CallbackData, prefix="ask"):
    """Delete it? Asked first: nothing brings it back."""

    file_id: UUID
    origin: Origin


class Delete(CallbackData, prefix="del"):
    """Delete it."""

    file_id: UUID
    origin: Origin


class Close(CallbackData, prefix="close"):
    """Take the screen away: the result above it is what one came from."""
