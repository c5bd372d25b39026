"""Calls from outside services."""

import secrets
from typing import Any

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from api.lifecycle import Resources
from api.schemas.house import Problem


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
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {}},
    **{status: {"model": Problem} for status in (403, 404, 422, 503)},
}


@router.post("/telegram", response_class=Response, responses=_ANSWERS, openapi_extra=_UPDATE)
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
