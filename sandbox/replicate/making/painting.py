"""Pictures from a seed and a prompt: always the same for the same, pleasant, and no AI."""

import colorsys
import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from sandbox.replicate.problems import TaskFailed

_PILLOW_NAMES = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
_READABLE = ("JPEG", "PNG", "WEBP", "GIF")
# What Pillow raises for pictures that are broken in their several ways.
_UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error, Image.DecompressionBombError)
_MOST_PIXELS = 50_000_000
# What real-esrgan takes on its hardware, in pixels.
_MOST_PIXELS_ENLARGED = 2_096_704
_COARSE = 12
_SIGN = "sandbox"


@dataclass(frozen=True, slots=True)
class Painting:
    """What to paint: `look` decides the colours, `strength` (0 to 1) how much of a given picture is painted over."""

    look: str
    width: int
    height: int
    file_format: str
    quality: int = 80
    source: bytes | None = None
    strength: float = 1.0


def paint(painting: Painting) -> bytes:
    """Return the picture's file. Raises TaskFailed where the given picture cannot be read."""
    size = (painting.width, painting.height)
    picture = _gradient(painting.look, size)
    if painting.source is not None:
        source = ImageOps.fit(open_picture(painting.source), size)
        # A little of it always shows, so that one sees where the picture comes from.
        picture = Image.blend(source, picture, 0.1 + 0.6 * painting.strength)
    _sign(picture)
    return _encode(picture, painting.file_format, painting.quality)


def enlarge(content: bytes, scale: float, file_format: str = "png") -> bytes:
    """Return a picture `scale` times as wide and high. Raises TaskFailed where it is unreadable or too large."""
    picture = open_picture(content)
    if picture.width * picture.height > _MOST_PIXELS_ENLARGED:
        raise TaskFailed(
            f"Input image of dimensions ({picture.height}, {picture.width}, 3) has a total number of pixels"
            f" {picture.width * picture.height} greater than the max size that fits in GPU memory on this hardware,"
            f" {_MOST_PIXELS_ENLARGED}. Resize input image and try again."
        )
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if size[0] * size[1] > _MOST_PIXELS:
        raise TaskFailed("CUDA out of memory. Tried to allocate 9.77 GiB")
    return _encode(picture.resize(size, Image.Resampling.LANCZOS), file_format, 90)


def open_picture(content: bytes) -> Image.Image:
    """Return an upright RGB picture. Raises TaskFailed."""
    try:
        picture = Image.open(BytesIO(content), formats=_READABLE)
        if picture.width * picture.height > _MOST_PIXELS:
            raise TaskFailed("The image has too many pixels")
        return ImageOps.exif_transpose(picture).convert("RGB")
    except _UNREADABLE as error:
        raise TaskFailed("cannot identify image file") from error


def _gradient(look: str, size: tuple[int, int]) -> Image.Image:
    digest = hashlib.sha256(look.encode()).digest()
    hue = digest[0] / 255
    corners = [_colour(hue + turn / 14, 0.35 + digest[1 + turn] / 640, 0.95 - turn / 9) for turn in range(4)]
    coarse = Image.new("RGB", (2, 2))
    coarse.putdata(corners)
    coarse = coarse.resize((_COARSE, _COARSE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(coarse, "RGBA")
    for spot in range(3):
        x, y, reach = (digest[8 + 3 * spot + part] % _COARSE for part in range(3))
        red, green, blue = _colour(hue + 0.5 + spot / 20, 0.5, 1.0)
        draw.ellipse((x - reach / 3, y - reach / 3, x + reach / 3, y + reach / 3), fill=(red, green, blue, 110))
    return coarse.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC)


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _sign(picture: Image.Image) -> None:
    size = max(8, picture.height // 40)
    corner = (picture.width - size / 2, picture.height - size / 2)
    draw = ImageDraw.Draw(picture, "RGBA")
    draw.text(corner, _SIGN, fill=(255, 255, 255, 190), font=ImageFont.load_default(size), anchor="rd")


def _encode(picture: Image.Image, file_format: str, quality: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, _PILLOW_NAMES[file_format], quality=quality)
    return buffer.getvalue()
