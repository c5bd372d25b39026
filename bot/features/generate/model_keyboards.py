"""Buttons for whose face a picture has: one of the person's own models, or none."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import button, keyboard, marked
from bot.features.generate.keyboards import DraftId, ModelId, ShowCard
from bot.texts import Translate
from bot.words import shorten
from repository.models import UsableModel
from services.drafts.drafts import Draft

NAME_SHOWN = 24
"""Characters of a model's name on a button."""


class ShowModels(CallbackData, prefix="cmodels"):
    """The models that a draft can have."""

    draft_id: DraftId


class ChooseModel(CallbackData, prefix="usemodel"):
    """One of them; None: nobody's face."""

    draft_id: DraftId
    model_id: ModelId | None = None


def model_button(t: Translate, draft: Draft, models: Sequence[UsableModel]) -> list[InlineKeyboardButton]:
    """The draft's model on its card; nothing where the person has none to choose from."""
    if not models and draft.content.model_id is None:
        return []
    model = chosen_model(draft, models)
    words = t.plain("button-model", name=shorten(model.name, NAME_SHOWN)) if model else t.plain("button-no-model-yet")
    return [button(words, ShowModels(draft_id=draft.draft_id))]


def chosen_model(draft: Draft, models: Sequence[UsableModel]) -> UsableModel | None:
    """The draft's model, if it can be used."""
    return next((model for model in models if model.model_id == draft.content.model_id), None)


def models_keyboard(t: Translate, draft: Draft, models: Sequence[UsableModel]) -> InlineKeyboardMarkup:
    """One model a row, none, and the way back."""
    draft_id, chosen = draft.draft_id, draft.content.model_id
    rows = [
        [
            button(
                marked(t, shorten(model.name, NAME_SHOWN), chosen=model.model_id == chosen),
                ChooseModel(draft_id=draft_id, model_id=model.model_id),
            )
        ]
        for model in models
    ]
    nobody = marked(t, t.plain("button-no-model"), chosen=chosen is None)
    return keyboard(
        *rows,
        [button(nobody, ChooseModel(draft_id=draft_id))],
        [button(t.plain("button-to-card"), ShowCard(draft_id=draft_id))],
    )
