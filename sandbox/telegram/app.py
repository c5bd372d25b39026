"""The ASGI application: doors for bots, for tests and for a browser, around one world."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.stand_in.loopback import LoopbackOnly
from sandbox.telegram.bot_api import BotApi
from sandbox.telegram.sim.acting import ActingRoutes
from sandbox.telegram.sim.answers import refusing
from sandbox.telegram.sim.observing import ObservingRoutes
from sandbox.telegram.sim.people import PeopleRoutes
from sandbox.telegram.sim.sending import SendingRoutes
from sandbox.telegram.sim.settings import SettingsRoutes
from sandbox.telegram.world import open_world

_PAGE = Path(__file__).with_name("page")


def create_app(
    token: str,
    state_dir: Path,
    username: str = "dream_photo_sandbox_bot",
    clock: Callable[[], float] = time.time,
    flood_rate: float = 1.0,
) -> Starlette:
    """Build the server for one bot; its state is read from `state_dir` and kept there.

    `flood_rate` multiplies Telegram's sending rates; 0 switches flood control off.
    """
    world = open_world(token, state_dir, username, flood_rate, clock)
    bot_api = BotApi(world)
    people, sending, acting = PeopleRoutes(world), SendingRoutes(world), ActingRoutes(world)
    observing, settings = ObservingRoutes(world), SettingsRoutes(world)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        world.webhook.start(bot_api.webhook_answer)
        yield
        await world.webhook.stop()
        await world.journal.close()

    person = "/sim/users/{person_id:int}"
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", bot_api.method, methods=["GET", "POST"]),
            Route("/bot{rest:path}", bot_api.nothing, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", bot_api.download, methods=["GET"]),
            Route("/sim/users", refusing(people.list), methods=["GET"]),
            Route("/sim/users", refusing(people.add), methods=["POST"]),
            Route(person, refusing(people.change), methods=["POST"]),
            Route(f"{person}/chat", refusing(people.chat), methods=["GET"]),
            Route(f"{person}/events", refusing(people.events), methods=["GET"]),
            Route(f"{person}/block", refusing(people.block), methods=["POST"]),
            Route(f"{person}/clear", refusing(people.clear), methods=["POST"]),
            Route(f"{person}/messages", refusing(sending.send), methods=["POST"]),
            Route(f"{person}/forward", refusing(sending.forward), methods=["POST"]),
            Route(f"{person}/edit", refusing(sending.edit), methods=["POST"]),
            Route(f"{person}/delete", refusing(sending.delete), methods=["POST"]),
            Route(f"{person}/press", refusing(acting.press), methods=["POST"]),
            Route(f"{person}/react", refusing(acting.react), methods=["POST"]),
            Route(f"{person}/open", refusing(acting.open), methods=["POST"]),
            Route(f"{person}/stop", refusing(acting.stop), methods=["POST"]),
            Route(f"{person}/pay", refusing(acting.pay), methods=["POST"]),
            Route(f"{person}/refund", refusing(acting.refund), methods=["POST"]),
            Route("/sim/files/{file_id}", refusing(people.file), methods=["GET"]),
            Route("/sim/calls", refusing(observing.calls), methods=["GET"]),
            Route("/sim/faults", refusing(observing.faults), methods=["POST"]),
            Route("/sim/settings", refusing(settings.show), methods=["GET"]),
            Route("/sim/settings", refusing(settings.change), methods=["POST"]),
            Mount("/", StaticFiles(directory=_PAGE, html=True)),
        ],
        middleware=[Middleware(LoopbackOnly)],
        lifespan=lifespan,
    )
    app.state.world = world
    return app
