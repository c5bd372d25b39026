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
from sandbox.telegram.loopback import LoopbackOnly

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
            Route("/sim/ledger", control.ledger, methods=["GET"]),
            Route("/sim/requests", control.requests, methods=["GET"]),
            Route("/sim/files/requests", control.fetches, methods=["GET"]),
            Route("/sim/settings", control.settings, methods=["GET"]),
            Route("/sim/settings", control.change_settings, methods=["POST"]),
            Route("/sim/faults", control.faults, methods=["GET"]),
            Route("/sim/faults", control.add_fault, methods=["POST"]),
            Route("/sim/faults", control.clear_faults, methods=["DELETE"]),
            Mount("/", StaticFiles(directory=_PAGE, html=True)),
        ],
        middleware=[Middleware(LoopbackOnly)],
        exception_handlers={Refused: refused},
        lifespan=lifespan,
    )
    app.state.world = world
    return app
