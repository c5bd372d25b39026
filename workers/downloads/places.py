"""How many downloads may be under way at once, and how many bytes they may hold together."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Places:
    """A number of places and a store of bytes that they share, given out in the order of asking.

    A large request at the head is waited for rather than overtaken, so that it is served at all.
    """

    def __init__(self, places: int, capacity_bytes: int) -> None:
        self._free_places = places
        self._capacity = capacity_bytes
        self._free_bytes = capacity_bytes
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def hold(self, size_bytes: int) -> AsyncIterator[None]:
        """Wait for a place with room for so many bytes. What is larger than all the room gets it alone."""
        size = min(size_bytes, self._capacity)
        await self._enter(size)
        try:
            yield
        finally:
            self._leave(size)

    async def _enter(self, size: int) -> None:
        if not self._line and self._fits(size):
            self._take(size)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                with suppress(ValueError):  # passed over already, by one who left meanwhile
                    self._line.remove((size, turn))
                self._admit()
            else:  # the place was given in the same moment
                self._leave(size)
            raise

    def _leave(self, size: int) -> None:
        self._free_places += 1
        self._free_bytes += size
        self._admit()

    def _admit(self) -> None:
        while self._line and self._fits(self._line[0][0]):
            size, turn = self._line.popleft()
            if turn.cancelled():
                continue
            self._take(size)
            turn.set_result(None)

    def _fits(self, size: int) -> bool:
        return self._free_places > 0 and self._free_bytes >= size

    def _take(self, size: int) -> None:
        self._free_places -= 1
        self._free_bytes -= size
