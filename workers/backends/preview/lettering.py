"""Sets text in pictures: open fonts from their wheels, Latin and Cyrillic, wrapped and fitted to a box."""

from dataclasses import dataclass
from enum import Enum
from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workers.backends.preview.pixels import Colour, Pixels


class Typeface(Enum):
    """Package and file of a font; all SIL OFL 1.1, unmodified, with Latin and Cyrillic."""

    SANS = ("fontpkg_manrope", "Manrope[wght].ttf")
    CONDENSED = ("fontpkg_oswald", "Oswald[wght].ttf")
    SERIF = ("fontpkg_playfair_display", "PlayfairDisplay[wght].ttf")
    ITALIC = ("fontpkg_playfair_display", "PlayfairDisplay-Italic[wght].ttf")


@dataclass(frozen=True, slots=True)
class Block:
    """Text set in lines of one size."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    leading: float
    """From baseline to baseline, in font sizes."""

    @property
    def height(self) -> int:
        """Pixels from the first line's top to the last one's foot."""
        return round(self.font.size * (self.leading * (len(self.lines) - 1) + 1.18))

    @property
    def width(self) -> int:
        """Pixels of the longest line."""
        return round(max((self.font.getlength(line) for line in self.lines), default=0))


def load_font(face: Typeface, size: float, weight: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels and a weight from 200 to 900, as far as it goes."""
    package, file = face.value
    font = ImageFont.truetype(
        str(files(package) / "files" / file), max(6.0, size), layout_engine=ImageFont.Layout.BASIC
    )
    axis = font.get_variation_axes()[0]
    font.set_variation_by_axes([min(max(weight, int(axis["minimum"] or weight)), int(axis["maximum"] or weight))])
    return font


def printable(text: str, face: Typeface = Typeface.SANS) -> str:
    """The text without what the font cannot draw (emoji, other scripts), blanks made single."""
    font = load_font(face, 24, 400)
    missing = bytes(font.getmask("\uffff"))
    drawable = {
        char: char.isspace() or (char.isprintable() and bytes(font.getmask(char)) not in (missing, b""))
        for char in set(text)
    }
    return " ".join("".join(char if drawable[char] else " " for char in text).split())


def shortened(text: str, limit: int) -> str:
    """At most so many characters, cut between words, with an ellipsis where something was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit + 1].rsplit(" ", 1)[0]
    return (cut if len(cut) > limit // 2 else text[:limit]).rstrip(" ,.;:–—-") + "…"


def fit(
    text: str,
    face: Typeface,
    weight: int,
    box: tuple[float, float],
    sizes: tuple[float, float],
    leading: float = 1.18,
) -> Block:
    """The text in the largest size, from largest to smallest in pixels, in which it fits into the box.

    At the smallest size, lines that do not fit are left out and the last one ends with an ellipsis.
    """
    largest, smallest = sizes
    size = largest
    while True:
        font = load_font(face, size, weight)
        block = Block(_wrapped(text, font, box[0]), font, leading)
        if (block.height <= box[1] and block.width <= box[0]) or size <= smallest:
            break
        size = max(smallest, size * 0.88)
    room = max(1, int((box[1] / block.font.size - 1.18) / leading) + 1)
    lines = block.lines
    if len(lines) > room:
        lines = (*lines[: room - 1], lines[room - 1].rstrip(" ,.;:") + "…")
    return Block(tuple(_trimmed(line, block.font, box[0]) for line in lines), block.font, leading)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> tuple[str, ...]:
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return tuple(lines)


def _trimmed(line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line + "…"


class Sheet:
    """A layer of lettering and lines over a picture, drawn at once when it is laid on."""

    def __init__(self, height: int, width: int) -> None:
        self._image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self._image)

    def write(self, block: Block, x: float, y: float, colour: Colour, opacity: float = 1.0, anchor: str = "l") -> None:
        """Set a block with its top at y; anchor l, m or r says what x is of every line."""
        for number, line in enumerate(block.lines):
            top = y + number * block.font.size * block.leading
            self.draw.text((x, top), line, font=block.font, fill=ink(colour, opacity), anchor=f"{anchor}a")

    def laid_on(self, picture: Pixels) -> Pixels:
        """The picture with the sheet over it."""
        layer = np.asarray(self._image, np.float32) / 255
        return picture + (layer[..., :3] - picture) * layer[..., 3:]


def ink(colour: Colour, opacity: float = 1.0) -> tuple[int, int, int, int]:
    """A colour as Pillow draws it."""
    red, green, blue = (round(min(max(c, 0), 1) * 255) for c in colour)
    return red, green, blue, round(opacity * 255)
