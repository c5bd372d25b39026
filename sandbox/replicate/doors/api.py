"""The way into `/v1`: who asks, what is noted, and which fault strikes."""

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.replicate.doors.dropping import CutAnswer, NoAnswer, Silence
from sandbox.replicate.faults import DOOR_FAULTS, Fault
from sandbox.replicate.problems import Problem, insufficient_credit, not_found, throttled, unauthenticated
from sandbox.replicate.wire import answer
from sandbox.replicate.world import World

Endpoint = Callable[[Request], Awaitable[Response]]

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_BEFORE_ANYTHING = frozenset({"refuse", "wrong_token", "no_balance", "rate_limited", "server_error", "html_answer"})


class Api:
    """Wraps the endpoints of `/v1`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def door(self, name: str, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint behind the token and the faults; `name` is as in `predictions.create`."""
        resource, _, action = name.partition(".")
        places = {name, resource, action}

        async def guarded(request: Request) -> Response:
            world = self._world
            call = world.requests.note(request, await request.body())
            fault = world.faults.strike(DOOR_FAULTS, places)
            call["fault"] = fault.kind if fault is not None else None
            given = await self._answered(request, endpoint, fault)
            if not isinstance(given, NoAnswer | Silence):
                call["status"] = given.status_code
            return given

        return guarded

    async def nothing(self, request: Request) -> Response:
        """Answer what no door is at."""
        raise not_found()

    async def _answered(self, request: Request, endpoint: Endpoint, fault: Fault | None) -> Response:
        if fault is not None and fault.kind in _BEFORE_ANYTHING:
            return _refused(fault)
        if fault is not None and fault.kind == "slow":
            await self._world.faults.hold_up(fault.seconds)
        given = await self._carried_out(request, endpoint)
        match fault.kind if fault is not None else None:
            case "lose_answer":
                return NoAnswer()
            case "hang":
                return Silence(self._world.faults)
            case "cut_body":
                return CutAnswer(given)
            case _:
                return given

    async def _carried_out(self, request: Request, endpoint: Endpoint) -> Response:
        try:
            self._check_token(request)
            return await endpoint(request)
        except Problem as problem:
            return _problem_answer(problem)

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        is_right = secrets.compare_digest(token.encode(), self._world.settings.api_token.encode())
        if scheme.lower() not in ("bearer", "token") or not is_right:
            raise unauthenticated()


def _refused(fault: Fault) -> Response:
    match fault.kind:
        case "refuse":
            return NoAnswer()
        case "wrong_token":
            return _problem_answer(unauthenticated())
        case "no_balance":
            return _problem_answer(insufficient_credit())
        case "rate_limited":
            return _problem_answer(throttled(fault.retry_after))
        case "html_answer":
            return HTMLResponse(_HTML, 502)
        case _:
            return _problem_answer(Problem(fault.status, fault.error or "Internal server error", "Server error"))


def _problem_answer(problem: Problem) -> Response:
    return answer(problem.body(), problem.status, problem.headers)
