"""The menu message of the chat where something was said or pressed."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, TelegramObject

from bot.access import open_buttons
from bot.screen import Screen
from repository.users import User


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
        person: User = data["person"]
        data["screen"] = Screen(
            *(data["bot"], person.user_id, data["state"], data["raw_state"], pressed),
            of_use=open_buttons if person.banned_at is not None else None,
        )
        return await handler(event, data)
