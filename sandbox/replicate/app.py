"""The ASGI application: doors for clients, for downloads and for tests, around one world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox.replicate.doors.api import Api, Endpoint
from sandbox.replicate.doors.control import ControlRoutes
from sandbox.replicate.doors.files import FileRoutes
from sandbox.replicate.doors.host import HostRoutes
from sandbox.replicate.doors.jobs import JobRoutes
from sandbox.replicate.doors.models import ModelRoutes
from sandbox.replicate.settings import Settings
from sandbox.replicate.world import World, open_world
from sandbox.stand_in.loopback import LoopbackOnly
from sandbox.stand_in.vendor_control import vendor_control_routes

_EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(settings: Settings, state_dir: Path) -> Starlette:
    """Build the server; its state is read from `state_dir` and kept there."""
    world = open_world(settings, state_dir)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for job in list(world.jobs.unfinished()):
            world.runner.begin(job)
        yield
        await world.runner.close()
        await world.webhooks.close()
        await world.journal.close()
        world.ledger.close()

    app = Starlette(
        routes=[*_api_routes(world), *_open_routes(world)], middleware=[Middleware(LoopbackOnly)], lifespan=lifespan
    )
    app.state.world = world
    return app


def _api_routes(world: World) -> list[Route]:
    api, jobs, models, files = Api(world), JobRoutes(world), ModelRoutes(world), FileRoutes(world)
    model = "/v1/models/{owner}/{name}"
    doors: list[tuple[str, str, str, Endpoint]] = [
        ("POST", "/v1/predictions", "predictions.create", jobs.create_prediction),
        ("GET", "/v1/predictions", "predictions.list", jobs.list),
        ("GET", "/v1/predictions/{id}", "predictions.get", jobs.read),
        ("POST", "/v1/predictions/{id}/cancel", "predictions.cancel", jobs.cancel),
        ("POST", f"{model}/predictions", "predictions.create", jobs.create_by_name),
        ("POST", f"{model}/versions/{{version}}/trainings", "trainings.create", jobs.create_training),
        ("GET", "/v1/trainings", "trainings.list", jobs.list),
        ("GET", "/v1/trainings/{id}", "trainings.get", jobs.read),
        ("POST", "/v1/trainings/{id}/cancel", "trainings.cancel", jobs.cancel),
        ("POST", "/v1/models", "models.create", models.create),
        ("GET", model, "models.get", models.read),
        ("GET", f"{model}/versions", "models.versions", models.versions),
        ("GET", f"{model}/versions/{{version}}", "models.version", models.version),
        ("DELETE", f"{model}/versions/{{version}}", "models.delete", models.delete_version),
        ("POST", "/v1/files", "files.upload", files.create),
        ("GET", "/v1/files", "files.list", files.list),
        ("GET", "/v1/files/{id}", "files.get", files.read),
        ("DELETE", "/v1/files/{id}", "files.delete", files.remove),
        ("GET", "/v1/account", "account.get", models.account),
        ("GET", "/v1/webhooks/default/secret", "webhooks.secret", models.webhook_secret),
    ]
    routes = [Route(path, api.door(name, endpoint), methods=[method]) for method, path, name, endpoint in doors]
    return [*routes, Route("/v1/{rest:path}", api.door("nothing.here", api.nothing), methods=_EVERY_METHOD)]


def _open_routes(world: World) -> list[Route]:
    host, control = HostRoutes(world), ControlRoutes(world)
    return [
        Route("/files/{name}", host.read, methods=["GET"]),
        *vendor_control_routes(control),
        Route("/sim/webhooks", control.webhooks, methods=["GET"]),
    ]
