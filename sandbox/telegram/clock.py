"""The sandbox's time: the machine's, moved on demand, so that something can be "too old" at once."""

import time
from collections.abc import Callable

from sandbox.stand_in.journal import Journal


class Clock:
    """Unix time in seconds. The shift outlives a restart: messages carry dates by it."""

    def __init__(self, journal: Journal, base: Callable[[], float] = time.time) -> None:
        self._journal = journal
        self._base = base
        self._shift = next((float(record["seconds"]) for record in journal.read("clock")), 0.0)

    def __call__(self) -> float:
        """Return the time."""
        return self._base() + self._shift

    @property
    def shift(self) -> float:
        """By how many seconds this time is ahead of the machine's."""
        return self._shift

    def move_to(self, shift: float) -> None:
        """Set the shift, in seconds ahead of the machine's time."""
        self._shift = shift
        self._journal.put("clock", "shift", {"seconds": shift})
