"""Draws the pictures of the style gallery: tiles with titles on a dark sheet. Knows no Telegram and no database."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIDE = 320
"""Pixels of a tile: the size in which styles have their pictures."""
GAP = 26
TITLE_ROW = 58
TITLE_SIZE = 29
RADIUS = 30
SMALL_GAP = 6
"""Between the four pictures of a collage."""
QUARTER = (SIDE - SMALL_GAP) // 2
"""Pixels of each of the four."""
BANNER = (940, SIDE + 2 * GAP)
"""Pixels of a single style's picture: wide, so that a phone shows the buttons under it too."""

_SHEET, _TITLE, _QUIET = (23, 25, 31), (240, 241, 245), (150, 155, 168)
_FINENESS = 4
"""Corners are drawn so many times as large and reduced: Pillow's own have no soft edge."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square picture with the words under it."""

    title: str
    picture: Image.Image


def draw_sheet(tiles: Sequence[Tile]) -> bytes:
    """A JPEG of up to twelve tiles in rows; a last row that is not full stands in the middle."""
    columns = _columns(len(tiles))
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    width = columns * (SIDE + GAP) + GAP
    sheet = Image.new("RGB", (width, len(rows) * (SIDE + TITLE_ROW) + GAP), _SHEET)
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        left = (width - len(row) * (SIDE + GAP) + GAP) // 2
        top = GAP + number * (SIDE + TITLE_ROW)
        for place, tile in enumerate(row):
            x = left + place * (SIDE + GAP)
            _paste(sheet, tile.picture, (x, top))
            font, title = _fitted(tile.title, TITLE_SIZE, 600, SIDE)
            draw.text((x + SIDE / 2, top + SIDE + TITLE_ROW * 0.46), title, _TITLE, font, anchor="mm")
    return _encoded(sheet)


def draw_banner(tile: Tile, shelf: str) -> bytes:
    """A JPEG of one style: its tile, and beside it its title under the shelf's."""
    banner = Image.new("RGB", BANNER, _SHEET)
    _paste(banner, tile.picture, (GAP, GAP))
    draw = ImageDraw.Draw(banner)
    left = SIDE + GAP * 2 + 14
    room = BANNER[0] - left - GAP
    small, quiet = _fitted(shelf, 32, 500, room)
    large, title = _fitted(tile.title, 64, 700, room)
    draw.text((left, BANNER[1] / 2 - 46), quiet, _QUIET, small, anchor="lm")
    draw.text((left, BANNER[1] / 2 + 16), title, _TITLE, large, anchor="lm")
    return _encoded(banner)


def collage(pictures: Sequence[Image.Image]) -> Image.Image:
    """Up to four pictures as one tile: a single one as it is, two beside each other, the rest in quarters."""
    if len(pictures) == 1:
        return pictures[0]
    quarter, column = (QUARTER, QUARTER), (QUARTER, SIDE)
    near, far = 0, QUARTER + SMALL_GAP
    match len(pictures):
        case 2:
            parts = [((near, near), column), ((far, near), column)]
        case 3:
            parts = [((near, near), column), ((far, near), quarter), ((far, far), quarter)]
        case _:
            parts = [((x, y), quarter) for y in (near, far) for x in (near, far)]
    tile = Image.new("RGB", (SIDE, SIDE), _SHEET)
    for picture, (place, size) in zip(pictures, parts, strict=False):
        tile.paste(picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.BICUBIC), place)
    return tile


def opened_tile(content: bytes, side: int = SIDE) -> Image.Image:
    """A style's picture as a tile of this side, in pixels. Raises OSError where it is none."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (side, side))  # a JPEG is decoded no larger than is needed
        square = picture.convert("RGB")
    return square if square.size == (side, side) else ImageOps.fit(square, (side, side), Image.Resampling.BICUBIC)


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
    letter = (_printable(title) or code)[:1].upper()
    ImageDraw.Draw(tile, "RGBA").text((SIDE / 2, SIDE / 2), letter, (255, 255, 255, 225), _font(170, 800), anchor="mm")
    return tile


def _columns(tiles: int) -> int:
    if tiles <= 3:
        return tiles
    if tiles == 4:
        return 2
    return 3 if tiles <= 9 else 4


def _paste(sheet: Image.Image, picture: Image.Image, place: tuple[int, int]) -> None:
    sheet.paste(picture, place, _corners())


@lru_cache(maxsize=1)
def _corners() -> Image.Image:
    side = SIDE * _FINENESS
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), RADIUS * _FINENESS, fill=255)
    return mask.resize((SIDE, SIDE), Image.Resampling.BOX)


def _fitted(text: str, size: int, weight: int, room: int) -> tuple[ImageFont.FreeTypeFont, str]:
    """The text in the largest size that fits the room (pixels); where none does, as much of it as does."""
    words = _printable(text)
    for smaller in range(size, size * 2 // 3, -2):
        font = _font(smaller, weight)
        if font.getlength(words) <= room:
            return font, words
    while len(words) > 1 and font.getlength(f"{words}…") > room:
        words = words[:-1].rstrip()
    return font, f"{words}…"


def _printable(text: str) -> str:
    """The text without what the font cannot draw: emoji, other scripts."""
    return " ".join("".join(sign if _is_drawable(sign) else " " for sign in text).split())


@lru_cache(maxsize=1024)
def _is_drawable(sign: str) -> bool:
    font = _font(24, 400)
    return sign.isspace() or (
        sign.isprintable() and bytes(font.getmask(sign)) not in (bytes(font.getmask("\uffff")), b"")
    )


@lru_cache(maxsize=64)
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Manrope (SIL OFL 1.1) from its wheel: Latin and Cyrillic. Pillow's own font has no Cyrillic."""
    font = ImageFont.truetype(
        str(files("fontpkg_manrope") / "files" / "Manrope[wght].ttf"), size, layout_engine=ImageFont.Layout.BASIC
    )
    font.set_variation_by_axes([weight])
    return font


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()
