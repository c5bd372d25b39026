"""Buttons carry ids, at most 64 bytes of them, and read well."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section
from bot.features.buy.buttons import Buy, ShowPayment, ShowPayments
from bot.features.erasure.keyboards import AskAgain, Erase
from bot.features.generate.card_keyboards import (
    AskWords,
    ChooseFormat,
    ChooseNumber,
    Make,
    ShowGallery,
    ShowMore,
    card_keyboard,
)
from bot.features.generate.extra_lora_keyboards import (
    ChooseExtraLora,
    ShowExtraLoras,
    extra_loras_keyboard,
    pages_of_loras,
)
from bot.features.generate.gallery_keyboards import (
    ChooseStyle,
    ShowShelves,
    ShowStyles,
    SurpriseMe,
    shelves_keyboard,
    styles_keyboard,
)
from bot.features.generate.ideas import Theme, ideas_of, themes_for
from bot.features.generate.keyboards import Again, OtherStyle, Restyle, ShowCard, Stop, Vary
from bot.features.generate.more_keyboards import (
    AskUnwanted,
    AskVariation,
    ChooseStrength,
    DropUnwanted,
    DropVariation,
    more_keyboard,
)
from bot.features.generate.shelves import pages_of, shelves_of
from bot.features.generate.words_keyboards import DropWords, ShowIdeas, UseIdea, ideas_keyboard, words_keyboard
from bot.features.help.keyboards import HelpTopic
from bot.features.help.topics import Topic
from bot.features.history.buttons import By, ChooseBy, ClearFilter, Narrow, ShowOverview, TurnOverview, TurnPage
from bot.features.packs.keyboards import (
    ChoosePackNumber,
    ChoosePackSize,
    MakePack,
    SendZip,
    ShowMyPack,
    ShowMyPacks,
    ShowPackCard,
    ShowPackPhoto,
    ShowTheme,
)
from bot.features.paysupport.buttons import AskRefund
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
from bot.features.solids.buttons import MakeSolid, SolidAgain, SolidOfDraft, SolidOfPicture
from repository.catalogue import Style, StyleGroup
from repository.files import File, FileKind
from repository.gallery import Picture
from repository.tasks import TaskStatus
from repository.vendor_models import ExtraLora
from services.drafts.drafts import Draft, DraftContent, PictureFormat, Strength
from services.gallery.pictures import Turns
from services.orders import TaskKind
from tests.texts import TEXTS

LARGEST = 2**63 - 1
LAST = UUID(int=2**128 - 1)
t = TEXTS.bound("en")


def texts_of(keyboard: InlineKeyboardMarkup) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


@pytest.mark.parametrize(
    "data",
    [
        *(Open(section=section, below=True) for section in Section),
        ShowCard(draft_id=LARGEST),
        ShowGallery(draft_id=LARGEST),
        ShowShelves(draft_id=LARGEST),
        ShowStyles(draft_id=LARGEST, page=1000),
        SurpriseMe(draft_id=LARGEST),
        ShowMore(draft_id=LARGEST),
        *(ChooseStrength(draft_id=LARGEST, strength=step) for step in Strength),
        AskUnwanted(draft_id=LARGEST),
        DropUnwanted(draft_id=LARGEST),
        AskVariation(draft_id=LARGEST),
        DropVariation(draft_id=LARGEST),
        ShowExtraLoras(draft_id=LARGEST, page=2**31 - 1),
        ChooseExtraLora(draft_id=LARGEST, lora_id=2**31 - 1, is_wanted=True, page=2**31 - 1),
        ShowIdeas(draft_id=LARGEST, theme=None),
        *(UseIdea(draft_id=LARGEST, theme=theme, number=2) for theme in Theme),
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
        SolidOfPicture(file_id=LAST, origin=Origin.BELOW),
        SolidOfDraft(draft_id=LARGEST),
        MakeSolid(draft_id=LARGEST),
        SolidAgain(draft_id=LARGEST),
        Enlarge(file_id=LAST, origin=Origin.BELOW, factor=4, token="-_aZ09xy"),
        SetTag(file_id=LAST, origin=Origin.BELOW, digest="0123abcd", given=False),
        Close(),
        ChooseLocale(locale="en"),
        *(HelpTopic(topic=topic) for topic in Topic),
        ShowTheme(code="x" * 40),
        ShowPackCard(draft_id=LARGEST),
        ChoosePackNumber(draft_id=LARGEST, num_images=100),
        ChoosePackSize(draft_id=LARGEST, output_size=2048),
        ShowPackPhoto(draft_id=LARGEST),
        MakePack(draft_id=LARGEST),
        ShowMyPacks(),
        ShowMyPacks(before=2**31 - 1),
        ShowMyPack(dataset_id=2**31 - 1),
        Buy(product="x" * 24, currency="XTR"),
        ShowPayments(before=2**31 - 1),
        ShowPayment(payment_id=2**31 - 1, below=True),
        AskRefund(payment_id=2**31 - 1),
        AskAgain(),
        Erase(reference="DP-ABCDE-FGH23", locale="ru"),
        SendZip(task_id=UUID(int=2**128 - 1)),
    ],
)
def test_the_largest_ids_fit_and_come_back(data):
    packed = data.pack()
    assert len(packed.encode()) <= 64
    assert type(data).unpack(packed) == data


def shelf_pages(*counts: int):
    groups = [StyleGroup(f"g{n}", f"Полка {n}", f"Shelf {n}", "📚") for n in range(len(counts))]
    styles = [
        Style(f"s{group}_{n}", f"Стиль {n}", f"Style {group}.{n}", "🎬", f"g{group}", "p")
        for group, count in enumerate(counts)
        for n in range(count)
    ]
    return pages_of(shelves_of(groups, styles))


def test_the_gallery_begins_with_its_shelves_and_how_many_styles_they_hold():
    rows = texts_of(shelves_keyboard(t, Draft(1, DraftContent()), shelf_pages(4, 0, 14)))
    assert rows[0] == ["📚 Shelf 0 · 4", "📚 Shelf 2 · 14"]
    assert rows[1] == ["🎲 Surprise me", "✍️ My own words"]


def test_a_shelf_shows_two_styles_a_row_and_a_long_one_twelve_a_page():
    pages = shelf_pages(4, 14)
    assert [len(page.styles) for page in pages] == [4, 12, 2]
    rows = texts_of(styles_keyboard(t, Draft(1, DraftContent(style="s1_13")), pages, 2))
    assert rows[0] == ["🎬 Style 1.12", "✅ 🎬 Style 1.13"]
    assert rows[1:] == [["◀ 📚 Shelf 1", "📚 Shelf 0 ▶"], ["‹ All styles"]]


def test_the_arrows_go_around_all_shelves():
    pages = shelf_pages(4, 14)
    turning = styles_keyboard(t, Draft(1, DraftContent()), pages, 2).inline_keyboard[1]
    assert [ShowStyles.unpack(str(arrow.callback_data)).page for arrow in turning] == [1, 0]


def test_a_single_shelf_is_the_whole_gallery():
    rows = texts_of(styles_keyboard(t, Draft(1, DraftContent()), shelf_pages(2), 0))
    assert rows == [["🎬 Style 0.0", "🎬 Style 0.1"], ["🎲 Surprise me", "✍️ My own words"], ["‹ Back"]]


@pytest.mark.parametrize(
    "content",
    [
        DraftContent(),
        DraftContent(file_id=UUID(int=1)),
        DraftContent(style="s0_0"),
        DraftContent(prompt="a fox", file_id=UUID(int=1), negative_prompt="rain", seed=5),
    ],
)
def test_every_screen_has_a_way_back(content: DraftContent):
    draft, pages = Draft(1, content), shelf_pages(4, 14)
    themes = themes_for(has_photo=content.file_id is not None)
    for screen in (
        shelves_keyboard(t, draft, pages),
        shelves_keyboard(t, draft, []),
        styles_keyboard(t, draft, pages, 0),
        words_keyboard(t, draft),
        ideas_keyboard(t, draft, themes, themes[0], ideas_of(t, themes[0])),
        more_keyboard(t, draft, has_extra_loras=False),
        more_keyboard(t, draft, has_extra_loras=True),
        *(extra_loras_keyboard(t, draft, pages_of_loras(many_loras(17)), page) for page in range(3)),
        card_keyboard(t, draft, 5, 4),
    ):
        assert texts_of(screen)[-1][0].startswith("‹")


def many_loras(number: int) -> list[ExtraLora]:
    return [ExtraLora(lora_id, f"Effect {lora_id}", ["preview"]) for lora_id in range(1, number + 1)]


def test_effects_stand_one_in_a_row_eight_on_a_page_and_their_buttons_say_what_is_wanted():
    draft = Draft(1, DraftContent(extra_loras=(9,)))
    pages = pages_of_loras(many_loras(17))
    assert [len(page) for page in pages] == [8, 8, 1]
    rows = extra_loras_keyboard(t, draft, pages, 1).inline_keyboard
    assert [row[0].text for row in rows[:8]] == ["✅ Effect 9", *(f"Effect {number}" for number in range(10, 17))]
    assert [ChooseExtraLora.unpack(row[0].callback_data).is_wanted for row in rows[:8]] == [False] + [True] * 7
    assert [button.text for button in rows[8]] == ["◀ Previous", "Next ▶"]


def test_the_card_marks_what_is_chosen():
    content = DraftContent(style="s1", num_images=2, picture_format=PictureFormat.LANDSCAPE)
    rows = texts_of(card_keyboard(t, Draft(1, content), 10, 10))
    assert rows[0] == ["1", "✅ 2", "3", "4"]
    assert rows[2][0].startswith("✅")
    assert "✨ Make · 10 tokens" in rows[5]


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
    for action in ("Again", "Variations", "Favourite", "Enlarge", "Start from this", "As a file", "More"):
        assert sum(action in title for title in single) == 1, action


def test_a_result_has_no_more_rows_for_the_way_into_the_third_dimension():
    rows = texts_of(result_keyboard(t, 1, [file()]))
    assert ["📎 As a file", "🧊 3D", "⋯ More"] in rows
    assert len(rows) == 5


def test_a_solid_offers_nothing_that_is_made_of_pictures_alone():
    solid = replace(picture(), file=replace(file(), media_type="model/gltf-binary", preview_key="p"))
    found = flat(picture_keyboard(t, solid, 1, Origin.GALLERY, Turns(False, False), is_narrowed=False))
    assert found[:3] == ["🤍 Favourite", "📎 As a file", "🔁 Again"]
    for action in ("Enlarge", "Variations", "Start from", "3D"):
        assert not any(action in title for title in found), action


def test_the_card_offers_a_figure_where_there_is_something_to_make_it_of():
    for content in (DraftContent(prompt="a fox"), DraftContent(file_id=UUID(int=1), style="s")):
        assert "🧊 3D figure" in flat(card_keyboard(t, Draft(1, content), 5, 30))
    assert "🧊 3D figure" not in flat(card_keyboard(t, Draft(1, DraftContent(style="s")), 5, 30))


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
    assert changed == [("🤍 Favourite", "❤️ Favourite")]
    assert with_favorite(t, after, file().file_id, False) == before
    assert with_favorite(t, before, file(number=2).file_id, True) == before


def test_the_tags_of_a_picture_come_first_and_are_marked():
    rows = texts_of(tags_keyboard(t, picture(tags=("sea", "sky")), ["fox", "sea", "sky"], Origin.BELOW))
    assert rows[0] == ["✅ sea", "✅ sky", "fox"]


def test_a_person_with_a_hundred_tags_gets_a_keyboard_that_telegram_takes():
    tags = [f"{number}-".ljust(32, "ы") for number in range(100)]
    keyboard = tags_keyboard(t, picture(tags=tuple(tags[:20])), tags, Origin.BELOW)
    assert len(flat(keyboard)) <= 100
