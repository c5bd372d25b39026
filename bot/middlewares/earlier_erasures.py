"""A press that erased somebody, handled again: the receipt is told once more, and nobody is registered anew for it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatAction
from aiogram.types import CallbackQuery, TelegramObject

from bot.chat_actions import keep_showing
from bot.features.erasure.keyboards import Erase
from bot.features.erasure.receipt import tell_receipt
from bot.texts import Texts
from services.erasures import Erasures
from services.errors import ErasureNotFound


class EarlierErasures(BaseMiddleware):
    """Stands before People, which would take whoever was erased for somebody new.

    Presses come twice: by a second finger, by Telegram after a crash, by us where Telegram was away for the receipt.
    """

    def __init__(self, erasures: Erasures, texts: Texts) -> None:
        self._erasures = erasures
        self._texts = texts

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Go on with what the press began, or handle it where it began nothing yet."""
        press = _erasing_press(event)
        if press is None or not isinstance(event, CallbackQuery):
            return await handler(event, data)
        bot = data["bot"]
        try:
            async with keep_showing(bot, event.from_user.id, ChatAction.TYPING):
                receipt = await self._erasures.resume(press.reference)
        except ErasureNotFound:
            return await handler(event, data)
        await tell_receipt(bot, event, self._texts.bound(press.locale), press, receipt)
        return None


def _erasing_press(event: TelegramObject) -> Erase | None:
    if not isinstance(event, CallbackQuery) or not (event.data or "").startswith(f"{Erase.__prefix__}:"):
        return None
    try:
        return Erase.unpack(event.data or "")
    except (TypeError, ValueError):  # made up by somebody: the fallback answers
        return None
