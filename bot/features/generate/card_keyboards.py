"""Buttons of the card: what can be chosen at once, and the way to the order."""

from collections.abc import Sequence
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import button, buy_row, in_rows, keyboard, marked, menu_button
from bot.features.generate.keyboards import DraftId
from bot.features.generate.model_keyboards import draft_model_button
from bot.features.solids.buttons import SolidOfDraft
from bot.texts import Translate
from repository.models import UsableModel
from services.drafts.drafts import Draft, PictureFormat

MAX_PICTURES = 4
FORMATS_IN_ROW = 2


class AskWords(CallbackData, prefix="words"):
    """The person wants to describe the picture."""

    draft_id: DraftId


class ChooseNumber(CallbackData, prefix="num"):
    """How many pictures."""

    draft_id: DraftId
    num_images: Annotated[int, Field(ge=1, le=MAX_PICTURES)]


class ChooseFormat(CallbackData, prefix="fmt"):
    """Which shape."""

    draft_id: DraftId
    picture_format: PictureFormat


class ShowMore(CallbackData, prefix="more"):
    """What few people need to choose."""

    draft_id: DraftId


class ShowGallery(CallbackData, prefix="gal"):
    """Another style: the gallery, open where the present style stands."""

    draft_id: DraftId


class Make(CallbackData, prefix="make"):
    """Order the draft."""

    draft_id: DraftId


def card_keyboard(
    t: Translate, draft: Draft, price: int, tokens_left: int, models: Sequence[UsableModel] = ()
) -> InlineKeyboardMarkup:
    """Everything that can be changed about a draft, and Make; where it needs more tokens, the way to them.

    models: the person's own ones.
    """
    draft_id, content = draft.draft_id, draft.content
    numbers = [
        button(
            marked(t, str(number), chosen=number == content.num_images),
            ChooseNumber(draft_id=draft_id, num_images=number),
        )
        for number in range(1, MAX_PICTURES + 1)
    ]
    formats = [
        button(
            marked(t, format_title(t, shape), chosen=shape is content.picture_format),
            ChooseFormat(draft_id=draft_id, picture_format=shape),
        )
        for shape in PictureFormat
    ]
    solid = SolidOfDraft(draft_id=draft_id)
    words = t.plain("button-change-words") if content.prompt else t.plain("button-add-words")
    return keyboard(
        numbers,
        *in_rows(formats, FORMATS_IN_ROW),
        draft_model_button(t, draft, models),
        [
            button(t.plain("button-style"), ShowGallery(draft_id=draft_id)),
            button(words, AskWords(draft_id=draft_id)),
        ],
        [
            button(t.plain("button-fine-tuning"), ShowMore(draft_id=draft_id)),
            *([button(t.plain("button-as-solid"), solid)] if content.file_id or content.prompt else []),
        ],
        [button(t.plain("button-make-for", price=price), Make(draft_id=draft_id), "primary")],
        buy_row(t, price, tokens_left),
        [menu_button(t)],
    )


def format_title(t: Translate, shape: PictureFormat) -> str:
    """The name of a shape."""
    match shape:
        case PictureFormat.SQUARE:
            return t.plain("button-format-square")
        case PictureFormat.PORTRAIT:
            return t.plain("button-format-portrait")
        case PictureFormat.LANDSCAPE:
            return t.plain("button-format-landscape")
        case PictureFormat.TALL:
            return t.plain("button-format-tall")
