"""Contact sheets: what is there is shown, each once, and what is broken is left out."""

import io

import pytest
from PIL import Image

from bot.contact_sheets import STYLE_PICTURES
from bot.features.packs.sheets import ContactSheets


def size_of(sheet: bytes | None) -> tuple[int, int]:
    assert sheet is not None
    with Image.open(io.BytesIO(sheet)) as picture:
        assert picture.format == "JPEG"
        return picture.size


def jpeg(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("styles", "columns", "rows"),
    [
        (["oil"], 1, 1),
        (["oil", "noir", "oil"], 2, 1),
        (["oil", "noir", "neon", "winter"], 2, 2),
        (["oil", "noir", "neon", "winter", "sakura"], 3, 2),
        (["oil", "no_such_style", "noir"], 2, 1),
    ],
)
async def test_a_theme_shows_each_of_its_styles_once(styles, columns, rows):
    assert size_of(await ContactSheets().of_theme(styles)) == (columns * 310 + 10, rows * 310 + 10)


async def test_the_list_has_two_themes_a_row_as_the_buttons_below_it():
    sheets = ContactSheets()
    one, three = [["oil", "noir", "neon"]], [["oil", "noir", "neon"], ["winter"], ["sakura", "autumn"]]
    width, height = size_of(await sheets.of_themes(one))
    assert size_of(await sheets.of_themes(three)) == (2 * width - 10, 2 * height - 10)


async def test_where_no_style_has_a_picture_there_is_no_sheet(tmp_path):
    assert await ContactSheets(tmp_path).of_theme(["oil"]) is None
    assert await ContactSheets(tmp_path).of_themes([["oil"], []]) is None
    assert await ContactSheets().of_pack([]) is None


async def test_a_sheet_of_the_house_is_drawn_once(tmp_path):
    (tmp_path / "oil.jpg").write_bytes((STYLE_PICTURES / "oil.jpg").read_bytes())
    sheets = ContactSheets(tmp_path)
    first = await sheets.of_theme(["oil"])
    (tmp_path / "oil.jpg").unlink()
    assert await sheets.of_theme(["oil"]) is first


async def test_a_broken_picture_of_a_pack_is_left_out():
    sheet = await ContactSheets().of_pack([jpeg("red"), b"half a file", jpeg("blue")])
    assert size_of(sheet) == (2 * 250 + 10, 260)
