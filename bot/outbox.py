"""The outbox: delivers what people must be told, several at once, each in order, until it is told or cannot be."""

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNotFound, TelegramRetryAfter
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from bot.delivery import Deliverer, OthersTurn
from bot.polling import PASSING
from repository.notifications import Notification
from services.notifications import Notifications

AT_ONCE = 20
"""People who are served side by side."""
IDLE_LOOK = 2.0
"""Seconds between looks when nobody rings."""
MAX_DELAY = 300
"""Seconds between tries at most."""
AWAY: tuple[type[Exception], ...] = (RedisError, *PASSING)

_log = structlog.get_logger(__name__)


class Outbox:
    """Claims notifications and sees each of them to its end."""

    def __init__(self, notifications: Notifications, deliverer: Deliverer, redis: Redis, channel: str) -> None:
        self._notifications = notifications
        self._deliverer = deliverer
        self._redis = redis
        self._channel = channel
        self._in_hand: set[asyncio.Task[None]] = set()
        self._last_of_person: dict[int, asyncio.Task[None]] = {}

    async def keep_delivering(self) -> None:
        """Deliver until cancelled: at once when rung, every two seconds otherwise; what is away is waited for."""
        silent = False
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as bell:
                    await bell.subscribe(self._channel)
                    while True:
                        await self.deliver_due()
                        silent = False
                        await self._hear(bell)
            except AWAY as error:
                if not silent:
                    _log.warning("outbox.pause", error=str(error))
                silent = True
                await asyncio.sleep(IDLE_LOOK / 2)
                await self._deliver_without_redis()

    async def deliver_due(self) -> None:
        """Claim what is due and there is room for, and begin to deliver it."""
        while room := AT_ONCE - len(self._in_hand):
            claimed = await self._notifications.claim(room)
            for notification in claimed:
                self._start(notification)
            if len(claimed) < room:
                return

    async def finish(self, patience: float) -> None:
        """Give what is in hand some seconds; the rest is taken up by the next start."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=patience)
        for task in list(self._in_hand):
            task.cancel()

    async def _deliver_without_redis(self) -> None:
        try:
            await self.deliver_due()
        except PASSING as error:
            _log.debug("outbox.still_away", error=str(error))

    async def _hear(self, bell: PubSub) -> None:
        """Wait for a ring, for room where there was none, or for the idle look."""
        listening = asyncio.ensure_future(bell.get_message(timeout=IDLE_LOOK))
        waits: set[asyncio.Future[Any]] = {listening}
        if len(self._in_hand) >= AT_ONCE:
            waits |= set(self._in_hand)
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
        finally:
            listening.cancel()

    def _start(self, notification: Notification) -> None:
        before = self._last_of_person.get(notification.user_id)
        task = asyncio.create_task(self._see_through(notification, before))
        self._in_hand.add(task)
        self._last_of_person[notification.user_id] = task
        task.add_done_callback(lambda done: self._let_go(notification.user_id, done))

    def _let_go(self, user_id: int, task: "asyncio.Task[None]") -> None:
        self._in_hand.discard(task)
        if self._last_of_person.get(user_id) is task:
            del self._last_of_person[user_id]

    async def _see_through(self, notification: Notification, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._deliver(notification)
        except OthersTurn:
            _log.warning("delivery.others_turn", notification_id=notification.notification_id)
        except PASSING as error:  # the database is away: the lease runs out, and somebody delivers it then
            _log.warning("delivery.left_open", notification_id=notification.notification_id, error=str(error))

    async def _deliver(self, notification: Notification) -> None:
        delivery = await self._notifications.open(notification)
        if delivery is None or delivery.person.blocked_bot_at is not None:
            await self._notifications.undeliverable(notification, blocked=delivery is not None)
            return
        log = _log.bind(
            correlation_id=delivery.task.correlation_id,
            task_id=str(delivery.task.task_id),
            user_id=notification.user_id,
        )
        try:
            await self._deliverer.deliver(delivery)
        except TelegramForbiddenError as error:
            log.info("delivery.blocked", error=error.message)
            await self._notifications.undeliverable(notification, blocked=True)
        except (TelegramBadRequest, TelegramNotFound, FileNotFoundError) as error:
            gone = "chat not found" in str(error)
            log.log(20 if gone else 40, "delivery.refused", error=str(error))
            await self._notifications.undeliverable(notification, blocked=gone)
        except TelegramRetryAfter as error:
            await self._notifications.postpone(notification, timedelta(seconds=error.retry_after))
        except PASSING as error:
            delay = min(2**notification.attempt, MAX_DELAY)
            log.warning("delivery.postponed", error=str(error), seconds=delay)
            await self._notifications.postpone(notification, timedelta(seconds=delay))
        else:
            await self._notifications.delivered(notification)
            log.info("delivery.done", pictures=len(delivery.files))
