"""A vendor's picture is opened, decoded to its last pixel and stripped before it counts as one."""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from services.photos.photos import MAX_PIXELS, encode_jpeg, to_rgb
from workers.downloads import media_types
from workers.results.errors import BadResult, Fault
from workers.results.jpeg import plain_jpeg
from workers.results.plain import PlainFile
from workers.results.png import plain_png

_QUALITY = 95
_ORIENTATION = 0x0112
_UPRIGHT = 1
# Pillow's decoders report broken files with all of these
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A picture that is safe to keep: one upright RGB frame, JPEG or PNG, without a vendor's metadata."""

    content: bytes
    media_type: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""


def checked_picture(content: bytes, *, max_pixels: int = MAX_PIXELS) -> CheckedPicture:
    """Check and strip one picture; decoded under limits. CPU-bound: run it in a thread.

    An upright RGB JPEG or PNG keeps its image data byte for byte. What is turned, grey, CMYK, with a palette or
    transparent is encoded anew in its own format, a WEBP as JPEG. Raises BadResult.
    """
    media_type = media_types.sniff(content)
    match media_type:
        case media_types.JPEG:
            image_format, plain = "JPEG", plain_jpeg(content)
        case media_types.PNG:
            image_format, plain = "PNG", plain_png(content)
        case media_types.WEBP:
            image_format, plain = "WEBP", PlainFile(content)
        case _:
            raise BadResult(Fault.WRONG_TYPE, f"{media_type or 'unknown bytes'} where a picture must come")
    # What is decoded here is what is kept, so that no other program can see another picture in it
    image = _decoded(plain.content, image_format, max_pixels)
    exif = plain.exif or image.info.get("exif", b"")
    is_upright = _orientation(exif) == _UPRIGHT
    if media_type != media_types.WEBP and image.mode == "RGB" and not image.has_transparency_data and is_upright:
        return CheckedPicture(plain.content, media_type, image.width, image.height)
    rgb = to_rgb(image)
    if not is_upright:
        rgb.info["exif"] = exif
        rgb = ImageOps.exif_transpose(rgb)
    if media_type == media_types.PNG:
        return CheckedPicture(_encode_png(rgb), media_types.PNG, rgb.width, rgb.height)
    return CheckedPicture(encode_jpeg(rgb, _QUALITY), media_types.JPEG, rgb.width, rgb.height)


def _decoded(content: bytes, image_format: str, max_pixels: int) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=(image_format,))
        if image.width * image.height > max_pixels:
            raise BadResult(Fault.TOO_MANY_PIXELS, f"{image.width}x{image.height} where {max_pixels} pixels may come")
        if getattr(image, "is_animated", False):
            raise BadResult(Fault.ANIMATED, f"an animated {image_format}")
        image.load()
    except Image.DecompressionBombError as error:
        raise BadResult(Fault.TOO_MANY_PIXELS, f"more than {max_pixels} pixels") from error
    except _BROKEN as error:
        raise BadResult(Fault.UNREADABLE, f"{image_format}: {error}") from error
    return image


def _orientation(block: bytes) -> int:
    """The EXIF orientation, 1 to 8; upright where the block does not say or cannot be read."""
    if not block:
        return _UPRIGHT
    exif = Image.Exif()
    try:
        exif.load(block)
        orientation = exif.get(_ORIENTATION)
    except (*_BROKEN, KeyError, TypeError):
        return _UPRIGHT
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else _UPRIGHT


def _encode_png(rgb: Image.Image) -> bytes:
    buffer = io.BytesIO()
    clean = Image.new("RGB", rgb.size)
    clean.paste(rgb)
    clean.save(buffer, "PNG")
    return buffer.getvalue()
