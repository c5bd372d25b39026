"""The gallery's pictures: every style has its tile, in every language, and nothing is drawn twice."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bot.contact_sheets import STYLE_PICTURES, fitted_text, printable, square
from bot.features.generate import style_pictures
from bot.features.generate.shelves import Page, Shelf
from bot.features.generate.style_pictures import KEPT, StylePictures
from bot.features.generate.style_sheets import BANNER, SIDE, Tile, draw_banner, draw_sheet, drawn_tile
from repository.catalogue import Style, StyleGroup

CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"


def style(code: str, title: str = "") -> Style:
    return Style(code, title or f"Стиль {code}", title or f"Style {code}", "🎬", "art", "p")


def shelf(*codes: str) -> Shelf:
    return Shelf(StyleGroup("art", "Живопись", "Painting", "🎨"), tuple(style(code) for code in codes))


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "JPEG"
    return picture.convert("RGB")


def differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getextrema() != ((0, 0),) * 3


@pytest.mark.parametrize("count", range(1, 13))
def test_a_sheet_of_any_number_of_tiles_is_one_that_telegram_takes(count: int):
    sheet = opened(draw_sheet([Tile(f"Стиль {n}", drawn_tile(f"s{n}", "Стиль")) for n in range(count)]))
    assert sheet.width + sheet.height <= 10_000
    assert max(sheet.size) / min(sheet.size) <= 20
    assert min(sheet.size) >= SIDE


def test_the_font_draws_every_letter_of_both_languages():
    assert printable(CYRILLIC + "Az") == CYRILLIC + "Az"


def test_what_the_font_cannot_draw_is_left_out_of_a_title():
    assert printable("🎈 Моё  «Ёлочное» 漢") == "Моё «Ёлочное»"


def test_the_longest_title_stays_within_its_tile():
    font, title = fitted_text("Очень длинное название стиля " * 5, 29, 600, SIDE)
    assert font.getlength(title) <= SIDE
    assert title.endswith("…")


def test_titles_are_drawn_in_the_persons_language():
    tile = drawn_tile("oil", "O")
    assert differ(opened(draw_sheet([Tile("Масло", tile)])), opened(draw_sheet([Tile("Oil", tile)])))
    assert differ(opened(draw_banner(Tile("Масло", tile), "")), opened(draw_banner(Tile("Oil", tile), "")))


async def test_a_style_of_the_owners_own_gets_a_tile_that_is_always_the_same():
    assert not differ(drawn_tile("mine", "Моё"), drawn_tile("mine", "Моё"))
    assert differ(drawn_tile("mine", "Моё"), drawn_tile("other", "Моё"))
    without_letters = await StylePictures().banner("ru", style("no_such_picture", "🎈"), None)
    assert opened(without_letters).size == BANNER


async def test_a_picture_that_cannot_be_read_is_replaced_by_a_drawn_tile(tmp_path: Path):
    (tmp_path / "oil.jpg").write_bytes(b"no picture")
    broken = await StylePictures(tmp_path).banner("ru", style("oil"), None)
    absent = await StylePictures(tmp_path / "nowhere").banner("ru", style("oil"), None)
    assert broken == absent


async def test_what_was_drawn_is_not_drawn_again_and_two_who_wait_share_it(monkeypatch: pytest.MonkeyPatch):
    drawn = []

    def draw(tiles):
        drawn.append(tiles)
        return draw_sheet(tiles)

    monkeypatch.setattr(style_pictures, "draw_sheet", draw)
    pictures, page = StylePictures(), Page(shelf("oil", "noir"), 0, 1)
    first, second = await asyncio.gather(pictures.page("ru", page), pictures.page("ru", page))
    assert first == second == await pictures.page("ru", page)
    assert len(drawn) == 1
    await pictures.page("en", page)
    assert len(drawn) == 2


async def test_a_renamed_style_is_drawn_anew():
    pictures = StylePictures()
    before = await pictures.banner("ru", style("oil", "Масло"), None)
    assert await pictures.banner("ru", style("oil", "Холст"), None) != before


async def test_memory_holds_no_more_than_is_in_use():
    pictures = StylePictures()
    for number in range(KEPT + 5):
        await pictures.banner("ru", style("oil", f"Масло {number}"), None)
    assert len(pictures._drawn) == KEPT


@pytest.mark.parametrize(
    "codes", [("oil",), ("oil", "noir"), ("oil", "noir", "neon"), ("oil", "noir", "neon", "pop_art")]
)
async def test_a_shelf_of_any_size_has_its_tile_among_the_shelves(codes: tuple[str, ...]):
    assert opened(await StylePictures().overview("ru", [shelf(*codes), shelf("winter")])).width > SIDE


def test_every_picture_in_the_folder_is_a_tile():
    for path in STYLE_PICTURES.glob("*.jpg"):
        assert square(path.read_bytes(), SIDE).size == (SIDE, SIDE), path
