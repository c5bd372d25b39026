"""A photo's bytes become pixels: under limits, upright, no larger than what is looked at."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from services.photos.heif import MAX_HEIF_PIXELS, open_picture
from services.photos.orientation import turn_of
from workers.eyes.errors import UnreadablePhoto

MAX_PIXELS = 50_000_000
"""Decoded pixels, as services.photos.photos takes them in."""
LOOKED_AT_SIDE = 1280
"""Pixels: the longer side of what is looked at, and what Telegram sends as a photo."""

Pixels = NDArray[np.uint8]
"""Rows × columns × red, green, blue."""

_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Seen:
    """A decoded photo: as it is looked at, and how large it is in truth (pixels, upright)."""

    image: Image.Image
    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the photo for one that is looked at."""
        return self.width / self.image.width


def decode(content: bytes) -> Seen:
    """Decode a photo. Raises UnreadablePhoto."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the cap below is stricter
            image = open_picture(content, _FORMATS)
            _refuse_by_header(image)
            size = image.size
            if image.format in ("JPEG", "MPO"):
                image.draft("RGB", _looked_at(size))  # decoded at a fraction, several times as fast
            image.load()
            turn = turn_of(image)
            small = _small(image)
            upright = small if turn is None else small.transpose(turn)
    except Image.DecompressionBombError as fault:
        raise UnreadablePhoto("too many pixels") from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as fault:
        # Pillow's decoders report broken files with all of these
        raise UnreadablePhoto(str(fault)) from fault
    turned = (upright.width > upright.height) != (size[0] > size[1])
    width, height = size[::-1] if turned else size
    return Seen(upright, np.asarray(upright), width, height)


def _looked_at(size: tuple[int, int]) -> tuple[int, int]:
    shrunk = min(1.0, LOOKED_AT_SIDE / max(size))
    return max(1, int(size[0] * shrunk)), max(1, int(size[1] * shrunk))


def _refuse_by_header(image: Image.Image) -> None:
    limit = MAX_HEIF_PIXELS if image.format == "HEIF" else MAX_PIXELS
    if image.width * image.height > limit:
        raise UnreadablePhoto(f"{image.width}x{image.height} px")
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise UnreadablePhoto("an animation")


def _small(image: Image.Image) -> Image.Image:
    """The decoded picture in RGB at the size that is looked at; made smaller first, for copies of large ones cost."""
    if image.mode in ("RGB", "RGBA", "L", "CMYK"):
        image.thumbnail((LOOKED_AT_SIDE, LOOKED_AT_SIDE), Image.Resampling.BILINEAR, reducing_gap=2)
        return _on_white(image)
    converted = _on_white(image)
    converted.thumbnail((LOOKED_AT_SIDE, LOOKED_AT_SIDE), Image.Resampling.BILINEAR, reducing_gap=2)
    return converted


def _on_white(image: Image.Image) -> Image.Image:
    """The picture as it is seen: what is transparent shows white, not what was painted over."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
