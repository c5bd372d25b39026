"""The ASGI application: doors for customers, for tests and for a browser, around one world."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sandbox.runware.control import Control, Refused, refused
from sandbox.runware.desk import Desk
from sandbox.runware.file_host import FileHost
from sandbox.runware.front import Front
from sandbox.runware.rest_door import RestDoor
from sandbox.runware.settings import Settings
from sandbox.runware.websocket_door import WebSocketDoor
from sandbox.runware.world import open_world
from sandbox.stand_in.loopback import LoopbackOnly
from sandbox.stand_in.vendor_control import vendor_control_routes

_PAGE = Path(__file__).with_name("page")


def create_app(
    state_dir: Path, settings: Settings, opening_balance: float = 100.0, clock: Callable[[], float] = time.time
) -> Starlette:
    """Build the server for one customer; ledger and given pictures are read from `state_dir` and kept there.

    `opening_balance` is in dollars, before everything the ledger has billed.
    """
    world = open_world(state_dir, settings, opening_balance, clock)
    desk = Desk(world)
    front = Front(world, desk)
    control = Control(world)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        desk.uploads.resume()
        desk.webhooks.resume()
        yield
        await world.close()
        await desk.webhooks.close()

    app = Starlette(
        routes=[
            WebSocketRoute("/v1", WebSocketDoor(world, front).connect),
            Route("/v1", RestDoor(world, front).post, methods=["POST"]),
            Route("/files/{name}", FileHost(world).get, methods=["GET"]),
            *vendor_control_routes(control),
            Mount("/", StaticFiles(directory=_PAGE, html=True)),
        ],
        middleware=[Middleware(LoopbackOnly)],
        exception_handlers={Refused: refused},
        lifespan=lifespan,
    )
    app.state.world = world
    return app
