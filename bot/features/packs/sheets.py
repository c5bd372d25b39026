"""Contact sheets: many small pictures on one, so that a theme or a pack is seen at a glance."""

import asyncio
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiogram.types import BufferedInputFile, InputFile
from PIL import Image, ImageOps, UnidentifiedImageError

STYLE_PICTURES = Path(__file__).resolve().parents[2] / "pictures" / "styles"
"""A small JPEG of each style, under its code."""

_IN_STRIP = 3
"""Looks that stand for a theme in the list."""
_STRIP_SIDE, _THEME_SIDE, _PACK_SIDE = 160, 300, 240
"""Pixels of one picture on each kind of sheet."""
_GAP, _STRIP_GAP = 10, 2
"""Pixels between pictures."""
_BACKGROUND = (20, 22, 28)
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class PassingSheet:
    """A person's sheet on a screen: uploaded each time, and remembered nowhere."""

    content: bytes

    async def telegram_file_id(self) -> str | None:
        """No name is kept."""
        return None

    async def upload(self) -> InputFile:
        """The bytes."""
        return BufferedInputFile(self.content, "pack.jpg")

    async def keep(self, telegram_file_id: str) -> None:
        """It may look otherwise next time."""


class ContactSheets:
    """Draws sheets as JPEGs, off the event loop; those of the house are drawn once."""

    def __init__(self, folder: Path = STYLE_PICTURES) -> None:
        self._folder = folder
        self._drawn: dict[tuple[str, ...], bytes | None] = {}

    async def of_themes(self, themes: Sequence[Sequence[str]]) -> bytes | None:
        """Themes by the codes of their styles, two a row as the buttons below; None where there is nothing to show."""
        strips = [list(dict.fromkeys(styles)) for styles in themes]
        key = ("themes", *(" ".join(styles) for styles in strips))
        return await self._once(key, lambda: _grid([_strip(self._read(styles)) for styles in strips], columns=2))

    async def of_theme(self, styles: Sequence[str]) -> bytes | None:
        """One theme by the codes of its styles; None where none of them has a picture."""
        codes = list(dict.fromkeys(styles))
        return await self._once(("theme", *codes), lambda: _pictures(self._read(codes), _THEME_SIDE))

    async def of_pack(self, pictures: Sequence[bytes]) -> bytes | None:
        """The person's own pictures; not kept. None where there are none."""
        return await asyncio.to_thread(_pictures, pictures, _PACK_SIDE)

    async def _once(self, key: tuple[str, ...], draw: Callable[[], bytes | None]) -> bytes | None:
        if key not in self._drawn:
            self._drawn[key] = await asyncio.to_thread(draw)
        return self._drawn[key]

    def _read(self, codes: Sequence[str]) -> list[bytes]:
        """The pictures of these styles; one that the owner added has none."""
        paths = [self._folder / f"{code}.jpg" for code in codes]
        return [path.read_bytes() for path in paths if path.is_file()]


def _strip(pictures: Sequence[bytes]) -> Image.Image | None:
    """The first pictures side by side."""
    if not pictures:
        return None
    strip = Image.new("RGB", ((_STRIP_SIDE + _STRIP_GAP) * _IN_STRIP - _STRIP_GAP, _STRIP_SIDE), _BACKGROUND)
    for place, content in enumerate(pictures[:_IN_STRIP]):
        strip.paste(_square(content, _STRIP_SIDE), (place * (_STRIP_SIDE + _STRIP_GAP), 0))
    return strip


def _pictures(pictures: Sequence[bytes], side: int) -> bytes | None:
    tiles: list[Image.Image] = []
    for content in pictures:
        with suppress(UnidentifiedImageError):  # half a file on a full disk: the others are shown
            tiles.append(_square(content, side))
    return _grid(tiles, columns=_columns(len(tiles)))


def _columns(count: int) -> int:
    """So many a row that the last one is full, or nearly, and the sheet is a little wider than high."""
    if count <= 3:
        return max(count, 1)
    return min((2, 3, 4), key=lambda columns: -count % columns + abs(columns - count / columns - 0.5))


def _square(content: bytes, side: int) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
        return ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.BICUBIC)


def _grid(tiles: Sequence[Image.Image | None], *, columns: int) -> bytes | None:
    """Tiles of one size in rows, the last one centred; a missing tile leaves its place empty."""
    first = next((tile for tile in tiles if tile is not None), None)
    if first is None:
        return None
    columns = min(columns, len(tiles))
    width, height = first.width + _GAP, first.height + _GAP
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    sheet = Image.new("RGB", (columns * width + _GAP, len(rows) * height + _GAP), _BACKGROUND)
    for number, row in enumerate(rows):
        left = _GAP + (columns - len(row)) * width // 2
        for place, tile in enumerate(row):
            if tile is not None:
                sheet.paste(tile, (left + place * width, _GAP + number * height))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
