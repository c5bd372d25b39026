"""Lines between the processes of a house that a test can cut, slow down, stop and refuse.

Each proxy forwards a loopback port to another one. All of them share one event loop in a thread of the test process.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import uvloop

PIECE_BYTES = 64 * 1024
ANSWER_WITHIN = 10.0
"""Seconds that the loop may take to do what it is told."""

Answer = TypeVar("Answer")


class ProxyLoop:
    """The thread in which proxies live."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Run a coroutine there and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(ANSWER_WITHIN)

    def close(self) -> None:
        """End the thread; connections that are still there are cut."""

        async def cancel_all() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.do(cancel_all)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_WITHIN)
        self._loop.close()


class FaultProxy:
    """A line from a port of its own to a target's port, both on loopback. Threadsafe."""

    def __init__(self, loop: ProxyLoop, target_port: int) -> None:
        self._loop = loop
        self.target_port = target_port
        self._delay = 0.0
        self._refuses = False
        self._open: set[asyncio.StreamWriter] = set()
        self._flows: asyncio.Event | None = None
        self._server: asyncio.Server | None = None
        self.port = loop.do(self._listen)

    def cut(self) -> None:
        """Break every connection now; new ones come through."""

        async def cut() -> None:
            for writer in list(self._open):
                writer.transport.abort()

        self._loop.do(cut)

    def slow_down(self, seconds: float) -> None:
        """Hold every piece of data for so long, in both directions; 0 is no delay."""
        self._delay = seconds

    @contextmanager
    def slowed(self, seconds: float) -> Iterator[None]:
        """Slow for the time of the block."""
        self.slow_down(seconds)
        try:
            yield
        finally:
            self.slow_down(0)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody is let through for the time of the block, and who was is cut off."""
        self._refuses = True
        self.cut()
        try:
            yield
        finally:
            self._refuses = False

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Connections stay, and nothing goes through them, for the time of the block."""

        async def switch(flows: bool) -> None:
            assert self._flows is not None
            if flows:
                self._flows.set()
            else:
                self._flows.clear()

        self._loop.do(lambda: switch(False))
        try:
            yield
        finally:
            self._loop.do(lambda: switch(True))

    def close(self) -> None:
        """Listen no more and cut what is open."""

        async def close() -> None:
            if self._server is not None:
                self._server.close()

        self._loop.do(close)
        self.cut()

    async def _listen(self) -> int:
        self._flows = asyncio.Event()
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        flows = [asyncio.create_task(self._forward(reader, back)), asyncio.create_task(self._forward(there, writer))]
        try:
            await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for flow in flows:
                flow.cancel()
            self._open -= {writer, back}
            for end in (writer, back):
                end.close()

    async def _forward(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        assert self._flows is not None
        with suppress(OSError):
            while piece := await source.read(PIECE_BYTES):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._flows.wait()
                sink.write(piece)
                await sink.drain()
