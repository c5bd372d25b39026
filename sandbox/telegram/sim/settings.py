"""The server's ways that a test or a person may change while it runs."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import SettingsChange, read_body
from sandbox.telegram.wire import JsonObject
from sandbox.telegram.world import World


class SettingsRoutes:
    """`/sim/settings`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        """GET /sim/settings: how the server is set."""
        return answer(self._view())

    async def change(self, request: Request) -> Response:
        """POST /sim/settings: change what is named. Only the clock's shift outlives a restart."""
        wanted = await read_body(request, SettingsChange)
        if wanted.flood_rate is not None:
            self._world.flood.rate = wanted.flood_rate
        if wanted.webhook_retry_scale is not None:
            self._world.webhook.retry_scale = wanted.webhook_retry_scale
        if wanted.clock_shift is not None:
            self._move_clock(wanted.clock_shift)
        if wanted.clock_advance is not None:
            self._move_clock(self._world.clock.shift + wanted.clock_advance)
        if wanted.logged_out is not None:
            self._world.profile.is_logged_out = wanted.logged_out
        return answer(self._view())

    def _move_clock(self, shift: float) -> None:
        if shift < self._world.clock.shift:
            # What was taken lies in the future now, and would stay taken until then.
            self._world.flood.reset()
        self._world.clock.move_to(shift)

    def _view(self) -> JsonObject:
        return {
            "flood_rate": self._world.flood.rate,
            "webhook_retry_scale": self._world.webhook.retry_scale,
            "clock_shift": self._world.clock.shift,
            "logged_out": self._world.profile.is_logged_out,
            "now": self._world.now(),
        }
