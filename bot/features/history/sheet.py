"""Draws thumbnails side by side, each with its number. Knows no Telegram and no database; CPU-bound, for a thread."""

from collections.abc import Sequence

from PIL import Image

from bot.contact_sheets import EMPTY, empty_sheet, encoded, lay_out, number_badge, square

SIDE = 300
"""Pixels of a cell; thumbnails are 320 at their longer side."""
COLUMNS = 3


def draw_overview(thumbnails: Sequence[bytes | None]) -> bytes:
    """A JPEG of up to nine thumbnails in rows of three; None, or what cannot be opened, leaves a dark cell."""
    columns = min(len(thumbnails), COLUMNS)
    full = len(thumbnails) + -len(thumbnails) % columns  # the last row begins at the left
    layout = lay_out(full, columns, (SIDE, SIDE))
    sheet = empty_sheet(layout.size)
    for number, (thumbnail, place) in enumerate(zip(thumbnails, layout.places, strict=False), start=1):
        sheet.paste(_cell(thumbnail), place)
        number_badge(sheet, place, number)
    return encoded(sheet)


def _cell(thumbnail: bytes | None) -> Image.Image:
    try:
        if thumbnail is not None:
            return square(thumbnail, SIDE)
    except OSError:  # half a file on a full disk: the others are shown
        pass
    return Image.new("RGB", (SIDE, SIDE), EMPTY)
