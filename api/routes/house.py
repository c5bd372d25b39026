"""About the house itself: who it is, how it is, what it measured."""

import asyncio

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from api.dependencies import House, only_from_this_machine
from api.metrics import Metrics
from api.schemas.house import About, Backend, Health, Problem, Ready
from services.backend_words import BackendHealth

router = APIRouter(tags=["house"])


@router.get("/")
async def about(request: Request) -> About:
    """Name and version."""
    return About(name=request.app.title, version=request.app.version)


@router.get("/health")
async def health(house: House) -> Health:
    """Whether the house is alive, and what of it answers. Always 200."""
    found = await house.health.ask()
    absent = BackendHealth(False, "not in use")
    return Health(
        status="healthy" if found.is_healthy else "degraded",
        database=found.database,
        redis=found.redis,
        runware_connected=found.backends.get("runware", absent).available,
        replicate_connected=found.backends.get("replicate", absent).available,
        backends={name: Backend(available=b.available, detail=b.detail) for name, b in found.backends.items()},
        queue={lane.value: state.waiting for lane, state in found.queue.lanes.items()} if found.queue else {},
        running=found.queue.running if found.queue else 0,
    )


@router.get("/ready", responses={503: {"model": Problem}})
async def ready(house: House) -> Ready:
    """200 while requests can be served, 503 while they cannot."""
    if not await house.health.is_ready():
        raise HTTPException(503, "PostgreSQL or Redis does not answer")
    return Ready()


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, 403: {"model": Problem}},
    dependencies=[Depends(only_from_this_machine)],
)
async def metrics(request: Request, house: House) -> Response:
    """Prometheus text; only for callers on this machine."""
    registry: Metrics = request.app.state.metrics
    health, books = await asyncio.gather(house.health.ask(), house.books_watch.state())
    text = await asyncio.to_thread(registry.render, health, books)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
