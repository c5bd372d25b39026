"""Buttons that stand outside the composing: where it begins, under a running task, under a result.

Buttons carry ids, never prices.
"""

from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.features.train.buttons import AskStop
from bot.texts import Translate
from services.orders import TaskKind

DraftId = Annotated[int, Field(ge=1, le=2**63 - 1)]
ModelId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ShowCard(CallbackData, prefix="card"):
    """The draft as it stands, with its price."""

    draft_id: DraftId


class Stop(CallbackData, prefix="stop"):
    """Stop the task."""

    task_id: UUID


class Again(CallbackData, prefix="again"):
    """A new card with the same choices, under the result."""

    draft_id: DraftId


class OtherStyle(CallbackData, prefix="other"):
    """A new draft with everything but the style, under the result."""

    draft_id: DraftId


class Vary(CallbackData, prefix="vary"):
    """A card for the order that this picture came from, with another variation of it; under the result."""

    file_id: UUID


class Restyle(CallbackData, prefix="restyle"):
    """The style gallery with this picture as the photo to start from; under the result."""

    file_id: UUID


class BeginPortrait(CallbackData, prefix="portrait"):
    """A new draft with a personal model and the styles to choose from; without a number, the one that is preferred.

    below: under a message that stays.
    """

    model_id: ModelId | None = None
    below: bool = False


def intake_keyboard(t: Translate, *, has_models: bool) -> InlineKeyboardMarkup:
    """Under the request for a photo. has_models: own ones, that can be used."""
    return keyboard(
        [button(t.plain("button-with-model"), BeginPortrait(), "primary")] if has_models else [],
        [button(t.plain("button-words-only"), Open(section=Section.WORDS))],
        [menu_button(t)],
    )


def progress_keyboard(t: Translate, task_id: UUID, kind: str) -> InlineKeyboardMarkup:
    """Under the message that shows a running task. A training is not stopped by a slip of a finger: it is asked."""
    stop = AskStop(task_id=task_id) if kind == TaskKind.TRAIN else Stop(task_id=task_id)
    return keyboard([button(t.plain("button-stop"), stop, "danger")])


def again_row(t: Translate, draft_id: int | None) -> list[InlineKeyboardButton]:
    """What can be made of a finished order; nothing where it did not come from a draft."""
    if draft_id is None:
        return []
    return [
        button(t.plain("button-again"), Again(draft_id=draft_id)),
        button(t.plain("button-other-style"), OtherStyle(draft_id=draft_id)),
    ]
