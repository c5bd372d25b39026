"""The pictures of the gallery, drawn once each: in a thread, kept in memory as long as they are in use."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from bot.contact_sheets import STYLE_PICTURES, square
from bot.features.generate.shelves import Page, Shelf
from bot.features.generate.style_sheets import (
    QUARTER,
    SIDE,
    Tile,
    collage,
    draw_banner,
    draw_sheet,
    drawn_tile,
)
from repository.catalogue import Style, StyleGroup

KEPT = 96
"""JPEGs of 20 to 200 KB; all that the seeded styles need in two languages is 66."""

_Key = tuple[object, ...]


class StylePictures:
    """Draws shelves and styles in a person's language. What is shown is what the key says, so nothing gets stale."""

    def __init__(self, folder: Path = STYLE_PICTURES) -> None:
        self._folder = folder
        self._drawn: OrderedDict[_Key, bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def overview(self, locale: str, shelves: Sequence[Shelf]) -> bytes:
        """A tile for each shelf, of its first styles, as a JPEG."""
        key = ("overview", *((shelf.group.title(locale), *_names(shelf.styles[:4], locale)) for shelf in shelves))
        return await self._once(key, lambda: self._draw_overview(locale, shelves))

    async def page(self, locale: str, page: Page) -> bytes:
        """A tile for each style of a page, as a JPEG."""
        key = ("page", *_names(page.styles, locale))
        return await self._once(key, lambda: draw_sheet([self._tile(style, locale) for style in page.styles]))

    async def banner(self, locale: str, style: Style, group: StyleGroup | None) -> bytes:
        """One style beside its title, as a JPEG."""
        shelf = group.title(locale) if group else ""
        key = ("banner", *_names([style], locale), shelf)
        return await self._once(key, lambda: draw_banner(self._tile(style, locale), shelf))

    async def _once(self, key: _Key, draw: Callable[[], bytes]) -> bytes:
        """What was drawn before, or a new drawing. One at a time: two people who wait for the same draw it once."""
        known = self._drawn.get(key)
        if known is None:
            async with self._one_at_a_time:
                known = self._drawn.get(key)
                if known is None:
                    known = await asyncio.to_thread(draw)
        self._drawn[key] = known
        self._drawn.move_to_end(key)
        while len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        return known

    def _draw_overview(self, locale: str, shelves: Sequence[Shelf]) -> bytes:
        return draw_sheet([Tile(shelf.group.title(locale), self._collage(shelf, locale)) for shelf in shelves])

    def _collage(self, shelf: Shelf, locale: str) -> Image.Image:
        first = shelf.styles[:4]
        side = QUARTER if len(first) == 4 else SIDE
        return collage([self._picture(style.code, style.title(locale), side) for style in first])

    def _tile(self, style: Style, locale: str) -> Tile:
        title = style.title(locale)
        return Tile(title, self._picture(style.code, title, SIDE))

    def _picture(self, code: str, title: str, side: int) -> Image.Image:
        try:
            return square((self._folder / f"{code}.jpg").read_bytes(), side)
        except OSError:  # no such file, or none that Pillow can read
            return drawn_tile(code, title)


def _names(styles: Sequence[Style], locale: str) -> list[tuple[str, str]]:
    return [(style.code, style.title(locale)) for style in styles]
