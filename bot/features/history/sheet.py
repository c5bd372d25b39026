"""Draws thumbnails side by side, each with its number. Knows no Telegram and no database; CPU-bound, for a thread."""

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIDE = 300
"""Pixels of a cell; thumbnails are 320 at their longer side."""
GAP = 8
COLUMNS = 3
BADGE = 44
JPEG_QUALITY = 85
_SHEET, _BADGE, _NUMBER, _EMPTY = (23, 25, 31), (23, 25, 31, 200), (255, 255, 255), (52, 56, 66)


def draw_overview(thumbnails: Sequence[bytes | None]) -> bytes:
    """A JPEG of up to nine thumbnails in rows of three; None, or what cannot be opened, leaves a dark cell."""
    columns = min(len(thumbnails), COLUMNS)
    rows = -(-len(thumbnails) // COLUMNS)
    sheet = Image.new("RGB", (columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP), _SHEET)
    draw = ImageDraw.Draw(sheet, "RGBA")
    for place, thumbnail in enumerate(thumbnails):
        left, top = GAP + place % COLUMNS * (SIDE + GAP), GAP + place // COLUMNS * (SIDE + GAP)
        sheet.paste(_cell(thumbnail), (left, top))
        draw.rounded_rectangle((left + 8, top + 8, left + 8 + BADGE, top + 8 + BADGE), 12, fill=_BADGE)
        middle = (left + 8 + BADGE / 2, top + 8 + BADGE / 2)
        draw.text(middle, str(place + 1), fill=_NUMBER, font=_font(), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _cell(thumbnail: bytes | None) -> Image.Image:
    """The thumbnail as a square: faces stand high in portraits, so the cut leaves more of the top."""
    if thumbnail is None:
        return Image.new("RGB", (SIDE, SIDE), _EMPTY)
    try:
        with Image.open(io.BytesIO(thumbnail), formats=("JPEG",)) as picture:
            return ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE), Image.Resampling.BILINEAR, centering=(0.5, 0.3))
    except (OSError, SyntaxError, ValueError):
        return Image.new("RGB", (SIDE, SIDE), _EMPTY)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    """Manrope (SIL OFL 1.1) from its wheel."""
    font = ImageFont.truetype(
        str(files("fontpkg_manrope") / "files" / "Manrope[wght].ttf"), 26, layout_engine=ImageFont.Layout.BASIC
    )
    font.set_variation_by_axes([700])
    return font
