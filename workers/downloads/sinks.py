"""Where the body of a download goes: into memory, or into a file."""

import asyncio
import io
from typing import IO

SNIFFED_BYTES = 512
"""The beginning of a body, by which its type is told."""
FILE_MEMORY_BYTES = 2 * 1024 * 1024
"""What a download that goes to a file may hold: a piece that is being written, and the next one."""


class InMemory:
    """Where a small body goes."""

    def __init__(self, body: io.BytesIO) -> None:
        self._body = body

    async def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._body.write(piece)

    async def end(self) -> None:
        """There is no more."""


class InFile:
    """Where a large body goes: it is written by a thread, a megabyte at a time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = bytearray()
        self.first = b""
        """The beginning of the body, by which its type is told."""

    async def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._waiting += piece
        if len(self._waiting) >= FILE_MEMORY_BYTES // 2:
            await self.end()

    async def end(self) -> None:
        """Write what waits."""
        waiting, self._waiting = bytes(self._waiting), bytearray()
        self.first = self.first or waiting[:SNIFFED_BYTES]
        await asyncio.to_thread(self._file.write, waiting)


Sink = InMemory | InFile
