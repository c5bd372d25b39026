"""Places in the gallery as the cursors of its lists: number of the order, a dot, the place within it."""

from repository.gallery import FIRST
from repository.gallery_ways import Place
from services.errors import BadCursor


def cursor_of(place: Place) -> str:
    """The cursor of a list that goes on after a place."""
    return f"{place[0]}.{place[1]}"


def read_place(cursor: str | None) -> tuple[int, int]:
    """The place in a cursor of ours. Raises BadCursor for anything else."""
    if cursor is None:
        return FIRST
    generation, dot, position = cursor.partition(".")
    if not (dot and len(cursor) <= 21 and generation.isascii() and generation.isdigit() and position.isdigit()):
        raise BadCursor
    place = int(generation), int(position)
    if max(place) > FIRST[0]:
        raise BadCursor
    return place
