"""How a picture was held when it was taken, by its EXIF; of which nothing else is read, whatever state it is in."""

import struct
from typing import Final

from PIL import ExifTags, Image

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF's Orientation, what puts a picture upright (CIPA DC-008)."""
_BROKEN = (struct.error, SyntaxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError)
"""What Pillow raises for EXIF that cameras and editors have damaged; the picture beside it may be a good one."""


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """What puts a decoded picture upright, or None where it stands so already or nothing readable is said of it."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return None
