"""HEIC and HEIF, as iPhones save photos. The decoder is loaded at the first such file, and nowhere else."""

import io
from typing import Any

from PIL import Image

MAX_HEIF_PIXELS = 26_000_000
"""Decoded pixels; phones save 12 or 24 million unless told otherwise. HEIC cannot be decoded at a fraction of its size
as JPEG can, so that 48 million would take half a gigabyte."""

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Brands of ISO/IEC 23008-12 that stand in the first box of such a file."""
_HEAD_BYTES = 64


def is_heif(content: bytes) -> bool:
    """Whether the bytes call themselves HEIC or HEIF."""
    if content[4:8] != b"ftyp":
        return False
    brands = content[8:_HEAD_BYTES]
    return any(brands[at : at + 4] in _BRANDS for at in (0, *range(8, len(brands) - 3, 4)))


def open_picture(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """Open a picture of one of Pillow's formats, or HEIF. Nothing is decoded yet.

    Raises what Image.open raises, and ValueError for a file that the HEIF decoder does not take.
    """
    if not is_heif(content):
        return Image.open(io.BytesIO(content), formats=formats)
    _register()
    return Image.open(io.BytesIO(content), formats=("HEIF",))


def _register() -> None:
    if "HEIF" not in Image.OPEN:
        heif: Any = __import__("pi_heif")
        heif.register_heif_opener(thumbnails=False, decode_threads=1)
