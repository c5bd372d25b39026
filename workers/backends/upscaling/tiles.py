"""Cuts a picture into tiles with a border: memory stays that of a tile, and no seam shows."""

from collections.abc import Iterator
from dataclasses import dataclass

TILE = 112
"""Pixels a side that a tile brings to the result: a quarter of a second of work, so that a stop is soon heard."""
BORDER = 10
"""Pixels around it that the network sees besides: what it makes at an edge is guesswork, and is thrown away."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's place in the source, in pixels; the outer box has the border, as far as the picture goes."""

    left: int
    top: int
    right: int
    bottom: int
    outer_left: int
    outer_top: int
    outer_right: int
    outer_bottom: int

    @property
    def outer_rows(self) -> slice:
        """What to cut out of the source."""
        return slice(self.outer_top, self.outer_bottom)

    @property
    def outer_columns(self) -> slice:
        """What to cut out of the source."""
        return slice(self.outer_left, self.outer_right)

    def inner(self, factor: int) -> tuple[slice, slice]:
        """Rows and columns of the enlarged tile that count."""
        top, left = (self.top - self.outer_top) * factor, (self.left - self.outer_left) * factor
        height, width = (self.bottom - self.top) * factor, (self.right - self.left) * factor
        return slice(top, top + height), slice(left, left + width)

    def target_rows(self, factor: int) -> slice:
        """Where it goes in the result."""
        return slice(self.top * factor, self.bottom * factor)

    def target_columns(self, factor: int) -> slice:
        """Where it goes in the result."""
        return slice(self.left * factor, self.right * factor)


def cut_tiles(width: int, height: int, tile: int = TILE, border: int = BORDER) -> Iterator[Tile]:
    """Tiles that cover a picture of this size once, row by row."""
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            right, bottom = min(left + tile, width), min(top + tile, height)
            yield Tile(
                left,
                top,
                right,
                bottom,
                max(0, left - border),
                max(0, top - border),
                min(width, right + border),
                min(height, bottom + border),
            )
