"""Photos of one person for a personal model: the public-domain portrait of an astronaut, framed anew for each."""

import io

from PIL import Image, ImageEnhance
from skimage.data import astronaut, coffee

FACE = (224, 118)
"""Where her face is in the portrait, in pixels."""
WIDTHS = (170, 320, 200, 290, 230, 380, 250)
"""Pixels of the portrait that a photo shows across: close up, to the waist, and between."""
SIZE = (900, 1100)


def selfie(number: int) -> bytes:
    """A photo like no other of these: nearer or farther, to one side, mirrored, tilted, in another light."""
    portrait = Image.fromarray(astronaut())
    width = WIDTHS[number % len(WIDTHS)]
    height = width * SIZE[1] / SIZE[0]
    left = min(max(FACE[0] - width / 2 + (number % 3 - 1) * width / 9, 0), portrait.width - width)
    top = min(max(FACE[1] - height * (0.42 + number % 4 / 25), 0), portrait.height - height)
    shown = portrait.rotate(number % 5 * 2 - 4, Image.Resampling.BICUBIC, center=FACE)
    shown = shown.crop((round(left), round(top), round(left + width), round(top + height)))
    if number % 2:
        shown = shown.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    shown = ImageEnhance.Brightness(shown).enhance(0.85 + number % 4 / 10)
    shown = ImageEnhance.Color(shown).enhance(0.7 + number % 3 / 4)
    return _jpeg(shown.resize(SIZE, Image.Resampling.LANCZOS))


def without_face() -> bytes:
    """A photo of nobody."""
    return _jpeg(Image.fromarray(coffee()).resize((900, 700)))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()
