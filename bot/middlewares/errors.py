"""What goes wrong is told to the person once, in a sentence; only what nobody expected is logged as an error."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import CallbackQuery, Message, TelegramObject
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.error_text import error_text
from bot.middlewares.answers import Answer
from bot.texts import Texts, Translate
from db.pool import UNAVAILABLE
from services.accounts import Accounts
from services.errors import ProductError

ERROR_ID_LENGTH = 8
"""Characters of the correlation id that a person can read out to support."""

_WORTH_TRYING_AGAIN: tuple[type[Exception], ...] = (
    *UNAVAILABLE,
    RedisConnectionError,
    RedisTimeoutError,
    TelegramNetworkError,
    TelegramServerError,
    TelegramRetryAfter,
)
"""What says nothing about the update itself."""

_log = structlog.get_logger(__name__)


class Errors(BaseMiddleware):
    """Turns exceptions into sentences.

    Raises on what is worth trying again: database, Redis or Telegram being away. The update was not handled then.
    """

    def __init__(self, accounts: Accounts, texts: Texts) -> None:
        self._accounts = accounts
        self._texts = texts

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle the event; a press or a message that ends in an error is told so."""
        if not isinstance(event, Message | CallbackQuery):
            return await handler(event, data)
        try:
            return await handler(event, data)
        except ProductError as error:
            await self._tell(event, data, error_text(self._language(event, data), error))
        except TelegramEntityTooLarge:  # a network error to aiogram, and yet the same at every try
            await self._tell_unexpected(event, data)
        except _WORTH_TRYING_AGAIN:
            raise
        except TelegramForbiddenError:
            if event.from_user is not None:
                await self._accounts.set_blocked_bot(event.from_user.id, True)
        except Exception:  # noqa: BLE001 - the door's edge: one person's mishap must not end the bot for everybody
            await self._tell_unexpected(event, data)
        return None

    async def _tell_unexpected(self, event: Message | CallbackQuery, data: dict[str, Any]) -> None:
        """Log the exception in hand, and tell the person where to find it."""
        error_id = str(data["correlation_id"])[:ERROR_ID_LENGTH]
        _log.exception("update.failed", error_id=error_id)
        await self._tell(event, data, self._language(event, data).plain("error-unexpected", error_id=error_id))

    async def _tell(self, event: Message | CallbackQuery, data: dict[str, Any], text: str) -> None:
        bot: Bot = data["bot"]
        answer: Answer | None = data.get("answer")
        try:
            if answer is not None:
                await answer(text, alert=True)
            elif event.from_user is not None:
                await bot.send_message(event.from_user.id, text, parse_mode=None)
        except TelegramForbiddenError:
            if event.from_user is not None:
                await self._accounts.set_blocked_bot(event.from_user.id, True)
        except TelegramAPIError as error:
            _log.warning("telegram.unreachable", error=str(error))

    def _language(self, event: Message | CallbackQuery, data: dict[str, Any]) -> Translate:
        known: Translate | None = data.get("t")
        if known is not None:
            return known
        code = event.from_user.language_code if event.from_user else None
        return self._texts.bound(self._accounts.locale_of(code))
