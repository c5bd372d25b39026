"""Reads the person's photo: decoded under limits, three channels, no larger than the backend works."""

import io
import math

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from workers.backends.preview.pixels import Photo

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SOURCE_PIXELS = 100_000_000
"""Larger sources are refused before they are decoded."""
MIN_SIDE = 32
"""Pixels; below it there is nothing to work with."""
WORK_SIDE = 1536
"""Longest side of anything the backend works on, in pixels."""
WORK_AREA = 1_200_000
"""Most pixels of anything the backend works on: bounds the memory of a picture."""


class UnreadablePhoto(Exception):
    """The bytes are no photo that can be decoded."""


def work_scale(width: int, height: int) -> float:
    """Factor, at most 1, that brings a size within WORK_SIDE and WORK_AREA."""
    return min(1.0, WORK_SIDE / max(width, height), math.sqrt(WORK_AREA / (width * height)))


def read_photo(content: bytes) -> Photo:
    """Decode an encoded photo to upright RGB of at most the working size.

    Raises UnreadablePhoto for anything but a whole JPEG, PNG or WebP of a sane size.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as source:
            width, height = source.size
            if min(width, height) < MIN_SIDE or width * height > MAX_SOURCE_PIXELS:
                raise UnreadablePhoto(f"{width}x{height} px")
            scale = work_scale(width, height)
            # JPEG decodes straight to a half, a quarter or an eighth: most of the memory of a large photo.
            source.draft("RGB", (math.ceil(width * scale), math.ceil(height * scale)))
            upright = ImageOps.exif_transpose(source)
            photo = _without_alpha(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadablePhoto(str(fault)) from fault
    scale = work_scale(*photo.size)
    if scale < 1:
        size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
        photo = photo.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(photo)


def _without_alpha(image: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes light grey, as a viewer would show it."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, (235, 235, 235, 255))
    return Image.alpha_composite(paper, rgba).convert("RGB")
