"""Buttons of a draft, of a running task and of a result. They carry ids, never prices."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import Open, Section, button, menu_button
from bot.texts import Translate
from repository.catalogue import Style
from services.drafts import Draft, PictureFormat

STYLES_ON_PAGE = 12
STYLES_IN_ROW = 2
MAX_PICTURES = 4

DraftId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ShowCard(CallbackData, prefix="card"):
    """The draft as it stands, with its price."""

    draft_id: DraftId


class ShowStyles(CallbackData, prefix="sts"):
    """A page of the style gallery, from 0."""

    draft_id: DraftId
    page: Annotated[int, Field(ge=0, le=1000)]


class ChooseStyle(CallbackData, prefix="st"):
    """A style for the draft; None takes it away."""

    draft_id: DraftId
    style: str | None


class AskWords(CallbackData, prefix="words"):
    """The person wants to describe the picture."""

    draft_id: DraftId


class DropWords(CallbackData, prefix="drop"):
    """The style is enough after all."""

    draft_id: DraftId


class ChooseNumber(CallbackData, prefix="num"):
    """How many pictures."""

    draft_id: DraftId
    num_images: Annotated[int, Field(ge=1, le=MAX_PICTURES)]


class ChooseFormat(CallbackData, prefix="fmt"):
    """Which shape."""

    draft_id: DraftId
    picture_format: PictureFormat


class Make(CallbackData, prefix="make"):
    """Order the draft."""

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


def intake_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the request for a photo."""
    return _keyboard(
        [button(t.plain("button-words-only"), Open(section=Section.WORDS))],
        [menu_button(t)],
    )


def gallery_keyboard(t: Translate, draft: Draft, styles: Sequence[Style], page: int) -> InlineKeyboardMarkup:
    """One page of styles, in rows."""
    draft_id = draft.draft_id
    first = page * STYLES_ON_PAGE
    shown = [
        button(
            _marked(t, f"{style.emoji} {style.title(t.locale)}", style.code == draft.content.style),
            ChooseStyle(draft_id=draft_id, style=style.code),
        )
        for style in styles[first : first + STYLES_ON_PAGE]
    ]
    turning = []
    if page > 0:
        turning.append(button(t.plain("button-newer-styles"), ShowStyles(draft_id=draft_id, page=page - 1)))
    if page + 1 < pages_of(styles):
        turning.append(button(t.plain("button-more-styles"), ShowStyles(draft_id=draft_id, page=page + 1)))
    ways_out = [button(t.plain("button-own-words"), AskWords(draft_id=draft_id))]
    if draft.content.prompt:
        ways_out = [button(t.plain("button-no-style"), ChooseStyle(draft_id=draft_id, style=None))]
    return _keyboard(
        *(shown[start : start + STYLES_IN_ROW] for start in range(0, len(shown), STYLES_IN_ROW)),
        turning,
        ways_out,
        [_way_back(t, draft)],
    )


def pages_of(styles: Sequence[Style]) -> int:
    """How many pages the gallery has, at least one."""
    return max(1, -(-len(styles) // STYLES_ON_PAGE))


def words_keyboard(t: Translate, draft: Draft) -> InlineKeyboardMarkup:
    """Under the request for a description."""
    dropping = []
    if draft.content.prompt and draft.content.style:
        dropping = [button(t.plain("button-drop-words"), DropWords(draft_id=draft.draft_id))]
    return _keyboard(dropping, [_way_back(t, draft)])


def card_keyboard(t: Translate, draft: Draft, price: int) -> InlineKeyboardMarkup:
    """Everything that can be changed about a draft, and Make."""
    draft_id, content = draft.draft_id, draft.content
    numbers = [
        button(
            _marked(t, str(number), number == content.num_images), ChooseNumber(draft_id=draft_id, num_images=number)
        )
        for number in range(1, MAX_PICTURES + 1)
    ]
    formats = [
        button(
            _marked(t, _format_title(t, shape), shape is content.picture_format),
            ChooseFormat(draft_id=draft_id, picture_format=shape),
        )
        for shape in PictureFormat
    ]
    words = t.plain("button-change-words") if content.prompt else t.plain("button-add-words")
    return _keyboard(
        numbers,
        formats,
        [
            button(t.plain("button-style"), ShowStyles(draft_id=draft_id, page=0)),
            button(words, AskWords(draft_id=draft_id)),
        ],
        [button(t.plain("button-make-for", price=price), Make(draft_id=draft_id), "primary")],
        [menu_button(t)],
    )


def progress_keyboard(t: Translate, task_id: UUID) -> InlineKeyboardMarkup:
    """Under the message that shows a running task."""
    return _keyboard([button(t.plain("button-stop"), Stop(task_id=task_id), "danger")])


def again_row(t: Translate, draft_id: int | None) -> list[InlineKeyboardButton]:
    """What can be made of a finished order; nothing where it did not come from a draft."""
    if draft_id is None:
        return []
    return [
        button(t.plain("button-again"), Again(draft_id=draft_id)),
        button(t.plain("button-other-style"), OtherStyle(draft_id=draft_id)),
    ]


def _way_back(t: Translate, draft: Draft) -> InlineKeyboardButton:
    """To the card where there is one already, else to the menu."""
    if draft.content.style or draft.content.prompt:
        return button(t.plain("button-to-card"), ShowCard(draft_id=draft.draft_id))
    return menu_button(t)


def _marked(t: Translate, choice: str, chosen: bool) -> str:
    return t.plain("button-chosen", choice=choice) if chosen else choice


def _format_title(t: Translate, shape: PictureFormat) -> str:
    match shape:
        case PictureFormat.SQUARE:
            return t.plain("button-format-square")
        case PictureFormat.PORTRAIT:
            return t.plain("button-format-portrait")
        case PictureFormat.LANDSCAPE:
            return t.plain("button-format-landscape")


def _keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])
