"""What every picture of pictures is drawn with: squares in rows on one dark sheet. Knows no Telegram and no database.

CPU-bound, for a thread.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

STYLE_PICTURES = Path(__file__).resolve().parent / "pictures" / "styles"
"""`<code>.jpg` for each style that the house brings; an owner's own style has none."""
GAP = 10
"""Pixels between squares, and around them."""
INNER_GAP = 4
"""Pixels between the pictures of one tile."""
BADGE = 44
"""Pixels of a number's side."""
SHEET, TITLE, QUIET, EMPTY = (23, 25, 31), (240, 241, 245), (150, 155, 168), (52, 56, 66)
_JPEG_QUALITY = 88
_FACES = (0.5, 0.3)
"""Where a square is cut: faces stand high in portraits, so more of the top is left."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of a sheet, and the upper left corner of each of its tiles; in pixels."""

    size: tuple[int, int]
    places: Sequence[tuple[int, int]]


def lay_out(count: int, columns: int, tile: tuple[int, int], gap: int = GAP, below: int | None = None) -> Layout:
    """Tiles of one size in rows, the last row in the middle. below: pixels under each row, where that is no gap."""
    width, height = tile[0] + gap, tile[1] + (gap if below is None else below)
    rows = -(-count // columns)
    places = []
    for number in range(count):
        row, column = divmod(number, columns)
        absent = columns - min(columns, count - row * columns)
        places.append((gap + absent * width // 2 + column * width, gap + row * height))
    return Layout((columns * width + gap, rows * height + gap), places)


def columns_for(count: int) -> int:
    """So many in a row that the last one is full, or nearly, and a phone shows the buttons under the sheet too."""
    if count <= 3:
        return count
    if count == 4:
        return 2
    return 3 if count <= 9 else 4


def grid(tiles: Sequence[Image.Image | None], columns: int) -> Image.Image | None:
    """Tiles of one size on a sheet; a missing one leaves its place empty. None where all of them are missing."""
    first = next((tile for tile in tiles if tile is not None), None)
    if first is None:
        return None
    layout = lay_out(len(tiles), min(columns, len(tiles)), first.size)
    sheet = empty_sheet(layout.size)
    for tile, place in zip(tiles, layout.places, strict=True):
        if tile is not None:
            sheet.paste(tile, place)
    return sheet


def empty_sheet(size: tuple[int, int]) -> Image.Image:
    """The dark ground that all of them have."""
    return Image.new("RGB", size, SHEET)


def square(content: bytes, side: int) -> Image.Image:
    """A JPEG as a square of this side, in pixels. Raises OSError where it is none, or only half of one."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            picture.draft("RGB", (side, side))  # it is decoded no larger than is needed
            return fitted_picture(picture.convert("RGB"), (side, side))
    except (SyntaxError, ValueError) as error:  # Pillow's other words for a broken file
        raise OSError("no JPEG") from error


def fitted_picture(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in this size, cut where it is too wide or too high."""
    return picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.BICUBIC, centering=_FACES)


def number_badge(sheet: Image.Image, place: tuple[int, int], number: int) -> None:
    """Draw a number into the upper left corner of the tile that stands at this place."""
    left, top = place[0] + 8, place[1] + 8
    draw = ImageDraw.Draw(sheet, "RGBA")
    draw.rounded_rectangle((left, top, left + BADGE, top + BADGE), 12, fill=(*SHEET, 200))
    middle = (left + BADGE / 2, top + BADGE / 2)
    draw.text(middle, str(number), fill=(255, 255, 255), font=manrope(26, 700), anchor="mm")


def fitted_text(text: str, size: int, weight: int, room: int) -> tuple[ImageFont.FreeTypeFont, str]:
    """The text in the largest size that fits the room (pixels); where none does, as much of it as does."""
    words = printable(text)
    for smaller in range(size, size * 2 // 3, -2):
        font = manrope(smaller, weight)
        if font.getlength(words) <= room:
            return font, words
    while len(words) > 1 and font.getlength(f"{words}…") > room:
        words = words[:-1].rstrip()
    return font, f"{words}…"


def printable(text: str) -> str:
    """The text without what the font cannot draw: emoji, other scripts."""
    return " ".join("".join(sign if _is_drawable(sign) else " " for sign in text).split())


@lru_cache(maxsize=64)
def manrope(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Manrope (SIL OFL 1.1) from its wheel: Latin and Cyrillic. Pillow's own font has no Cyrillic."""
    font = ImageFont.truetype(
        str(files("fontpkg_manrope") / "files" / "Manrope[wght].ttf"), size, layout_engine=ImageFont.Layout.BASIC
    )
    font.set_variation_by_axes([weight])
    return font


def encoded(sheet: Image.Image) -> bytes:
    """The sheet as a JPEG."""
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return out.getvalue()


@lru_cache(maxsize=1024)
def _is_drawable(sign: str) -> bool:
    font = manrope(24, 400)
    return sign.isspace() or (
        sign.isprintable() and bytes(font.getmask(sign)) not in (bytes(font.getmask("\uffff")), b"")
    )
