"""Buttons for whose face a picture has: one of the person's own models, or none."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import button, keyboard, marked
from bot.features.generate.keyboards import DraftId, ModelId, ShowCard
from bot.model_choice import model_button, model_rows
from bot.texts import Translate
from repository.models import UsableModel
from services.drafts.drafts import Draft


class ShowModels(CallbackData, prefix="cmodels"):
    """The models that a draft can have."""

    draft_id: DraftId


class ChooseModel(CallbackData, prefix="usemodel"):
    """One of them; None: nobody's face."""

    draft_id: DraftId
    model_id: ModelId | None = None


def draft_model_button(t: Translate, draft: Draft, models: Sequence[UsableModel]) -> list[InlineKeyboardButton]:
    """The draft's model on its card; nothing where the person has none to choose from."""
    return model_button(t, draft.content.model_id, models, ShowModels(draft_id=draft.draft_id))


def models_keyboard(t: Translate, draft: Draft, models: Sequence[UsableModel]) -> InlineKeyboardMarkup:
    """One model a row, none, and the way back."""
    draft_id, chosen = draft.draft_id, draft.content.model_id
    nobody = marked(t, t.plain("button-no-model"), chosen=chosen is None)
    return keyboard(
        *model_rows(t, chosen, models, lambda model_id: ChooseModel(draft_id=draft_id, model_id=model_id)),
        [button(nobody, ChooseModel(draft_id=draft_id))],
        [button(t.plain("button-to-card"), ShowCard(draft_id=draft_id))],
    )
