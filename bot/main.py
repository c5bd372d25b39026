"""The bot process: `python -m bot.main`. Polls for updates (or leaves them to the webhook) and runs the outbox."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog
import uvloop
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramRetryAfter, TelegramUnauthorizedError
from redis.exceptions import RedisError

from bot.admin_commands import AdminCommands
from bot.admin_news import AdminNewsTeller
from bot.commands import set_commands
from bot.delivery import Deliverer
from bot.dispatcher import build_dispatcher
from bot.house import House, open_house
from bot.limiter import LimitedSending, Limiter
from bot.live_progress import LiveProgress
from bot.loader import build_bot, build_training_cards, close_bot
from bot.outbox import Outbox
from bot.polling import NO_UPDATES, Polling, WrongToken
from bot.progress_turns import ProgressTurns
from bot.refund_sender import RefundSender
from bot.rung import AWAY
from bot.star_watch import StarWatch
from config import telemetry
from config.collector import spare_what_is_loaded
from config.logging import configure_logging
from config.settings import Settings, settings_or_exit
from db.sole_turn import SoleTurn, TurnLost
from services.admin_news import AdminNews
from services.money.star_comparison import StarComparison
from services.reports import Reports

STOP_PATIENCE = 2.5
"""Seconds for what is in hand at a stop; with what follows it makes less than five."""
READY_SECONDS = 10
READY_INTERVAL = 3.0
LONGEST_PAUSE = 15.0
"""Seconds between tries to reach Telegram at the start."""

_log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> None:
    """Be the bot until SIGTERM or SIGINT. Raises WrongToken, in a group with what it took along."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_house(settings) as house, _sole_turn(settings, stop) as turn:
        if turn is None:
            return
        await house.redis.ping()
        bot = build_bot(house)
        bot.session.middleware(
            LimitedSending(Limiter(house.redis, settings.namespace, settings.telegram_messages_per_second))
        )
        dispatcher = build_dispatcher(house)
        turns = ProgressTurns()
        outbox = Outbox(
            house.notifications,
            Deliverer(bot, house.notifications, house.storage, house.texts, turns),
            house.redis,
            house.doorbell.outbox_channel,
        )
        progress = LiveProgress(bot, house.notifications, house.tasks, house.texts, turns, time.monotonic)
        refund_sender = RefundSender(house.refunds, bot, house.redis, house.doorbell.outbox_channel)
        stars = StarWatch(bot, StarComparison(house.db, house.payments, house.accounts, house.refunds.honour))
        admin_news = AdminNewsTeller(
            *(bot, AdminNews(house.db, settings.admin_ids), Reports(house.db), house.accounts, house.texts),
            time.monotonic,
        )
        commands_of_admins = AdminCommands(
            *(bot, AdminNews(house.db, settings.admin_ids), house.accounts, house.texts),
            *(house.redis, settings.namespace, time.monotonic),
        )
        cards = build_training_cards(bot, house, dispatcher)
        spare_what_is_loaded()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(outbox.run(stop, STOP_PATIENCE))
                services = [
                    group.create_task(turn.keep()),
                    group.create_task(progress.keep_showing()),
                    group.create_task(refund_sender.keep_sending()),
                    group.create_task(cards.keep_showing(house.redis, house.doorbell.cards_channel)),
                    group.create_task(stars.keep_comparing()),
                    group.create_task(admin_news.keep_telling()),
                    # A courtesy: a Telegram that refuses it must not keep anybody waiting.
                    group.create_task(_until_done(lambda: set_commands(bot, house.texts), stop)),
                    group.create_task(commands_of_admins.keep_setting()),
                ]
                await _receive(bot, dispatcher, house, stop, group, services)
                for service in services:
                    service.cancel()
        finally:
            await close_bot(bot, dispatcher)
    _log.info("bot.stopped")


@asynccontextmanager
async def _sole_turn(settings: Settings, stop: asyncio.Event) -> AsyncIterator[SoleTurn | None]:
    """Wait until no other process is the bot: two would confirm each other's updates. None: told to stop before."""
    turn = SoleTurn(settings.database_dsn, "bot")
    taking, stopping = asyncio.ensure_future(turn.take()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if taking.done():
            taking.result()
        yield turn if taking.done() else None
    finally:
        for waiting in (taking, stopping):
            waiting.cancel()
        await turn.give_back()


async def _receive(
    bot: Bot,
    dispatcher: Dispatcher,
    house: House,
    stop: asyncio.Event,
    group: asyncio.TaskGroup,
    services: list["asyncio.Task[None]"],
) -> None:
    """Take updates until told to stop: here by polling, or at the API by webhook."""
    settings, kinds = house.settings, dispatcher.resolve_used_update_types()
    if settings.bot_mode == "webhook":
        url, secret = settings.webhook_url, settings.telegram_webhook_secret
        await _until_done(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=kinds), stop)
        _log.info("bot.ready", mode="webhook")
        services.append(group.create_task(_keep_saying_ready(house)))
        await stop.wait()
        return
    await _until_done(lambda: bot.delete_webhook(drop_pending_updates=False), stop)
    polling = Polling(bot, lambda update: dispatcher.feed_update(bot, update), kinds)

    async def say_ready_once_polling() -> None:
        await polling.is_polling.wait()
        _log.info("bot.ready", mode="polling")
        await _keep_saying_ready(house)

    services.append(group.create_task(say_ready_once_polling()))
    await polling.run(stop, STOP_PATIENCE)


async def _until_done(ask: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Ask Telegram for something until it is done or we stop. Raises WrongToken."""
    pause = 0.5
    while not stop.is_set():
        try:
            await ask()
        except TelegramUnauthorizedError as error:
            raise WrongToken("BOT_TOKEN is not accepted by Telegram") from error
        except NO_UPDATES as error:
            _log.warning("bot.telegram_away", error=str(error), seconds=pause)
            wait = error.retry_after if isinstance(error, TelegramRetryAfter) else pause
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return


async def _keep_saying_ready(house: House) -> None:
    key = f"{house.settings.namespace}:ready:bot"
    while True:
        try:
            await house.redis.set(key, os.getpid(), ex=READY_SECONDS)
        except (RedisError, OSError) as error:
            _log.warning("bot.unheard", error=str(error))
        await asyncio.sleep(READY_INTERVAL)


def main() -> int:
    """Start the bot with the settings of this folder; 2 where starting again would not help."""
    settings = settings_or_exit()
    configure_logging(settings, "bot")
    telemetry.serve_alone_or_exit(settings)
    complaint, status = "", 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(serve(settings))
        except* WrongToken as wrong:
            complaint, status = str(wrong.exceptions[0]), 2
        except* TurnLost as lost:  # started again it stands by
            complaint, status = str(lost.exceptions[0]), 1
        except* AWAY as away:  # at the start alone; later everything waits by itself
            complaint, status = f"PostgreSQL or Redis does not answer: {away.exceptions[0]}", 1
    if complaint:
        sys.stderr.write(f"{complaint}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
