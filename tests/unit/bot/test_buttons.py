"""Buttons carry ids, at most 64 bytes of them, and read well."""

from uuid import UUID

import pytest
from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section
from bot.features.generate.keyboards import (
    Again,
    AskWords,
    ChooseFormat,
    ChooseNumber,
    ChooseStyle,
    DropWords,
    Make,
    OtherStyle,
    Restyle,
    ShowCard,
    ShowStyles,
    Stop,
    Vary,
    card_keyboard,
    gallery_keyboard,
    result_keyboard,
)
from bot.features.history.keyboards import TurnPage
from bot.features.settings.keyboards import ChooseLocale
from bot.texts import Texts
from repository.catalogue import Style
from services.drafts import Draft, DraftContent, PictureFormat

LARGEST = 2**63 - 1
t = Texts.load().bound("en")


def texts_of(keyboard: InlineKeyboardMarkup) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


@pytest.mark.parametrize(
    "data",
    [
        *(Open(section=section, below=True) for section in Section),
        ShowCard(draft_id=LARGEST),
        ShowStyles(draft_id=LARGEST, page=1000),
        ChooseStyle(draft_id=LARGEST, style="x" * 40),
        ChooseStyle(draft_id=LARGEST, style=None),
        AskWords(draft_id=LARGEST),
        ChooseNumber(draft_id=LARGEST, num_images=4),
        *(ChooseFormat(draft_id=LARGEST, picture_format=shape) for shape in PictureFormat),
        DropWords(draft_id=LARGEST),
        Make(draft_id=LARGEST),
        Stop(task_id=UUID(int=2**128 - 1)),
        Again(draft_id=LARGEST),
        OtherStyle(draft_id=LARGEST),
        Vary(file_id=UUID(int=2**128 - 1)),
        Restyle(file_id=UUID(int=2**128 - 1)),
        TurnPage(generation_id=2**31 - 1, position=1000),
        ChooseLocale(locale="en"),
    ],
)
def test_the_largest_ids_fit_and_come_back(data):
    packed = data.pack()
    assert len(packed.encode()) <= 64
    assert type(data).unpack(packed) == data


def test_the_gallery_shows_two_styles_a_row_twelve_a_page():
    styles = [Style(f"s{n}", f"Стиль {n}", f"Style {n}", "🎬", "g", "p") for n in range(25)]
    rows = texts_of(gallery_keyboard(t, Draft(1, DraftContent(style="s13")), styles, 1))
    assert rows[0] == ["🎬 Style 12", "✅ 🎬 Style 13"]
    assert rows[6] == ["◀", "▶"]
    assert len(rows[:6]) == 6


def test_the_card_marks_what_is_chosen():
    content = DraftContent(style="s1", num_images=2, picture_format=PictureFormat.LANDSCAPE)
    rows = texts_of(card_keyboard(t, Draft(1, content), 10))
    assert rows[0] == ["1", "✅ 2", "3", "4"]
    assert rows[1][2].startswith("✅")
    assert "✨ Make · 10 tokens" in rows[3]


def test_a_result_that_came_from_no_draft_offers_no_again():
    assert len(texts_of(result_keyboard(t, None))) == 1
    assert len(texts_of(result_keyboard(t, 1))) == 2
