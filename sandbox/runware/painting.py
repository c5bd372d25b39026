"""Pictures that stand for a model's work: the same prompt and seed always give the same one."""

import colorsys
import hashlib
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

FORMATS = {"JPG": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "glb": "model/gltf-binary"}
_READABLE = ("JPEG", "PNG", "WEBP")
_MAX_PIXELS = 40_000_000
_MAX_ENLARGED_SIDE = 4096
# How much of the given picture always shines through, so that a person sees what was worked on.
_MOST_REPAINTED = 0.55
# A gradient is so smooth that every eighth pixel says all.
_COARSE = 8


def paint(prompt: str, seed: int, width: int, height: int) -> Image.Image:
    """Return a gradient of two colours with two soft lights, all chosen by prompt and seed; sides in pixels."""
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(f"{seed}\n{prompt}".encode()).digest()[:8]))
    hue, turn, shift = chance.random(3)
    near = np.array(colorsys.hsv_to_rgb(hue, 0.55, 0.95), np.float32)
    far = np.array(colorsys.hsv_to_rgb((hue + 0.12 + shift * 0.2) % 1, 0.75, 0.45), np.float32)
    down, right = np.ogrid[0 : 1 : max(height // _COARSE, 2) * 1j, 0 : 1 : max(width // _COARSE, 2) * 1j]
    down, right = down.astype(np.float32), right.astype(np.float32)
    angle = turn * 2 * np.pi
    slope = np.clip(0.5 + (right - 0.5) * np.cos(angle) + (down - 0.5) * np.sin(angle), 0, 1)
    for x, y, size in chance.random((2, 3)):
        light = np.exp(-((right - x) ** 2 + (down - y) ** 2) / (0.03 + 0.08 * size))
        slope = np.clip(slope - 0.5 * light, 0, 1)
    pixels = near + slope[..., None].astype(np.float32) * (far - near)
    coarse = Image.fromarray((pixels * 255).astype(np.uint8), "RGB")
    return _signed(coarse.resize((width, height), Image.Resampling.BICUBIC))


def repaint(source: Image.Image, prompt: str, seed: int, width: int, height: int, strength: float) -> Image.Image:
    """Return a given picture, cropped to the sides and tinted by the prompt's own; strength 0 to 1."""
    ground = ImageOps.fit(source, (width, height), Image.Resampling.BICUBIC)
    return _signed(Image.blend(ground, paint(prompt, seed, width, height), _MOST_REPAINTED * strength))


def enlarge(source: Image.Image, factor: int) -> Image.Image:
    """Return a given picture with its sides times the factor, up to 4096 pixels."""
    factor_allowed = min(factor, _MAX_ENLARGED_SIDE / max(source.size))
    sides = (round(source.width * factor_allowed), round(source.height * factor_allowed))
    return source.resize(sides, Image.Resampling.LANCZOS)


def read_picture(content: bytes) -> Image.Image:
    """Decode a picture a customer gave, upright and in RGB.

    Raises ValueError for what is no JPEG, PNG or WEBP, or too large.
    """
    try:
        with Image.open(BytesIO(content), formats=_READABLE) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise ValueError("too many pixels")
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("not a picture") from error


def encode(picture: Image.Image, extension: str, quality: int = 92) -> bytes:
    """Return a picture as a file of the kind that its extension (jpg, png, webp) says."""
    buffer = BytesIO()
    options = {"compress_level": 1} if extension == "png" else {"quality": quality}
    picture.save(buffer, FORMATS[extension.upper()], **options)
    return buffer.getvalue()


def _signed(picture: Image.Image) -> Image.Image:
    """Write "sandbox" small into the corner, so that nobody takes the picture for a model's."""
    size = max(min(picture.size) // 32, 8)
    place = (picture.width - size // 2, picture.height - size // 2)
    ImageDraw.Draw(picture).text(place, "sandbox", "white", ImageFont.load_default(size), anchor="rd")
    return picture
