"""Draws the pictures of the style gallery: tiles with titles on a dark sheet. Knows no Telegram and no database."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from bot.contact_sheets import (
    INNER_GAP,
    QUIET,
    TITLE,
    columns_for,
    empty_sheet,
    encoded,
    fitted_picture,
    fitted_text,
    lay_out,
    manrope,
    printable,
)

SIDE = 320
"""Pixels of a tile: the size in which styles have their pictures."""
GAP = 26
"""Pixels between tiles: more than elsewhere, for their titles and round corners."""
TITLE_ROW = 58
TITLE_SIZE = 29
RADIUS = 30
QUARTER = (SIDE - INNER_GAP) // 2
"""Pixels of each of the four."""
BANNER = (940, SIDE + 2 * GAP)
"""Pixels of a single style's picture: wide, so that a phone shows the buttons under it too."""

_FINENESS = 4
"""Corners are drawn so many times as large and reduced: Pillow's own have no soft edge."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square picture with the words under it."""

    title: str
    picture: Image.Image


def draw_sheet(tiles: Sequence[Tile]) -> bytes:
    """A JPEG of up to twelve tiles in rows; a last row that is not full stands in the middle."""
    layout = lay_out(len(tiles), columns_for(len(tiles)), (SIDE, SIDE), GAP, TITLE_ROW)
    sheet = empty_sheet(layout.size)
    draw = ImageDraw.Draw(sheet)
    for tile, (left, top) in zip(tiles, layout.places, strict=True):
        _paste(sheet, tile.picture, (left, top))
        font, title = fitted_text(tile.title, TITLE_SIZE, 600, SIDE)
        draw.text((left + SIDE / 2, top + SIDE + TITLE_ROW * 0.46), title, TITLE, font, anchor="mm")
    return encoded(sheet)


def draw_banner(tile: Tile, shelf: str) -> bytes:
    """A JPEG of one style: its tile, and beside it its title under the shelf's."""
    banner = empty_sheet(BANNER)
    _paste(banner, tile.picture, (GAP, GAP))
    draw = ImageDraw.Draw(banner)
    left = SIDE + GAP * 2 + 14
    room = BANNER[0] - left - GAP
    small, quiet = fitted_text(shelf, 32, 500, room)
    large, title = fitted_text(tile.title, 64, 700, room)
    draw.text((left, BANNER[1] / 2 - 46), quiet, QUIET, small, anchor="lm")
    draw.text((left, BANNER[1] / 2 + 16), title, TITLE, large, anchor="lm")
    return encoded(banner)


def collage(pictures: Sequence[Image.Image]) -> Image.Image:
    """Up to four pictures as one tile: a single one as it is, two beside each other, the rest in quarters."""
    if len(pictures) == 1:
        return pictures[0]
    quarter, column = (QUARTER, QUARTER), (QUARTER, SIDE)
    near, far = 0, QUARTER + INNER_GAP
    match len(pictures):
        case 2:
            parts = [((near, near), column), ((far, near), column)]
        case 3:
            parts = [((near, near), column), ((far, near), quarter), ((far, far), quarter)]
        case _:
            parts = [((x, y), quarter) for y in (near, far) for x in (near, far)]
    tile = empty_sheet((SIDE, SIDE))
    for picture, (place, size) in zip(pictures, parts, strict=False):
        tile.paste(fitted_picture(picture, size), place)
    return tile


def drawn_tile(code: str, title: str) -> Image.Image:
    """A tile for a style without a picture: its own two colours, and the letter it begins with."""
    hue = hashlib.sha256(code.encode()).digest()[0]
    wide = Image.linear_gradient("L").resize((SIDE * 2, SIDE * 2)).rotate(35, Image.Resampling.BICUBIC)
    gradient = wide.crop((SIDE // 2, SIDE // 2, SIDE // 2 + SIDE, SIDE // 2 + SIDE))
    light, deep = ((hue + 24) % 256, 120, 214), (hue, 165, 118)
    tile = Image.composite(
        Image.new("HSV", (SIDE, SIDE), light).convert("RGB"),
        Image.new("HSV", (SIDE, SIDE), deep).convert("RGB"),
        gradient,
    )
    letter = (printable(title) or code)[:1].upper()
    ImageDraw.Draw(tile, "RGBA").text(
        (SIDE / 2, SIDE / 2), letter, (255, 255, 255, 225), manrope(170, 800), anchor="mm"
    )
    return tile


def _paste(sheet: Image.Image, picture: Image.Image, place: tuple[int, int]) -> None:
    sheet.paste(picture, place, _corners())


@lru_cache(maxsize=1)
def _corners() -> Image.Image:
    side = SIDE * _FINENESS
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), RADIUS * _FINENESS, fill=255)
    return mask.resize((SIDE, SIDE), Image.Resampling.BOX)
