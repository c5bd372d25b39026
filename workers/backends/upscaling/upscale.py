"""From the bytes of a picture to the bytes of a larger one, told tile by tile.

A generator: between two tiles its caller may tell of the progress, or walk away.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from workers.backends.upscaling.network import Network
from workers.backends.upscaling.tiles import cut_tiles

JPEG_QUALITY = 93
MAX_SOURCE_SIDE = 2048
"""Pixels: a picture whose double would pass the product's limit of 4096 is refused before it is decoded."""
_FORMATS = ("JPEG", "PNG", "WEBP")


class UnreadablePicture(Exception):
    """The bytes are no picture that can be made larger."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tile is done."""

    percent: int
    """Of the whole work, 1 to 100."""
    content: bytes | None = None
    """The larger picture as JPEG; with the last part only."""
    width: int = 0
    """Pixels."""
    height: int = 0
    """Pixels."""


def upscale(content: bytes, factor: int) -> Iterator[Part]:
    """Make a picture 2 or 4 times as wide and high. Raises UnreadablePicture before the first part."""
    source = _read(content)
    network = Network()
    height, width = source.shape[:2]
    result = np.empty((height * factor, width * factor, 3), np.uint8)
    tiles = list(cut_tiles(width, height))
    for number, tile in enumerate(tiles, start=1):
        large = network.enlarge(source[tile.outer_rows, tile.outer_columns], factor)
        rows, columns = tile.inner(factor)
        result[tile.target_rows(factor), tile.target_columns(factor)] = large[rows, columns]
        yield Part(max(1, 97 * number // len(tiles)))
    out = io.BytesIO()
    Image.fromarray(result).save(out, "JPEG", quality=JPEG_QUALITY)
    yield Part(100, out.getvalue(), width * factor, height * factor)


def _read(content: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if max(image.size) > MAX_SOURCE_SIDE:
                raise UnreadablePicture(f"{image.width}x{image.height} px")
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadablePicture(str(fault)) from fault
