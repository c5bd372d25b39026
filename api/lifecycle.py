"""What the API holds while it runs, opened at its start and closed at its end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from config.collector import spare_what_is_loaded
from config.settings import Settings
from db.pool import Database
from services.health import HealthCheck
from services.models.weights_files import WeightsFiles
from services.money.books_watch import BooksWatch
from services.storage import Storage
from services.vendor_hints import VendorHints

FeedUpdate = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that routes need, built once."""

    settings: Settings
    health: HealthCheck
    books_watch: BooksWatch
    vendor_hints: VendorHints
    weights_files: WeightsFiles
    feed_update: FeedUpdate | None
    """Hands a Telegram update to the bot; None while the bot polls by itself."""


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Connect; servers that are away now may come later."""
    async with AsyncExitStack() as closing:
        db = await closing.enter_async_context(
            await Database.connect(settings.database_dsn, failpoints=settings.failpoints)
        )
        redis = Redis.from_url(settings.redis_dsn)
        closing.push_async_callback(redis.aclose)
        books_watch = BooksWatch(db)
        closing.push_async_callback(books_watch.aclose)
        feed_update = await closing.enter_async_context(_bot(settings)) if settings.bot_mode == "webhook" else None
        spare_what_is_loaded()
        yield Resources(
            settings,
            HealthCheck(db, redis, settings.namespace),
            books_watch,
            VendorHints(redis, settings.namespace),
            WeightsFiles(db, Storage.open(settings.storage_base, settings.s3)),
            feed_update,
        )


@asynccontextmanager
async def _bot(settings: Settings) -> AsyncIterator[FeedUpdate]:
    """The bot inside this process. Only a webhook needs it: aiogram takes more memory than all the rest here."""
    from bot.loader import open_webhook_bot

    async with open_webhook_bot(settings) as feed_update:
        yield feed_update
