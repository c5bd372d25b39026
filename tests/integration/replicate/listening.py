"""A server of a few lines that keeps every request whole: the sandbox keeps no bodies and no tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from aiohttp import web


@dataclass
class Listener:
    """What came, and what is answered to a question for the list."""

    url: str
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    page: dict[str, object] = field(default_factory=lambda: {"results": [], "next": None})
    redirect: str = ""


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A listener on a free port, which creates every prediction that it is asked for."""
    heard = Listener("")

    async def take(request: web.Request) -> web.Response:
        heard.heads.append(dict(request.headers))
        heard.bodies.append(await request.read())
        if heard.redirect:
            return web.Response(status=302, headers={"Location": heard.redirect})
        answer: dict[str, object] = {"id": f"p{len(heard.bodies)}", "status": "starting", "urls": {"get": "http://x/y"}}
        return web.json_response(heard.page if request.method == "GET" else answer, dumps=_dumped)

    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_route("*", "/{anything:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield heard
    finally:
        await runner.cleanup()


def _dumped(value: object) -> str:
    return orjson.dumps(value).decode()
