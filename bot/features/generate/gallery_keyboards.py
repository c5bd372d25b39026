"""Buttons of the style gallery: shelves, and the styles of one of them."""

from collections.abc import Sequence
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import Open, Section, button, in_rows, keyboard, marked, menu_button
from bot.features.generate.card_keyboards import AskWords
from bot.features.generate.keyboards import DraftId, ShowCard
from bot.features.generate.shelves import Page, first_pages
from bot.texts import Translate
from repository.catalogue import Style
from services.drafts.drafts import Draft

SHELVES_IN_ROW = 2
STYLES_IN_ROW = 2


class ShowShelves(CallbackData, prefix="shelves"):
    """The gallery's beginning."""

    draft_id: DraftId


class ShowStyles(CallbackData, prefix="sts"):
    """A page of the gallery, from 0: a shelf, or a part of a long one."""

    draft_id: DraftId
    page: Annotated[int, Field(ge=0, le=1000)]


class ChooseStyle(CallbackData, prefix="st"):
    """A style for the draft; None takes it away."""

    draft_id: DraftId
    style: str | None


class SurpriseMe(CallbackData, prefix="lucky"):
    """Any style but the present one."""

    draft_id: DraftId


def shelves_keyboard(t: Translate, draft: Draft, pages: Sequence[Page]) -> InlineKeyboardMarkup:
    """The shelves, and the ways around them."""
    draft_id = draft.draft_id
    shelves = [
        button(
            t.plain(
                "button-shelf", emoji=shelf.group.emoji, title=shelf.group.title(t.locale), styles=len(shelf.styles)
            ),
            ShowStyles(draft_id=draft_id, page=place),
        )
        for place, shelf in first_pages(pages)
    ]
    ways = _around(t, draft) if shelves else [_own_words(t, draft_id)]
    return keyboard(*in_rows(shelves, SHELVES_IN_ROW), ways, [_out_of_gallery(t, draft)])


def styles_keyboard(t: Translate, draft: Draft, pages: Sequence[Page], place: int) -> InlineKeyboardMarkup:
    """The styles of one page, the neighbouring pages, and the way back to the shelves."""
    draft_id = draft.draft_id
    styles = [_style_button(t, draft, style) for style in pages[place].styles]
    turning = []
    if len(pages) > 1:
        before, after = (place - 1) % len(pages), (place + 1) % len(pages)
        previous, following = pages[before].shelf.group, pages[after].shelf.group
        turning = [
            button(
                t.plain("button-previous-shelf", emoji=previous.emoji, title=previous.title(t.locale)),
                ShowStyles(draft_id=draft_id, page=before),
            ),
            button(
                t.plain("button-next-shelf", emoji=following.emoji, title=following.title(t.locale)),
                ShowStyles(draft_id=draft_id, page=after),
            ),
        ]
    if len(first_pages(pages)) == 1:  # there are no shelves to go back to: this is the whole gallery
        ways_out = [_around(t, draft), [_out_of_gallery(t, draft)]]
    else:
        ways_out = [[button(t.plain("button-to-shelves"), ShowShelves(draft_id=draft_id))]]
    return keyboard(*in_rows(styles, STYLES_IN_ROW), turning, *ways_out)


def _style_button(t: Translate, draft: Draft, style: Style) -> InlineKeyboardButton:
    title = f"{style.emoji} {style.title(t.locale)}"
    return button(
        marked(t, title, chosen=style.code == draft.content.style),
        ChooseStyle(draft_id=draft.draft_id, style=style.code),
    )


def _around(t: Translate, draft: Draft) -> list[InlineKeyboardButton]:
    """Ways past the choice of a style."""
    ways = [button(t.plain("button-surprise"), SurpriseMe(draft_id=draft.draft_id))]
    if not draft.content.prompt:
        ways.append(_own_words(t, draft.draft_id))
    elif draft.content.style:
        ways.append(button(t.plain("button-no-style"), ChooseStyle(draft_id=draft.draft_id, style=None)))
    return ways


def _own_words(t: Translate, draft_id: int) -> InlineKeyboardButton:
    return button(t.plain("button-own-words"), AskWords(draft_id=draft_id))


def _out_of_gallery(t: Translate, draft: Draft) -> InlineKeyboardButton:
    """To the card where there is one already, else to where one came from."""
    if draft.content.is_enough:
        return button(t.plain("button-to-card"), ShowCard(draft_id=draft.draft_id))
    if draft.content.file_id is None:
        return button(t.plain("button-to-card"), Open(section=Section.GENERATE))
    return menu_button(t)
