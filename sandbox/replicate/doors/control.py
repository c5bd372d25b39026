"""What tests see and change: `/sim`."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.replicate.faults import Fault
from sandbox.replicate.problems import Problem
from sandbox.replicate.settings import SettingsChange
from sandbox.replicate.wire import answer
from sandbox.replicate.world import World

AnyBody = TypeVar("AnyBody", bound=BaseModel)


class ControlRoutes:
    """`/sim`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def ledger(self, request: Request) -> Response:
        """GET /sim/ledger: every job ever created, and what was billed for it."""
        return answer(self._world.ledger.view())

    async def requests(self, request: Request) -> Response:
        """GET /sim/requests: what was asked of `/v1`."""
        return answer({"requests": self._world.requests.calls()})

    async def downloads(self, request: Request) -> Response:
        """GET /sim/files/requests: what was asked of the file host."""
        return answer({"requests": self._world.requests.downloads()})

    async def webhooks(self, request: Request) -> Response:
        """GET /sim/webhooks: what was posted, and what was kept back."""
        return answer({"deliveries": self._world.webhooks.deliveries()})

    async def settings(self, request: Request) -> Response:
        """GET /sim/settings."""
        return answer(self._world.settings.view())

    async def change_settings(self, request: Request) -> Response:
        """POST /sim/settings: change what is named."""
        wanted = await _read(request, SettingsChange)
        if isinstance(wanted, Response):
            return wanted
        self._world.settings.change(wanted)
        self._world.clock.advance(wanted.clock_advance)
        return answer(self._world.settings.view())

    async def faults(self, request: Request) -> Response:
        """GET /sim/faults: what waits, and how often each kind has struck."""
        return answer(self._world.faults.view())

    async def add_fault(self, request: Request) -> Response:
        """POST /sim/faults: let one wait."""
        fault = await _read(request, Fault)
        if isinstance(fault, Response):
            return fault
        self._world.faults.add(fault)
        return answer(self._world.faults.view(), 201)

    async def clear_faults(self, request: Request) -> Response:
        """DELETE /sim/faults: drop what waits, and forget what has struck."""
        self._world.faults.clear()
        return answer(self._world.faults.view())


async def _read(request: Request, kind: type[AnyBody]) -> AnyBody | Response:
    try:
        return kind.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        reasons = [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()]
        return answer(Problem(400, "; ".join(reasons), "Bad request").body(), 400)
