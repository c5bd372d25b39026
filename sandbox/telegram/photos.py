"""What Telegram does with a picture sent as a photo: checks, upright JPEG without metadata, a ladder of sizes."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from sandbox.telegram.refusals import bad_request

PHOTO_LIMIT = 10 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# Longest sides of Telegram's s, m, x, y and w.
_LADDER = (90, 320, 800, 1280, 2560)
_MAX_SIDES_SUM = 10_000
_MAX_RATIO = 20
_JPEG_QUALITY = 87


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a photo as JPEG; sides in pixels."""

    content: bytes
    width: int
    height: int


def make_renditions(content: bytes) -> list[Rendition]:
    """Return a photo's sizes, smallest first.

    Refuses, as Telegram does, what is too big, no image, or of impossible dimensions.
    """
    if len(content) > PHOTO_LIMIT:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes"
        )
    upright = _decode(content)
    longest = max(upright.size)
    limits = [limit for limit in _LADDER if limit < longest]
    limits.append(min(longest, _LADDER[-1]))
    return [_render(upright, limit) for limit in sorted(set(limits))]


def _decode(content: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            # Before decoding: a few bytes may announce gigapixels.
            width, height = picture.size
            if width + height > _MAX_SIDES_SUM or max(width, height) > _MAX_RATIO * min(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            upright = ImageOps.exif_transpose(picture)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                upright = _on_white(upright.convert("RGBA"))
            return upright.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground


def _render(picture: Image.Image, longest_side: int) -> Rendition:
    scaled = picture
    if max(picture.size) > longest_side:
        scaled = ImageOps.contain(picture, (longest_side, longest_side), Image.Resampling.BICUBIC)
    buffer = BytesIO()
    scaled.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return Rendition(buffer.getvalue(), scaled.width, scaled.height)
