"""Buttons of personal models. They carry ids, never a trigger word."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from pydantic import Field

from bot.buttons import Open, Section, button
from bot.texts import Translate

ModelId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reference = Annotated[str, Field(pattern=r"^DM-[A-Z2-9]{5}-[A-Z2-9]{5}$")]


class ShowModels(CallbackData, prefix="models"):
    """A page of the person's models: those older than one of them, the newest where none is named."""

    before: ModelId | None = None


class ShowModel(CallbackData, prefix="mymodel"):
    """One of the person's models; below: at the end of the chat, under a message that stays."""

    model_id: ModelId
    below: bool = False


class AskModelName(CallbackData, prefix="mname"):
    """What the model shall be called."""

    model_id: ModelId


class SetDefaultModel(CallbackData, prefix="mfirst"):
    """Use it where none is chosen."""

    model_id: ModelId


class AskDeleteModel(CallbackData, prefix="mask"):
    """What goes and what stays."""

    model_id: ModelId


class DeleteModel(CallbackData, prefix="mdel"):
    """Yes, for good. The receipt's reference is chosen before: the same press, handled again, finds what it did."""

    model_id: ModelId
    reference: Reference


class ShowModelReceipt(CallbackData, prefix="mreceipt"):
    """How far the deletion at vendors is by now."""

    reference: Reference


def models_button(t: Translate, *, below: bool = False) -> InlineKeyboardButton:
    """To the person's models."""
    return button(t.plain("button-models"), Open(section=Section.MODELS, below=below))
