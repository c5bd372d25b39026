"""Cursors of lists whose entries have one number, newest first: the number of the last entry that was seen."""

from services.errors import BadCursor


def read_number(cursor: str | None) -> int | None:
    """The number in a cursor of ours; None at the beginning. Raises BadCursor for anything else."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 10) or int(cursor) >= 2**31:
        raise BadCursor
    return int(cursor)
