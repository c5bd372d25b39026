"""A far side on this machine, and clients that ask it; the clock of their pauses is a list."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from workers.downloads import Downloads, Timeouts

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FarSide:
    """A server whose paths are what a test gives it; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self._handlers: dict[str, Handler] = {}
        self._server: TestServer | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app, host="127.0.0.1", skip_url_asserts=True)
        await self._server.start_server()

    async def stop(self) -> None:
        await self._server.close()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def host(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def on(self, path: str, handler: Handler) -> str:
        """Answer a path so; returns its URL."""
        self._handlers[path] = handler
        return f"http://127.0.0.1:{self.port}{path}"

    def gives(self, path: str, body: bytes, **options) -> str:
        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(body=body, **options)

        return self.on(path, answer)

    def redirects(self, path: str, location: str, status: int = 302) -> str:
        return self.gives(path, b"", status=status, headers={"Location": location})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self._handlers[request.path](request)


@pytest_asyncio.fixture
async def far() -> AsyncIterator[FarSide]:
    side = FarSide()
    await side.start()
    yield side
    await side.stop()


@pytest.fixture
def pauses() -> list[float]:
    """What the clients paused, in seconds."""
    return []


@pytest_asyncio.fixture
async def client(far: FarSide, pauses: list[float]) -> AsyncIterator[Callable[..., Downloads]]:
    """Makes clients that know the far side as a configured vendor, unless told otherwise."""
    made: list[Downloads] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    def make(**options) -> Downloads:
        options.setdefault("allowed_hosts", frozenset({far.host}))
        options.setdefault("timeouts", Timeouts(connect=5, stall=5, total=10))
        made.append(Downloads(pause=pause, **options))
        return made[-1]

    yield make
    for downloads in made:
        await downloads.aclose()
