"""Buttons for the LoRAs that the owner offers: each switched on or off by what its button says, so twice is once."""

from collections.abc import Sequence
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import button, in_rows, keyboard, marked
from bot.features.generate.card_keyboards import ShowMore
from bot.features.generate.keyboards import DraftId
from bot.texts import Translate
from bot.words import shorten
from repository.vendor_models import ExtraLora
from services.drafts.drafts import Draft

PAGE_SIZE = 8
NAME_SHOWN = 32
"""Characters of a LoRA's name on a button."""

LoraId = Annotated[int, Field(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ShowExtraLoras(CallbackData, prefix="xloras"):
    """The LoRAs that a draft can have; page: from 0, the last one where there are fewer."""

    draft_id: DraftId
    page: PageNumber = 0


class ChooseExtraLora(CallbackData, prefix="xlora"):
    """One of them, to have or to have no more."""

    draft_id: DraftId
    lora_id: LoraId
    is_wanted: bool
    page: PageNumber = 0


def pages_of_loras(loras: Sequence[ExtraLora]) -> list[Sequence[ExtraLora]]:
    """LoRAs as they share screens."""
    return [loras[start : start + PAGE_SIZE] for start in range(0, len(loras), PAGE_SIZE)]


def extra_loras_keyboard(
    t: Translate, draft: Draft, pages: Sequence[Sequence[ExtraLora]], page: int
) -> InlineKeyboardMarkup:
    """One LoRA a row, the pages beside this one, and the way back."""
    draft_id, chosen = draft.draft_id, draft.content.extra_loras
    switches = [
        button(
            marked(t, shorten(lora.name, NAME_SHOWN), chosen=lora.lora_id in chosen),
            ChooseExtraLora(draft_id=draft_id, lora_id=lora.lora_id, is_wanted=lora.lora_id not in chosen, page=page),
        )
        for lora in pages[page]
    ]
    ways = []
    if page > 0:
        ways.append(button(t.plain("button-extra-loras-before"), ShowExtraLoras(draft_id=draft_id, page=page - 1)))
    if page < len(pages) - 1:
        ways.append(button(t.plain("button-extra-loras-after"), ShowExtraLoras(draft_id=draft_id, page=page + 1)))
    return keyboard(*in_rows(switches, 1), ways, [button(t.plain("button-to-card"), ShowMore(draft_id=draft_id))])
