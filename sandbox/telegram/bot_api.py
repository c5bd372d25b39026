"""The door for bots: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import secrets
import time
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.telegram.call import read_parameters
from sandbox.telegram.methods.registry import HANDLERS
from sandbox.telegram.refusals import (
    Refusal,
    invalid_token,
    logged_out,
    not_found,
    not_implemented,
    unallowed_token,
    unauthorized,
)
from sandbox.telegram.wire import Described, JsonObject
from sandbox.telegram.world import World

# What a bot may not put into its answer to a webhook (telegram-bot-api's WebhookActor).
_TOKEN_LIMIT = 80
_NOT_IN_WEBHOOK = frozenset({"deletewebhook", "setwebhook", "close", "logout"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call's answer, and whether it never reaches the bot."""

    body: JsonObject
    is_lost: bool = False


class LostAnswer(Response):
    """An answer of which only the head arrives: the connection ends before its body does."""

    def __init__(self, body: JsonObject) -> None:
        super().__init__(orjson.dumps(body), media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head; the HTTP server closes the connection of an answer that stays incomplete."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})


class BotApi:
    """Carries out Bot API calls on a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def method(self, request: Request) -> Response:
        """Answer a call."""
        if refusal := self._stranger(request.path_params["token"]):
            return _answer(refusal.body())
        body = await request.body()
        content_type = request.headers.get("content-type", "")
        try:
            parameters = await read_parameters(request.scope["query_string"], content_type, body)
        except Refusal as refusal:
            self._world.calls.note(request.path_params["method"], {}, refusal.body(), self._world.clock(), 0.0)
            return _answer(refusal.body())
        outcome = await self.call(request.path_params["method"], parameters)
        return LostAnswer(outcome.body) if outcome.is_lost else _answer(outcome.body)

    async def nothing(self, request: Request) -> Response:
        """Answer what looks like a call and names no method."""
        return _answer(not_found().body())

    async def download(self, request: Request) -> Response:
        """Serve a file by the path that getFile told in the last hour."""
        if refusal := self._stranger(request.path_params["token"]):
            return _answer(refusal.body())
        file = self._world.files.linked(request.path_params["path"])
        if file is None:
            return _answer(not_found().body())
        return FileResponse(self._world.files.location(file), media_type="application/octet-stream")

    async def webhook_answer(self, content_type: str, body: bytes) -> None:
        """Carry out the call that a bot put into its answer to a webhook, if it did."""
        try:
            parameters = await read_parameters(b"", content_type, body)
        except Refusal:
            return
        method = parameters.pop("method", None)
        if isinstance(method, str) and method.lower() not in _NOT_IN_WEBHOOK and not method.lower().startswith("get"):
            await self.call(method, parameters)

    async def call(self, spelled: str, parameters: JsonObject) -> Outcome:
        """Carry out one call and return its answer, a refusal included; every call is noted."""
        world = self._world
        started, clock = world.clock(), time.perf_counter()
        name = spelled
        try:
            name = world.contract.method_name(spelled)
            outcome = await self._carry_out(name, parameters)
        except Refusal as refusal:
            outcome = Outcome(refusal.body())
        world.calls.note(name, parameters, outcome.body, started, time.perf_counter() - clock)
        return outcome

    async def _carry_out(self, name: str, parameters: JsonObject) -> Outcome:
        world = self._world
        if world.profile.is_logged_out:
            raise logged_out()
        fault = world.faults.strike(name)
        if fault is not None:
            await world.faults.hold_up(fault)
        refusal = fault.refusal() if fault is not None else None
        if refusal is not None and fault is not None and not fault.executed:
            raise refusal
        handler = HANDLERS.get(name)
        if handler is None:
            raise not_implemented(name)
        checked = world.contract.check(name, parameters)
        world.flood.check(name, checked)
        result = await handler(world, checked)
        if refusal is not None:
            raise refusal
        is_lost = fault is not None and fault.lost
        if isinstance(result, Described):
            return Outcome({"ok": True, "result": result.result, "description": result.description}, is_lost)
        return Outcome({"ok": True, "result": result}, is_lost)

    def _stranger(self, token: str) -> Refusal | None:
        """Return the refusal of a token that is not the bot's; None for the bot's own."""
        if secrets.compare_digest(token.encode(), self._world.token.encode()):
            return None
        bot_id, colon, _ = token.partition(":")
        if not colon or token.startswith("0") or len(token) > _TOKEN_LIMIT:
            return invalid_token()
        return unauthorized() if bot_id.isdecimal() else unallowed_token()


def _answer(body: JsonObject) -> Response:
    status = 200 if body["ok"] else int(body["error_code"])
    headers = None
    if retry_after := body.get("parameters", {}).get("retry_after"):
        headers = {"Retry-After": str(retry_after)}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
