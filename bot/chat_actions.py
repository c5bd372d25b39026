"""«Typing…», «sending a file…»: kept up for as long as something takes. Telegram shows each for five seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError

INTERVAL = 4.0
"""Seconds."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def keep_showing(bot: Bot, chat_id: int, action: ChatAction) -> AsyncIterator[None]:
    """Show the action until the block ends. A courtesy: a Telegram that refuses it is not heard.

    aiogram's ChatActionSender ends at the first refusal, with an exception that nobody reads.
    """
    showing = asyncio.create_task(_show(bot, chat_id, action))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait({showing})


async def _show(bot: Bot, chat_id: int, action: ChatAction) -> None:
    while True:
        try:
            await bot.send_chat_action(chat_id, action)
        except TelegramAPIError as error:
            _log.info("chat_action.refused", error=str(error))
        await asyncio.sleep(INTERVAL)
