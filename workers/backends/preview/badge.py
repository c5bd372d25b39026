"""Marks every picture as a preview, to the eye and in the file, and encodes it."""

import io

import numpy as np
from PIL import Image, ImageDraw

from workers.backends.preview.lettering import Typeface, load_font
from workers.backends.preview.pixels import Pixels

TEXT = "preview"
DESCRIPTION = "Dream Photo preview: made by filters on a CPU, no AI"
SOFTWARE = "Dream Photo preview"
JPEG_QUALITY = 90
_EXIF_DESCRIPTION, _EXIF_SOFTWARE = 0x010E, 0x0131


def badged(picture: Image.Image) -> Image.Image:
    """The picture with the badge in its lower right corner: light on a dark pill, legible on anything."""
    width, height = picture.size
    unit = max(9.0, min(min(width, height) * 0.021, max(width, height) * 0.016 + 4))
    font = load_font(Typeface.SANS, unit, 700)
    spacing = unit * 0.10
    text_width = sum(font.getlength(letter) + spacing for letter in TEXT) - spacing
    pad_x, pill_height = unit * 0.75, unit * 1.75
    margin = max(4.0, min(width, height) * 0.016)
    right, bottom = width - margin, height - margin
    left, top = right - text_width - 2 * pad_x, bottom - pill_height
    # Drawn four times as large and reduced: Pillow's rounded corners have no soft edge of their own.
    region = (int(left) - 1, int(top) - 1, width, height)
    pill = Image.new("L", ((region[2] - region[0]) * 4, (region[3] - region[1]) * 4), 0)
    shape = tuple(4 * (v - o) for v, o in zip((left, top, right, bottom), (region[0], region[1]) * 2, strict=True))
    ImageDraw.Draw(pill).rounded_rectangle(shape, radius=pill_height * 2, fill=122)
    shadow = pill.resize((region[2] - region[0], region[3] - region[1]), Image.Resampling.BOX)
    marked = picture.copy()
    marked.paste((12, 12, 16), region, shadow)
    draw = ImageDraw.Draw(marked, "RGBA")
    x, baseline = left + pad_x, top + pill_height * 0.70
    for letter in TEXT:
        draw.text((x, baseline), letter, font=font, fill=(255, 255, 255, 225), anchor="ls")
        x += font.getlength(letter) + spacing
    return marked


def encoded(picture: Image.Image) -> bytes:
    """The badged picture as RGB JPEG that says in its EXIF data and comment what it is."""
    exif = Image.Exif()
    exif[_EXIF_DESCRIPTION], exif[_EXIF_SOFTWARE] = DESCRIPTION, SOFTWARE
    out = io.BytesIO()
    badged(picture).save(
        out,
        "JPEG",
        quality=JPEG_QUALITY,
        subsampling=0,
        optimize=True,
        exif=exif,
        comment=DESCRIPTION.encode(),
    )
    return out.getvalue()


def to_image(pixels: Pixels, width: int, height: int) -> Image.Image:
    """Float pixels as an RGB image of exactly this size in pixels."""
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
    return image if image.size == (width, height) else image.resize((width, height), Image.Resampling.LANCZOS)
