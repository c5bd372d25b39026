"""Contact sheets: many small pictures on one, so that a theme or a pack is seen at a glance."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image

from bot.contact_sheets import INNER_GAP, STYLE_PICTURES, columns_for, empty_sheet, encoded, grid, square
from bot.features.packs.keyboards import THEMES_IN_ROW

_IN_STRIP = 3
"""Looks that stand for a theme in the list."""
_STRIP_SIDE, _THEME_SIDE, _PACK_SIDE = 160, 300, 240
"""Pixels of one picture on each kind of sheet."""


class ContactSheets:
    """Draws sheets as JPEGs, off the event loop; those of the house are drawn once."""

    def __init__(self, folder: Path = STYLE_PICTURES) -> None:
        self._folder = folder
        self._drawn: dict[tuple[str, ...], bytes | None] = {}

    async def of_themes(self, themes: Sequence[Sequence[str]]) -> bytes | None:
        """Themes by the codes of their styles, in rows as the buttons below; None where there is nothing to show."""
        strips = [list(dict.fromkeys(styles)) for styles in themes]
        key = ("themes", *(" ".join(styles) for styles in strips))
        return await self._once(key, lambda: _sheet([_strip(self._read(styles)) for styles in strips], THEMES_IN_ROW))

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
    strip = empty_sheet(((_STRIP_SIDE + INNER_GAP) * _IN_STRIP - INNER_GAP, _STRIP_SIDE))
    for place, content in enumerate(pictures[:_IN_STRIP]):
        strip.paste(square(content, _STRIP_SIDE), (place * (_STRIP_SIDE + INNER_GAP), 0))
    return strip


def _pictures(pictures: Sequence[bytes], side: int) -> bytes | None:
    tiles: list[Image.Image] = []
    for content in pictures:
        with suppress(OSError):  # half a file on a full disk: the others are shown
            tiles.append(square(content, side))
    return _sheet(tiles, columns_for(len(tiles)))


def _sheet(tiles: Sequence[Image.Image | None], columns: int) -> bytes | None:
    sheet = grid(tiles, columns)
    return encoded(sheet) if sheet else None
