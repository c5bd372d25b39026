"""The application: `uvicorn api.app:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.description import DescribedApi
from api.errors import add_error_handlers, unexpected
from api.lifecycle import open_resources
from api.metrics import Metrics
from api.middlewares import BodyLimit, RequestContext, Unexpected
from api.routes import files, house, webhooks
from config import VERSION
from config.error_reports import flush_reports
from config.logging import configure_logging
from config.settings import Settings, settings_or_exit


def create_app(settings: Settings) -> FastAPI:
    """Build the application; its connections are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(settings) as resources:
            app.state.resources = resources
            yield
        flush_reports()

    app = DescribedApi(
        title="Dream Photo",
        version=VERSION,
        description="Photos of a person, from a handful of selfies.",
        lifespan=lifespan,
    )
    app.state.metrics = Metrics()
    app.include_router(house.router)
    app.include_router(webhooks.router)
    app.include_router(files.router)
    add_error_handlers(app)

    # From the innermost outwards.
    app.add_middleware(Unexpected, answer=unexpected)
    app.add_middleware(BodyLimit)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-ID"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    app.add_middleware(RequestContext, observe=app.state.metrics.observe_request)
    return app


def __getattr__(name: str) -> Any:
    """Build `app` when somebody asks for it: importing this module reads no settings."""
    if name == "app":
        settings = settings_or_exit()
        configure_logging(settings, "api")  # before uvicorn's first line
        return create_app(settings)
    raise AttributeError(name)
