"""Every press is answered exactly once, and soon: until then Telegram shows a spinner on the button."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import CallbackQuery, TelegramObject

PATIENCE_SECONDS = 1.5
"""How long a handler may think about its answer before the spinner is stopped without one."""

_log = structlog.get_logger(__name__)


class Answer:
    """Answers one press. What comes too late to be an answer becomes a message."""

    def __init__(self, bot: Bot, query: CallbackQuery) -> None:
        self._bot = bot
        self._query = query
        self.given = False

    async def __call__(self, text: str | None = None, *, alert: bool = False) -> None:
        """Say a plain text (200 characters), in a passing note or in an alert to be closed, or nothing."""
        if not await self._give(text, alert=alert) and text:
            await self._bot.send_message(self._query.from_user.id, text, parse_mode=None)

    async def remark(self, text: str) -> None:
        """Say a plain text in a passing note that nobody misses where it comes too late."""
        await self._give(text, alert=False)

    async def _give(self, text: str | None, *, alert: bool) -> bool:
        if self.given:
            return False
        self.given = True
        try:
            await self._bot.answer_callback_query(self._query.id, text=text, show_alert=alert or None)
        except TelegramBadRequest as error:  # the press is too old, after a restart for instance
            _log.info("callback.too_late", error=error.message)
            return False
        return True


class Answers(BaseMiddleware):
    """Gives handlers an `answer`, and answers for those that say nothing."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle the press. One that is to be tried again, because the database is away, stays unanswered."""
        if not isinstance(event, CallbackQuery):
            return await handler(event, data)
        answer = Answer(data["bot"], event)
        data["answer"] = answer
        handling = asyncio.ensure_future(handler(event, data))
        try:
            await asyncio.wait({handling}, timeout=self._patience_seconds)
            if not handling.done():
                await _answer_silently(answer)
            result = await handling
        finally:
            handling.cancel()  # does nothing to one that is done; a cancelled update takes its handler along
        await _answer_silently(answer)
        return result


async def _answer_silently(answer: Answer) -> None:
    if answer.given:
        return
    try:
        await answer()
    except TelegramAPIError as error:
        _log.warning("callback.unanswered", error=str(error))
