"""The menu message of the chat where something was said or pressed."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, TelegramObject

from bot.screen import Screen


class Screens(BaseMiddleware):
    """Gives handlers the `screen` of the person's private chat."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle the event with a screen at hand."""
        pressed = event.message if isinstance(event, CallbackQuery) else None
        data["screen"] = Screen(data["bot"], data["person"].user_id, data["state"], data["raw_state"], pressed)
        return await handler(event, data)
