"""Buttons carry ids, at most 64 bytes of them, and read well."""

from datetime import UTC, datetime
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
)
from bot.features.history.buttons import By, ChooseBy, ClearFilter, Narrow, ShowOverview, TurnOverview, TurnPage
from bot.features.pictures.buttons import (
    AskDelete,
    Close,
    Delete,
    DropNote,
    EditNote,
    EditTags,
    Enlarge,
    Origin,
    SendFile,
    SetFavorite,
    SetTag,
    ShowPicture,
    ShowSizes,
)
from bot.features.pictures.keyboards import picture_keyboard, tags_keyboard, with_favorite
from bot.features.pictures.results import result_keyboard
from bot.features.settings.keyboards import ChooseLocale
from bot.texts import Texts
from repository.catalogue import Style
from repository.files import File, FileKind
from repository.gallery import Picture
from repository.tasks import TaskStatus
from services.drafts import Draft, DraftContent, PictureFormat
from services.gallery import Turns
from services.orders import TaskKind

LARGEST = 2**63 - 1
LAST = UUID(int=2**128 - 1)
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
        TurnPage(generation_id=2**31 - 1, position=1000, older=True, origin=Origin.BELOW),
        TurnOverview(generation_id=2**31 - 1, position=1000, older=False),
        ShowOverview(generation_id=2**31 - 1, position=1000),
        ShowOverview(),
        *(ChooseBy(by=by) for by in By),
        *(Narrow(by=by, value=None) for by in By),
        Narrow(by=By.KIND, value=max((kind.value for kind in TaskKind), key=len)),
        Narrow(by=By.MONTH, value="2026-11"),
        ClearFilter(shown=True),
        Vary(file_id=LAST),
        Restyle(file_id=LAST),
        *(about(file_id=LAST, origin=Origin.GALLERY) for about in (ShowPicture, ShowSizes, EditTags, EditNote)),
        *(about(file_id=LAST, origin=Origin.BELOW) for about in (DropNote, AskDelete, Delete)),
        SetFavorite(file_id=LAST, favorite=True),
        SendFile(file_id=LAST),
        Enlarge(file_id=LAST, origin=Origin.BELOW, factor=4, token="-_aZ09xy"),
        SetTag(file_id=LAST, origin=Origin.BELOW, digest="0123abcd", given=False),
        Close(),
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


def file(side: int = 1024, number: int = 1) -> File:
    return File(
        file_id=UUID(int=number),
        user_id=1,
        kind=FileKind.OUTPUT,
        generation_id=7,
        position=number - 1,
        storage_key="k",
        thumbnail_key=None,
        media_type="image/jpeg",
        width=side,
        height=side,
        size_bytes=1,
        sha256=b"",
        seed=None,
        telegram_file_id=None,
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def picture(side: int = 1024, *, tags: tuple[str, ...] = (), is_favorite: bool = False) -> Picture:
    return Picture(file(side), "text_to_image", TaskStatus.COMPLETED, "a fox", None, None, is_favorite, "", list(tags))


def flat(keyboard: InlineKeyboardMarkup) -> list[str]:
    return [title for row in texts_of(keyboard) for title in row]


def test_a_result_that_came_from_no_draft_offers_no_again():
    assert len(texts_of(result_keyboard(t, None))) == 1
    assert len(texts_of(result_keyboard(t, 1))) == 2


def test_several_pictures_have_a_number_each_and_one_has_its_actions_at_hand():
    several = texts_of(result_keyboard(t, 1, [file(number=number) for number in range(1, 5)]))
    assert several[0] == ["1", "2", "3", "4"]
    single = flat(result_keyboard(t, 1, [file()]))
    for action in ("Again", "Variations", "Favorite", "Enlarge", "Restyle", "As a file", "More"):
        assert sum(action in title for title in single) == 1, action


def test_what_is_as_large_as_it_gets_offers_no_enlarging():
    assert not any("Enlarge" in title for title in flat(result_keyboard(t, 1, [file(4096)])))
    keyboard = picture_keyboard(t, picture(4096), 1, Origin.GALLERY, Turns(False, False), is_narrowed=False)
    assert not any("Enlarge" in title for title in flat(keyboard))


def test_a_picture_by_itself_has_no_neighbours_and_no_overview_to_offer():
    alone = flat(picture_keyboard(t, picture(), 1, Origin.GALLERY, Turns(False, False), is_narrowed=False))
    assert not any(word in title for title in alone for word in ("Newer", "Older", "Overview", "Clear"))
    among = flat(picture_keyboard(t, picture(), 1, Origin.GALLERY, Turns(True, True), is_narrowed=True))
    for word in ("Newer", "Older", "Overview", "Clear"):
        assert sum(word in title for title in among) == 1, word


def test_a_heart_is_turned_over_among_all_other_buttons():
    before = result_keyboard(t, 1, [file()])
    after = with_favorite(t, before, file().file_id, True)
    changed = [(old, new) for old, new in zip(flat(before), flat(after), strict=True) if old != new]
    assert changed == [("🤍 Favorite", "❤️ Favorite")]
    assert with_favorite(t, after, file().file_id, False) == before
    assert with_favorite(t, before, file(number=2).file_id, True) == before


def test_the_tags_of_a_picture_come_first_and_are_marked():
    rows = texts_of(tags_keyboard(t, picture(tags=("sea", "sky")), ["fox", "sea", "sky"], Origin.BELOW))
    assert rows[0] == ["✅ sea", "✅ sky", "fox"]


def test_a_person_with_a_hundred_tags_gets_a_keyboard_that_telegram_takes():
    tags = [f"{number}-".ljust(32, "ы") for number in range(100)]
    keyboard = tags_keyboard(t, picture(tags=tuple(tags[:20])), tags, Origin.BELOW)
    assert len(flat(keyboard)) <= 100
