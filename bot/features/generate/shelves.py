"""The style gallery as shelves, and the shelves as pages that can be turned."""

from collections.abc import Sequence
from dataclasses import dataclass

from repository.catalogue import Style, StyleGroup

STYLES_ON_PAGE = 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group with its styles, at least one."""

    group: StyleGroup
    styles: tuple[Style, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What one screen shows of a shelf. Nearly always all of it."""

    shelf: Shelf
    number: int
    """Within its shelf, from 0."""
    count: int
    """Pages of its shelf."""

    @property
    def styles(self) -> tuple[Style, ...]:
        """The styles of this page."""
        return self.shelf.styles[self.number * STYLES_ON_PAGE : (self.number + 1) * STYLES_ON_PAGE]


def shelves_of(groups: Sequence[StyleGroup], styles: Sequence[Style]) -> list[Shelf]:
    """The styles on their shelves, in the owner's order; empty shelves are left out."""
    shelves = [Shelf(group, tuple(style for style in styles if style.style_group == group.code)) for group in groups]
    return [shelf for shelf in shelves if shelf.styles]


def pages_of(shelves: Sequence[Shelf]) -> list[Page]:
    """Every page of every shelf, one after another."""
    return [
        Page(shelf, number, count)
        for shelf in shelves
        for count in [-(-len(shelf.styles) // STYLES_ON_PAGE)]
        for number in range(count)
    ]


def first_pages(pages: Sequence[Page]) -> list[tuple[int, Shelf]]:
    """Where each shelf begins among the pages."""
    return [(place, page.shelf) for place, page in enumerate(pages) if page.number == 0]
