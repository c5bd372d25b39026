"""Calls from outside services."""

import secrets
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute
from redis.exceptions import RedisError
from starlette.types import Receive, Scope, Send

from api.lifecycle import Resources
from api.schemas.house import Problem
from services.vendor_hints import is_from_replicate, is_signed


class PlainRoute(APIRoute):
    """A route whose endpoint is given the request and nothing else.

    Everything that people write and press comes through Telegram's webhook; what FastAPI prepares for an endpoint
    (parameters, dependencies, a model of the answer) took a tenth of its time, and it uses none of it.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in (self.methods or ()):
            raise HTTPException(405, headers={"Allow": ", ".join(self.methods or ())})
        answer: Response = await self.endpoint(Request(scope, receive))
        await answer(scope, receive, send)


router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=PlainRoute)

MAX_HINT_BYTES = 1024 * 1024
"""A vendor's webhook; what it says is not read."""

_UPDATE: dict[str, Any] = {
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True},
    "parameters": [
        {
            "name": "X-Telegram-Bot-Api-Secret-Token",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
        }
    ],
}
_HINT: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "required": True, "schema": {"type": "string"}} for name in ("call", "token")
    ],
}


def _answers(*problems: int) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {}}, **{status: {"model": Problem} for status in problems}}


@router.post("/telegram", response_class=Response, responses=_answers(403, 404, 422, 503), openapi_extra=_UPDATE)
async def telegram(request: Request) -> Response:
    """An update from Telegram: 200 once it is handled, 503 where it should be sent again."""
    house: Resources = request.app.state.resources
    if house.feed_update is None:
        raise HTTPException(404)
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not secrets.compare_digest(given.encode(), house.settings.telegram_webhook_secret.encode()):
        raise HTTPException(403, "wrong secret token")
    try:
        update = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise HTTPException(422, "the body is no JSON") from error
    if not isinstance(update, dict):
        raise HTTPException(422, "an update is a JSON object")
    await house.feed_update(update)
    return Response()  # without a body: uvicorn sends head and body each by itself


@router.post("/runware", response_class=Response, responses=_answers(403, 413, 503), openapi_extra=_HINT)
async def runware(request: Request) -> Response:
    """A hint from Runware that a call has news; the address we gave it is signed, its body is not believed."""
    house: Resources = request.app.state.resources
    call_id = _signed_call(request, house)
    await _hint_body(request)
    return await _ring(house, call_id)


@router.post("/replicate", response_class=Response, responses=_answers(403, 409, 413, 503), openapi_extra=_HINT)
async def replicate(request: Request) -> Response:
    """A hint from Replicate that a call has news: signed by the vendor, new, and to an address that we signed."""
    house: Resources = request.app.state.resources
    call_id = _signed_call(request, house)
    body = await _hint_body(request)
    secret = house.settings.replicate_signing_secret
    if not secret or not is_from_replicate(request.headers, body.decode("utf-8", "replace"), secret):
        raise HTTPException(403, "wrong signature, or too old")
    try:
        is_new = await house.vendor_hints.is_new(request.headers["webhook-id"])
    except RedisError as error:
        raise HTTPException(503, "Redis does not answer") from error
    if not is_new:
        raise HTTPException(409, "this webhook came before")
    return await _ring(house, call_id)


def _signed_call(request: Request, house: Resources) -> UUID:
    """The call that the address names, where the address is one of ours."""
    try:
        call_id = UUID(request.query_params.get("call", ""))
    except ValueError as error:
        raise HTTPException(403, "not an address that was given out") from error
    secret = house.settings.jwt_secret
    if not secret or not is_signed(secret, call_id, request.query_params.get("token", "")):
        raise HTTPException(403, "not an address that was given out")
    return call_id


async def _hint_body(request: Request) -> bytes:
    """The body under its limit: what is longer is refused while it comes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_HINT_BYTES:
            raise HTTPException(413, "a webhook is smaller")
    return bytes(body)


async def _ring(house: Resources, call_id: UUID) -> Response:
    try:
        await house.vendor_hints.ring(call_id)
    except RedisError as error:
        raise HTTPException(503, "Redis does not answer") from error
    return Response()
