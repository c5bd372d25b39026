"""What the buttons of the gallery carry. Places are places in it, not numbers of pages: they never shift."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.features.pictures.buttons import Origin

GenerationId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Position = Annotated[int, Field(ge=0, le=1000)]


class By(StrEnum):
    """By what the gallery can be narrowed."""

    FAVORITE = "fav"
    KIND = "kind"
    TAG = "tag"
    WORDS = "words"
    MONTH = "month"


class TurnPage(CallbackData, prefix="turn"):
    """The next older picture after a place, or the next newer one before it."""

    generation_id: GenerationId
    position: Position
    older: bool
    origin: Origin


class ShowPictures(CallbackData, prefix="shown"):
    """The newest picture that the filter leaves in."""


class ShowOverview(CallbackData, prefix="sheet"):
    """Nine pictures at a glance, the picture at this place first; without one, the newest."""

    generation_id: GenerationId | None = None
    position: Position | None = None


class TurnOverview(CallbackData, prefix="leaf"):
    """The nine older than a place, or the nine newer."""

    generation_id: GenerationId
    position: Position
    older: bool


class ShowFilter(CallbackData, prefix="filter"):
    """By what the pictures are chosen, and how many are left."""


class ChooseBy(CallbackData, prefix="by"):
    """The tags or months there are, or the request for words."""

    by: By


class Narrow(CallbackData, prefix="narrow"):
    """Choose a value, or with None leave it open again. A tag comes as its digest, a month as 2026-11."""

    by: By
    value: Annotated[str, Field(max_length=20)] | None


class ClearFilter(CallbackData, prefix="nofilter"):
    """Everything again."""

    shown: bool = False
    """With the newest picture rather than the filter."""
