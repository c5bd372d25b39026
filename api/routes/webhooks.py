"""Calls from outside services."""

import secrets
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, HTTPException, Request, Response

from api.dependencies import House
from api.schemas.house import Problem

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

_UPDATE = {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}},
    **{status: {"model": Problem} for status in (403, 404, 422, 503)},
}


@router.post("/telegram", response_class=Response, responses=_ANSWERS, openapi_extra={"requestBody": _UPDATE})
async def telegram(
    request: Request, house: House, x_telegram_bot_api_secret_token: Annotated[str, Header()] = ""
) -> Response:
    """An update from Telegram: 200 once it is handled, 503 where it should be sent again."""
    if house.feed_update is None:
        raise HTTPException(404)
    expected = house.settings.telegram_webhook_secret
    if not secrets.compare_digest(x_telegram_bot_api_secret_token.encode(), expected.encode()):
        raise HTTPException(403, "wrong secret token")
    try:
        update = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise HTTPException(422, "the body is no JSON") from error
    if not isinstance(update, dict):
        raise HTTPException(422, "an update is a JSON object")
    await house.feed_update(update)
    return Response(b"{}", media_type="application/json")
