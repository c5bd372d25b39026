"""Photos as they travel in a request: data URIs, the same bytes for the same photo every time."""

import base64
import io
import math

from PIL import Image

MOST_PIXELS = 1024 * 1024
"""Larger photos to start from are made smaller: the vendor works in about this size."""
_TAKEN_AS_THEY_ARE = ("JPEG", "PNG", "WEBP")
_FORMATS = (*_TAKEN_AS_THEY_ARE, "BMP", "GIF", "TIFF")
_QUALITY = 92


class UnreadablePhoto(Exception):
    """The input is no image."""


def data_uri(content: bytes, most_pixels: int | None = MOST_PIXELS) -> str:
    """A photo as a data URI, as it is or as a JPEG of at most so many pixels. Raises UnreadablePhoto."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            format_ = str(image.format)
            if most_pixels is None or image.width * image.height <= most_pixels:
                image.load()
                if format_ in _TAKEN_AS_THEY_ARE:
                    return _encoded(content, Image.MIME[format_])
                return _encoded(_jpeg(image, 1), "image/jpeg")
            return _encoded(_jpeg(image, math.sqrt(most_pixels / (image.width * image.height))), "image/jpeg")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePhoto(str(error)) from error


def _jpeg(image: Image.Image, scale: float) -> bytes:
    size = (max(int(image.width * scale), 1), max(int(image.height * scale), 1))
    out = io.BytesIO()
    image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _encoded(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
