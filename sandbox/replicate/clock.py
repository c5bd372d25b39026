"""The server's time: the machine's, moved forward on demand, so that nobody needs to wait for it."""

import asyncio
import time
from contextlib import suppress


class Clock:
    """Unix time in seconds; whoever waits by it wakes when it is moved."""

    def __init__(self) -> None:
        self._shift = 0.0
        self._moved = asyncio.Event()

    def __call__(self) -> float:
        """Return the time."""
        return time.time() + self._shift

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self._shift += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, moment: float) -> None:
        """Wait for a moment, which may already be past."""
        while (left := moment - self()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left)
