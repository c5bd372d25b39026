"""Calls from outside services."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, HTTPException

from api.dependencies import House
from api.schemas.house import Problem

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("/telegram", responses={403: {"model": Problem}, 404: {"model": Problem}, 503: {"model": Problem}})
async def telegram(
    house: House,
    update: Annotated[dict[str, Any], Body()],
    x_telegram_bot_api_secret_token: Annotated[str, Header()] = "",
) -> dict[str, bool]:
    """An update from Telegram: 200 once it is handled, 503 where it should be sent again."""
    if house.feed_update is None:
        raise HTTPException(404)
    expected = house.settings.telegram_webhook_secret
    if not secrets.compare_digest(x_telegram_bot_api_secret_token.encode(), expected.encode()):
        raise HTTPException(403, "wrong secret token")
    await house.feed_update(update)
    return {"ok": True}
