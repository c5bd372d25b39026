"""The sheet of thumbnails: one cell each, whatever lies in the storage."""

import io

import pytest
from PIL import Image

from bot.contact_sheets import GAP
from bot.features.history.sheet import SIDE, draw_overview


def thumbnail(width: int, height: int, colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(("pictures", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 3, 2), (9, 3, 3)])
def test_the_sheet_has_a_cell_for_each_picture(pictures: int, columns: int, rows: int):
    sheet = Image.open(io.BytesIO(draw_overview([thumbnail(320, 240, "teal")] * pictures)))
    assert sheet.size == (columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP)


def test_each_thumbnail_lies_in_its_own_cell_whatever_its_shape():
    colours = ["red", "lime", "blue", "yellow"]
    shapes = [(320, 320), (180, 320), (320, 180), (100, 60)]
    content = draw_overview([thumbnail(*shape, colour) for shape, colour in zip(shapes, colours, strict=True)])
    sheet = Image.open(io.BytesIO(content))
    for place, expected in enumerate([(254, 0, 0), (0, 255, 0), (0, 0, 254), (255, 255, 0)]):
        middle = (GAP + place % 3 * (SIDE + GAP) + SIDE // 2, GAP + place // 3 * (SIDE + GAP) + SIDE // 2)
        found = sheet.getpixel(middle)
        assert all(abs(a - b) < 12 for a, b in zip(found, expected, strict=True)), (place, found)


@pytest.mark.parametrize("broken", [None, b"", b"thumb", thumbnail(320, 320, "red")[:200]])
def test_a_thumbnail_that_cannot_be_opened_leaves_a_dark_cell(broken: bytes | None):
    sheet = Image.open(io.BytesIO(draw_overview([thumbnail(320, 320, "red"), broken])))
    assert sheet.size == (2 * (SIDE + GAP) + GAP, SIDE + 2 * GAP)
