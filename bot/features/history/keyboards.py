"""The gallery's own buttons: the filter, the overview, the ways out of an empty list."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import button, in_rows, keyboard, make_button, marked, menu_button
from bot.features.history.buttons import (
    By,
    ChooseBy,
    ClearFilter,
    Narrow,
    ShowFilter,
    ShowPictures,
    TurnOverview,
)
from bot.features.history.wanted import Wanted, kind_title, month_of, month_title, tag_digest
from bot.features.pictures.buttons import Origin, ShowPicture
from bot.texts import Translate
from repository.gallery import Picture
from services.gallery.pictures import Turns
from services.orders import GALLERY_KINDS

OVERVIEW_COLUMNS = 3
CHOICES_IN_ROW = 2
MAX_TAG_CHOICES = 40


def empty_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """The way out of an empty gallery."""
    return keyboard([make_button(t)], [menu_button(t)])


def nothing_found_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """The way out of a filter that leaves nothing in."""
    return keyboard(
        [button(t.plain("button-show-all"), ClearFilter(shown=True), "primary")],
        [button(t.plain("button-change-filter"), ShowFilter())],
        [menu_button(t)],
    )


def filter_keyboard(t: Translate, wanted: Wanted, count: str) -> InlineKeyboardMarkup:
    """By what pictures are chosen; count: how many are left, in words for a button, empty where there are none."""
    favorite = Narrow(by=By.FAVORITE, value=None if wanted.favorite else "1")
    kinds = [
        button(
            marked(t, kind_title(t, kind), chosen=kind is wanted.kind),
            Narrow(by=By.KIND, value=None if kind is wanted.kind else kind.value),
        )
        for kind in GALLERY_KINDS
    ]
    tag = t.plain("filter-tag", tag=wanted.tag) if wanted.tag else t.plain("button-by-tag")
    month = month_title(t, wanted.month) if wanted.month else t.plain("button-by-month")
    words = t.plain("filter-words", words=wanted.words) if wanted.words else t.plain("button-by-words")
    rows = [
        [button(marked(t, t.plain("button-only-favorites"), chosen=wanted.favorite), favorite)],
        *in_rows(kinds, CHOICES_IN_ROW),
        [
            button(marked(t, tag, chosen=bool(wanted.tag)), ChooseBy(by=By.TAG)),
            button(marked(t, month, chosen=bool(wanted.month)), ChooseBy(by=By.MONTH)),
        ],
        [button(marked(t, words, chosen=bool(wanted.words)), ChooseBy(by=By.WORDS))],
    ]
    if not wanted.is_everything:
        rows.append([button(t.plain("button-clear-filter"), ClearFilter())])
    if count:
        rows.append([button(count, ShowPictures(), "primary")])
    return keyboard(*rows, [menu_button(t)])


def tag_choices_keyboard(t: Translate, wanted: Wanted, tags: Sequence[str]) -> InlineKeyboardMarkup:
    """The tags that the person uses."""
    choices = [
        button(marked(t, tag, chosen=tag == wanted.tag), Narrow(by=By.TAG, value=tag_digest(tag)))
        for tag in tags[:MAX_TAG_CHOICES]
    ]
    return _choices(t, choices, By.TAG if wanted.tag else None)


def month_choices_keyboard(t: Translate, wanted: Wanted, months: Sequence[datetime]) -> InlineKeyboardMarkup:
    """The months that have pictures."""
    found = [month_of(month) for month in months]
    choices = [
        button(marked(t, month_title(t, month), chosen=month == wanted.month), Narrow(by=By.MONTH, value=month))
        for month in found
    ]
    return _choices(t, choices, By.MONTH if wanted.month else None)


def words_keyboard(t: Translate, wanted: Wanted) -> InlineKeyboardMarkup:
    """Under the request for words."""
    return _choices(t, [], By.WORDS if wanted.words else None)


def overview_keyboard(t: Translate, pictures: Sequence[Picture], turns: Turns, wanted: Wanted) -> InlineKeyboardMarkup:
    """A number for each picture, where it stands on the sheet; the neighbours; the filter."""
    numbers = [
        button(str(number), ShowPicture(file_id=picture.file.file_id, origin=Origin.GALLERY))
        for number, picture in enumerate(pictures, start=1)
    ]
    rows = in_rows(numbers, OVERVIEW_COLUMNS)
    turning = []
    if turns.newer:
        turning.append(button(t.plain("button-newer"), _leaf(pictures[0], older=False)))
    if turns.older:
        turning.append(button(t.plain("button-older"), _leaf(pictures[-1], older=True)))
    narrowing = [button(t.plain("button-filter"), ShowFilter())]
    if not wanted.is_everything:
        narrowing.append(button(t.plain("button-clear-filter"), ClearFilter(shown=True)))
    return keyboard(*rows, turning, narrowing, [menu_button(t)])


def _leaf(picture: Picture, *, older: bool) -> TurnOverview:
    generation_id, position = picture.place
    return TurnOverview(generation_id=generation_id, position=position, older=older)


def _choices(t: Translate, choices: list[InlineKeyboardButton], chosen: By | None) -> InlineKeyboardMarkup:
    rows = in_rows(choices, CHOICES_IN_ROW)
    if chosen is not None:
        rows.append([button(t.plain("button-any"), Narrow(by=chosen, value=None))])
    return keyboard(*rows, [button(t.plain("button-to-filter"), ShowFilter())])
