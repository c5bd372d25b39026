"""Around every request: its id, its log line, its measure, and headers that keep browsers careful."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1024 * 1024
"""For every route that does not take files."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_QUIET_PATHS = frozenset({"/ready", "/metrics", "/health"})
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)

_log = structlog.get_logger(__name__)

Observe = Callable[[str, str, int, float], None]
"""Takes method, route template, status and seconds."""


class RequestContext:
    """Gives a request its correlation id, logs and measures it, and adds the security headers."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        correlation_id = given.decode() if _REQUEST_ID.fullmatch(given) else uuid4().hex
        scope["correlation_id"] = correlation_id
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    *_HEADERS,
                    (b"x-request-id", correlation_id.encode()),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                seconds = time.perf_counter() - began
                route = scope.get("route")
                self._observe(scope["method"], getattr(route, "path", "unknown"), status, seconds)
                level = _log.debug if scope["path"] in _QUIET_PATHS else _log.info
                level("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


class Unexpected:
    """Answers what no handler expected with a plain 500, inside the middlewares that give it its id and headers.

    Starlette's own place for that is outside of them all.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:  # the door's edge: whatever went wrong, the caller gets a problem detail
            if scope["type"] != "http" or begun:  # nothing can be answered any more
                raise
            _log.exception("request.failed", method=scope["method"], path=scope["path"])
            await self._answer(Request(scope))(scope, receive, send)


class BodyLimit:
    """Refuses bodies beyond a limit, announced or not."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413)  # FastAPI would turn another error of reading into a 400
            return message

        await self._app(scope, receive_counted, send)
