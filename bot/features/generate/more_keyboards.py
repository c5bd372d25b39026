"""Buttons of the screen "More": what few people need to choose."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import button, keyboard, marked
from bot.features.generate.card_keyboards import ShowMore
from bot.features.generate.extra_lora_keyboards import ShowExtraLoras
from bot.features.generate.keyboards import DraftId, ShowCard
from bot.texts import Translate
from services.drafts.drafts import Draft, Strength


class AskUnwanted(CallbackData, prefix="neg"):
    """The person wants to say what the picture should not show."""

    draft_id: DraftId


class DropUnwanted(CallbackData, prefix="negx"):
    """Nothing is unwanted after all."""

    draft_id: DraftId


class AskVariation(CallbackData, prefix="seed"):
    """The person wants a certain variation."""

    draft_id: DraftId


class DropVariation(CallbackData, prefix="seedx"):
    """Any variation will do."""

    draft_id: DraftId


class ChooseStrength(CallbackData, prefix="str"):
    """How far from the photo."""

    draft_id: DraftId
    strength: Strength


def more_keyboard(t: Translate, draft: Draft, *, has_extra_loras: bool) -> InlineKeyboardMarkup:
    """Each choice with what takes it away. has_extra_loras: the draft can have some."""
    draft_id, content = draft.draft_id, draft.content
    strengths = [
        button(
            marked(t, _strength_title(t, step), chosen=step is content.strength),
            ChooseStrength(draft_id=draft_id, strength=step),
        )
        for step in Strength
    ]
    unwanted = [button(t.plain("button-unwanted"), AskUnwanted(draft_id=draft_id))]
    if content.negative_prompt:
        unwanted.append(_drop_unwanted(t, draft_id))
    variation = [button(t.plain("button-variation"), AskVariation(draft_id=draft_id))]
    if content.seed is not None:
        variation.append(_drop_variation(t, draft_id))
    return keyboard(
        strengths if content.file_id is not None else [],
        unwanted,
        variation,
        [button(t.plain("button-extra-loras"), ShowExtraLoras(draft_id=draft_id))] if has_extra_loras else [],
        [button(t.plain("button-to-card"), ShowCard(draft_id=draft_id))],
    )


def unwanted_keyboard(t: Translate, draft: Draft) -> InlineKeyboardMarkup:
    """Under the question for what is unwanted."""
    dropping = [_drop_unwanted(t, draft.draft_id)] if draft.content.negative_prompt else []
    return keyboard(dropping, [_back(t, draft)])


def variation_keyboard(t: Translate, draft: Draft) -> InlineKeyboardMarkup:
    """Under the question for a variation's number."""
    dropping = [_drop_variation(t, draft.draft_id)] if draft.content.seed is not None else []
    return keyboard(dropping, [_back(t, draft)])


def _drop_unwanted(t: Translate, draft_id: int) -> InlineKeyboardButton:
    return button(t.plain("button-drop-unwanted"), DropUnwanted(draft_id=draft_id))


def _drop_variation(t: Translate, draft_id: int) -> InlineKeyboardButton:
    return button(t.plain("button-drop-variation"), DropVariation(draft_id=draft_id))


def _back(t: Translate, draft: Draft) -> InlineKeyboardButton:
    return button(t.plain("button-to-card"), ShowMore(draft_id=draft.draft_id))


def _strength_title(t: Translate, strength: Strength) -> str:
    match strength:
        case Strength.CLOSE:
            return t.plain("button-strength-close")
        case Strength.BALANCED:
            return t.plain("button-strength-balanced")
        case Strength.BOLD:
            return t.plain("button-strength-bold")
