"""The sizes that FLUX makes at Replicate.

The official models take no width and height, only the name of a shape and 1 or 0.25 megapixels (replicate/cog-flux,
predict.py). An order gets the nearest shape that is nowhere smaller than what was ordered; who stores the picture may
cut it. Where only a smaller or a clearly different picture would come, the order is not supported.
"""

import math
from dataclasses import dataclass

MEGAPIXEL = 1024 * 1024

_SHAPES = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
_MOST_STRETCH = 0.12
"""Natural logarithm of how far a shape may be from the ordered one: an eighth."""


@dataclass(frozen=True, slots=True)
class Format:
    """A picture that an official FLUX model makes, in pixels and by its names there."""

    aspect_ratio: str
    megapixels: str
    width: int
    height: int


_FORMATS = tuple(
    Format(name, megapixels, width // divisor, height // divisor)
    for name, (width, height) in _SHAPES.items()
    for megapixels, divisor in (("1", 1), ("0.25", 2))
)


def nearest_format(width: int, height: int) -> Format | None:
    """The format for an ordered size in pixels: the nearest shape, then the smallest; None where none is near."""
    fitting = [
        made
        for made in _FORMATS
        if made.width >= width and made.height >= height and _stretch(made, width, height) <= _MOST_STRETCH
    ]
    return min(fitting, key=lambda made: (round(_stretch(made, width, height), 6), made.width), default=None)


def _stretch(made: Format, width: int, height: int) -> float:
    return abs(math.log(made.width / made.height) - math.log(width / height))
