"""The picture of a link that a friend's camera reads. CPU-bound, for a thread."""

import io

import segno
from PIL import Image

from bot.contact_sheets import SHEET

MODULE = 14
"""Pixels of one square of the code."""
QUIET_ZONE = 4
"""Squares that must stay white around it (ISO/IEC 18004)."""
_PAPER = (255, 255, 255)
_JPEG_QUALITY = 88


def draw_qr(link: str) -> bytes:
    """A JPEG of the link as a QR code that is read with an eighth of it covered."""
    code = segno.make_qr(link, error="m")
    squares = [bytes(row) for row in code.matrix_iter(border=QUIET_ZONE)]
    side = len(squares)
    mask = Image.frombytes("L", (side, side), b"".join(squares)).point(lambda dark: 255 if dark else 0)
    drawn = Image.new("RGB", (side, side), _PAPER)
    drawn.paste(SHEET, (0, 0), mask)
    buffer = io.BytesIO()
    drawn.resize((side * MODULE, side * MODULE), Image.Resampling.NEAREST).save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()
