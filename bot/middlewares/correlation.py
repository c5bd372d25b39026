"""One id from the update to the album: in every log line, in the task, in the code that a person is told."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject


class Correlation(BaseMiddleware):
    """Gives handlers a `correlation_id` and log lines the same: the one bound at the update's receipt, or a new one."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle the update under its id."""
        bound: str | None = structlog.contextvars.get_contextvars().get("correlation_id")
        if bound is not None:
            data["correlation_id"] = bound
            return await handler(event, data)
        correlation_id = uuid4().hex
        data["correlation_id"] = correlation_id
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            return await handler(event, data)
