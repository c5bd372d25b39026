"""The door for bots: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import secrets
import time

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox.telegram.call import read_parameters
from sandbox.telegram.methods.registry import HANDLERS
from sandbox.telegram.refusals import Refusal, logged_out, not_found, not_implemented, unauthorized
from sandbox.telegram.wire import Described, JsonObject
from sandbox.telegram.world import World

# What a bot may not put into its answer to a webhook (telegram-bot-api's WebhookActor).
_NOT_IN_WEBHOOK = frozenset({"deletewebhook", "setwebhook", "close", "logout"})


class BotApi:
    """Carries out Bot API calls on a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def method(self, request: Request) -> Response:
        """Answer a call."""
        if not self._knows(request.path_params["token"]):
            return _answer(unauthorized().body())
        body = await request.body() if request.method == "POST" else b""
        content_type = request.headers.get("content-type", "")
        try:
            parameters = await read_parameters(request.scope["query_string"], content_type, body)
        except Refusal as refusal:
            return _answer(refusal.body())
        return _answer(await self.call(request.path_params["method"], parameters))

    async def download(self, request: Request) -> Response:
        """Serve a file by the path that getFile told in the last hour."""
        if not self._knows(request.path_params["token"]):
            return _answer(unauthorized().body())
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

    async def call(self, spelled: str, parameters: JsonObject) -> JsonObject:
        """Carry out one call and return its answer, a refusal included; every call is noted."""
        world = self._world
        started, clock = world.clock(), time.perf_counter()
        name = spelled
        try:
            name = world.contract.method_name(spelled)
            answer = await self._carry_out(name, parameters)
        except Refusal as refusal:
            answer = refusal.body()
        world.calls.note(name, parameters, answer, started, time.perf_counter() - clock)
        return answer

    async def _carry_out(self, name: str, parameters: JsonObject) -> JsonObject:
        world = self._world
        if world.profile.is_logged_out:
            raise logged_out()
        fault = world.faults.strike(name)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
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
        if isinstance(result, Described):
            return {"ok": True, "result": result.result, "description": result.description}
        return {"ok": True, "result": result}

    def _knows(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._world.token.encode())


def _answer(body: JsonObject) -> Response:
    status = 200 if body["ok"] else int(body["error_code"])
    headers = None
    if retry_after := body.get("parameters", {}).get("retry_after"):
        headers = {"Retry-After": str(retry_after)}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
