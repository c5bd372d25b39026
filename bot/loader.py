"""Builds the bot on its house: its client, its dispatcher, and what hears Telegram's webhook for the API."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Update
from pydantic import ValidationError

from bot.dialogs import Dialogs
from bot.dispatcher import build_dispatcher
from bot.features.packs.parcels import Parcels
from bot.house import House, open_house
from bot.limiter import LimitedSending, Limiter
from bot.polling import PASSING
from bot.session import JsonSession
from bot.training_cards import TrainingCards
from config.settings import Settings

NOT_NOW: tuple[type[Exception], ...] = (*PASSING, TelegramRetryAfter)
"""What says nothing about the update itself: Telegram is asked to send it again."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_webhook_bot(settings: Settings) -> AsyncIterator[Callable[[dict[str, Any]], Awaitable[None]]]:
    """The bot as the webhook route needs it: a function that handles one raw update before it returns.

    It raises ConnectionError where something was away and Telegram should send the update again.
    """
    async with open_house(settings) as house:
        bot = build_bot(house)
        bot.session.middleware(
            LimitedSending(Limiter(house.redis, settings.namespace, settings.telegram_messages_per_second))
        )
        dispatcher = build_dispatcher(house)

        async def feed(raw: dict[str, Any]) -> None:
            try:
                update = Update.model_validate(raw, context={"bot": bot})
            except ValidationError as error:  # sent again it would be no better
                _log.error("update.unreadable", error=str(error))
                return
            try:
                await dispatcher.feed_update(bot, update)
            except NOT_NOW as error:
                raise ConnectionError(f"not handled: {error}") from error

        try:
            yield feed
        finally:
            await close_bot(bot, dispatcher)


def build_bot(house: House) -> Bot:
    """The client of the Bot API, speaking HTML."""
    server = TelegramAPIServer.from_base(house.settings.telegram_base_url, is_local=False)
    return Bot(
        house.settings.telegram_token,
        session=JsonSession(server),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


def build_training_cards(bot: Bot, house: House, dispatcher: Dispatcher) -> TrainingCards:
    """Who keeps the cards of sets true: it shares dialogs and turns with the handlers."""
    dialogs = dispatcher.fsm.storage
    assert isinstance(dialogs, Dialogs)  # build_dispatcher made it
    return TrainingCards(
        *(bot, house.training_sets, house.accounts, house.texts),
        *(dialogs, dispatcher.fsm.events_isolation, time.time),
    )


async def close_bot(bot: Bot, dispatcher: Dispatcher) -> None:
    """Leave what is still being sent beside the updates, and Telegram."""
    parcels: Parcels = dispatcher["parcels"]
    await parcels.aclose()
    await bot.session.close()
