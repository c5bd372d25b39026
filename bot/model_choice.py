"""Whose face it is: the choice among a person's own models, alike wherever something can be ordered with one."""

from collections.abc import Callable, Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.buttons import button, marked
from bot.texts import Translate
from bot.words import shorten
from repository.models import UsableModel

NAME_SHOWN = 24
"""Characters of a model's name on a button."""


def chosen_model(model_id: int | None, models: Sequence[UsableModel]) -> UsableModel | None:
    """The chosen one, if it can be used."""
    return next((model for model in models if model.model_id == model_id), None)


def model_button(
    t: Translate, model_id: int | None, models: Sequence[UsableModel], opens: CallbackData
) -> list[InlineKeyboardButton]:
    """The present choice on a card, which opens the list; nothing where the person has none to choose from."""
    if not models and model_id is None:
        return []
    model = chosen_model(model_id, models)
    words = t.plain("button-model", name=shorten(model.name, NAME_SHOWN)) if model else t.plain("button-no-model-yet")
    return [button(words, opens)]


def model_rows(
    t: Translate, model_id: int | None, models: Sequence[UsableModel], choice: Callable[[int], CallbackData]
) -> list[list[InlineKeyboardButton]]:
    """One model a row, with a sign where it is the present one. choice: what a press on one says."""
    return [
        [button(marked(t, shorten(model.name, NAME_SHOWN), chosen=model.model_id == model_id), choice(model.model_id))]
        for model in models
    ]
