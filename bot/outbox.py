"""The outbox: delivers what people must be told, several at once, each in order, until it is told or cannot be."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from bot.delivery import Deliverer, OthersTurn
from bot.polling import PASSING
from bot.rung import keep_working
from config.telemetry import DELIVERIES, DeliveryOutcome
from repository.notifications import Notification
from services.notifications import Delivery, News, Notifications

AT_ONCE = 20
"""People who are served side by side."""
IDLE_LOOK = 2.0
"""Seconds between looks when nobody rings."""
RENEWALS_PER_LEASE = 4
"""How often the leases of what is in hand are renewed."""
MAX_DELAY = 300
"""Seconds between tries at most."""
MOST_MISHAPS = 8
"""Tries after which a message that ends in an error nobody expected is given up."""
HAND_BACK_WITHIN = 1.0
"""Seconds, at a stop."""

REFUSED: tuple[type[Exception], ...] = (
    TelegramBadRequest,
    TelegramNotFound,
    TelegramEntityTooLarge,  # a network error to aiogram, and yet the same at every try
    FileNotFoundError,
)
"""What would be the same at every try."""

_log = structlog.get_logger(__name__)


class Outbox:
    """Claims notifications and sees each of them to its end."""

    def __init__(self, notifications: Notifications, deliverer: Deliverer, redis: Redis, channel: str) -> None:
        self._notifications = notifications
        self._deliverer = deliverer
        self._redis = redis
        self._channel = channel
        self._in_hand: dict[asyncio.Task[None], Notification] = {}
        self._last_of_person: dict[int, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event, patience: float) -> None:
        """Deliver until told to stop, then give what is in hand `patience` seconds and hand back the rest."""
        services = [asyncio.create_task(self._keep_delivering()), asyncio.create_task(self._keep_leases())]
        try:
            await stop.wait()
            services[0].cancel()
            if self._in_hand:
                await asyncio.wait(self._in_hand, timeout=patience)
        finally:
            for task in [*services, *self._in_hand]:
                task.cancel()
            await asyncio.wait([*services, *self._in_hand], timeout=HAND_BACK_WITHIN)

    async def _keep_delivering(self) -> None:
        """Deliver at once when rung, every two seconds otherwise; what is away is waited for."""
        await keep_working("outbox", self.deliver_due, self._hear, self._redis, self._channel, pause=IDLE_LOOK / 2)

    async def _keep_leases(self) -> None:
        """Keep what is in hand for longer than a lease: large albums, and the waits that Telegram asks for."""
        while True:
            await asyncio.sleep(self._notifications.lease.total_seconds() / RENEWALS_PER_LEASE)
            held = dict(self._in_hand)
            if not held:
                continue
            try:
                ours = await self._notifications.renew(held.values())
            except PASSING as error:
                _log.warning("outbox.lease_not_renewed", error=str(error))
                continue
            except Exception:  # noqa: BLE001 - the door's edge: see above
                _log.exception("outbox.broken")
                continue
            for task, notification in held.items():
                if notification.notification_id not in ours:
                    task.cancel()

    async def deliver_due(self) -> None:
        """Claim what is due and there is room for, and begin to deliver it."""
        while room := AT_ONCE - len(self._in_hand):
            claimed = await self._notifications.claim(room)
            for notification in claimed:
                self._start(notification)
            if len(claimed) < room:
                return

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
        self._in_hand[task] = notification
        self._last_of_person[notification.user_id] = task
        task.add_done_callback(lambda done: self._let_go(notification.user_id, done))

    def _let_go(self, user_id: int, task: "asyncio.Task[None]") -> None:
        self._in_hand.pop(task, None)
        if self._last_of_person.get(user_id) is task:
            del self._last_of_person[user_id]

    async def _see_through(self, notification: Notification, before: "asyncio.Task[None] | None") -> None:
        try:
            if before is not None:
                await asyncio.wait({before})
            await self._deliver(notification)
        except OthersTurn:
            _count(DeliveryOutcome.OTHERS_TURN)
            _log.warning("delivery.others_turn", notification_id=notification.notification_id)
        except asyncio.CancelledError:  # the process stops: the next one need not wait for the lease to run out
            with suppress(*PASSING):
                await self._notifications.postpone(notification, timedelta())
            raise
        except Exception as error:  # noqa: BLE001 - the lease runs out, and somebody delivers it then
            _log.warning("delivery.left_open", notification_id=notification.notification_id, error=repr(error))

    async def _deliver(self, notification: Notification) -> None:
        delivery = await self._notifications.open(notification)
        if delivery is None or delivery.person.blocked_bot_at is not None:
            await self._notifications.undeliverable(notification, delivery, blocked=delivery is not None)
            _count(DeliveryOutcome.BLOCKED if delivery is not None else DeliveryOutcome.NOBODY)
            return
        # Each delivery is an asyncio task with a context of its own: nothing has to be unbound.
        structlog.contextvars.bind_contextvars(user_id=notification.user_id, **_story_of(delivery))
        try:
            if isinstance(delivery, News):
                await self._deliverer.tell(delivery)
            else:
                await self._deliverer.deliver(delivery)
        except TelegramForbiddenError as error:
            _log.info("delivery.blocked", error=error.message)
            await self._notifications.undeliverable(notification, delivery, blocked=True)
            _count(DeliveryOutcome.BLOCKED)
        except REFUSED as error:
            await self._give_up(delivery, error)
        except TelegramRetryAfter as error:
            _log.warning("delivery.postponed", error=error.message, seconds=error.retry_after)
            await self._notifications.postpone(notification, timedelta(seconds=error.retry_after))
            _count(DeliveryOutcome.POSTPONED)
        except PASSING as error:
            await self._postpone(notification, error)
        except (OthersTurn, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours: tried a few times, then given up, never for ever
            _log.exception("delivery.broken")
            if notification.attempt < MOST_MISHAPS:
                await self._postpone(notification, error)
            else:
                await self._give_up(delivery, error)
        else:
            await self._notifications.delivered(delivery)
            _count(DeliveryOutcome.DELIVERED)
            _log.info("delivery.done", kind=notification.kind.value, pictures=_pictures(delivery))

    async def _postpone(self, notification: Notification, error: Exception) -> None:
        delay = min(2**notification.attempt, MAX_DELAY)
        _log.warning("delivery.postponed", error=str(error), seconds=delay)
        _count(DeliveryOutcome.POSTPONED)
        await self._notifications.postpone(notification, timedelta(seconds=delay))

    async def _give_up(self, delivery: Delivery | News, error: Exception) -> None:
        """Another try would end the same way: say at least that there are pictures, where that can be said."""
        is_gone = "chat not found" in str(error)
        if is_gone:
            _log.info("delivery.nobody_there", error=str(error))
        else:
            _log.error("delivery.refused", error=str(error))
            if isinstance(delivery, Delivery) and delivery.files:
                with suppress(AiogramError):
                    await self._deliverer.tell_without_pictures(delivery)
        await self._notifications.undeliverable(delivery.notification, delivery, blocked=is_gone)
        _count(DeliveryOutcome.BLOCKED if is_gone else DeliveryOutcome.REFUSED)


def _story_of(delivery: Delivery | News) -> dict[str, str]:
    """What the log lines about it share with the story that it ends."""
    if isinstance(delivery, News):
        return {"notification_id": str(delivery.notification.notification_id)}
    return {"correlation_id": delivery.task.correlation_id, "task_id": str(delivery.task.task_id)}


def _pictures(delivery: Delivery | News) -> int:
    return len(delivery.files) if isinstance(delivery, Delivery) else 0


def _count(outcome: DeliveryOutcome) -> None:
    DELIVERIES.labels(outcome.value).inc()
