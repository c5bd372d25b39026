"""What every repository has: something to run its statements on."""

from typing import TypeVar

from db.pool import Executor


class Repository:
    """SQL of one entity, run on a connection inside a transaction or on the pool for a single statement."""

    def __init__(self, executor: Executor) -> None:
        self._sql = executor


Row = TypeVar("Row")


def only(row: Row | None) -> Row:
    """The row of a statement that always returns one, such as INSERT … RETURNING without a conflict."""
    if row is None:
        raise LookupError("the statement returned no row")
    return row
