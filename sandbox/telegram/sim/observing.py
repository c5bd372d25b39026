"""Watching the bot's calls, and making the next ones fail."""

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.faults import Fault
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import NewFault, read_body
from sandbox.telegram.world import World

_PENDING_SHOWN = 50


class ObservingRoutes:
    """`/sim/calls` and `/sim/faults`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def calls(self, request: Request) -> Response:
        """GET /sim/calls: the last calls, oldest first; `method`, `after` (a call's id) and `last` narrow them.

        `pending_updates` are the first of those that the bot has not taken yet, `pending_update_count` counts all.
        """
        try:
            after = int(request.query_params.get("after", 0))
            last = int(request.query_params.get("last", 0))
        except ValueError as error:
            raise bad_request("after must be a call's id, last a number") from error
        seen = self._world.calls.since(after, request.query_params.get("method"))
        return answer(
            {
                "calls": [call.view() for call in seen[-last:]],
                "pending_updates": list(islice(self._world.updates.pending(), _PENDING_SHOWN)),
                "pending_update_count": self._world.updates.pending_count,
            }
        )

    async def faults(self, request: Request) -> Response:
        """POST /sim/faults: fail, slow or answer the next calls in vain, or send the last updates again."""
        wanted = await read_body(request, NewFault)
        if wanted.clear:
            self._world.faults.clear()
        if wanted.error_code is not None or wanted.delay or wanted.lost:
            self._world.faults.add(
                Fault(
                    wanted.method,
                    wanted.error_code,
                    wanted.times,
                    wanted.retry_after,
                    wanted.delay,
                    wanted.description,
                    wanted.executed,
                    wanted.lost,
                )
            )
        elif not wanted.redeliver and not wanted.clear:
            raise bad_request("say error_code, delay, lost, redeliver or clear")
        return answer({"redelivered": self._world.updates.redeliver(wanted.redeliver)}, 201)
