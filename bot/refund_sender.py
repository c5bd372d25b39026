"""Tells Telegram which payments to give back, again and again until it has answered, and notes what it said.

The tokens were taken before, so that nothing is paid out twice; Telegram gives a charge back once, so that telling it
twice, after a death in the middle, does no harm either.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from bot.polling import PASSING
from bot.rung import keep_working
from repository.refunds import RefundToSend
from services.money.refunds import Refunds

AT_ONCE = 10
"""Refunds that Telegram is told of side by side."""
IDLE_LOOK = 2.0
"""Seconds between looks when nobody rings."""
PATIENCE = 15
"""Seconds that Telegram may take to answer; shorter than the lease."""
MAX_DELAY = 300
"""Seconds between tries at most."""

DONE_BEFORE = "CHARGE_ALREADY_REFUNDED"
"""Telegram's word for a charge that it has given back."""
REFUSED: tuple[type[Exception], ...] = (TelegramBadRequest, TelegramForbiddenError, TelegramNotFound)
"""What would be the same at every try."""

_log = structlog.get_logger(__name__)


class RefundSender:
    """Claims refunds and sees each of them to its end."""

    def __init__(self, refunds: Refunds, bot: Bot, redis: Redis, channel: str) -> None:
        self._refunds = refunds
        self._bot = bot
        self._redis = redis
        self._channel = channel

    async def keep_sending(self) -> None:
        """Send at once when rung, every two seconds otherwise; what is away is waited for. Ends when cancelled."""
        await keep_working("refunds", self.send_due, self._hear, self._redis, self._channel, pause=IDLE_LOOK / 2)

    async def send_due(self) -> int:
        """Tell Telegram of everything that is due; returns how many refunds that were."""
        sent = 0
        while claimed := await self._refunds.claim(AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for refund in claimed:
                    group.create_task(self._see_through(refund))
            sent += len(claimed)
        return sent

    async def _hear(self, bell: PubSub) -> None:
        await bell.get_message(timeout=IDLE_LOOK)

    async def _see_through(self, refund: RefundToSend) -> None:
        try:
            await self._send(refund)
        except asyncio.CancelledError:  # the process stops: the next one need not wait for the lease to run out
            with suppress(*PASSING):
                await self._refunds.postpone(refund, timedelta())
            raise
        except Exception as error:  # noqa: BLE001 - the lease runs out, and Telegram is asked again
            _log.warning("refund.left_open", refund_id=refund.refund_id, error=repr(error))

    async def _send(self, refund: RefundToSend) -> None:
        """Tell Telegram once. Money is never given up: what nobody foresaw is tried again as well."""
        try:
            await self._bot.refund_star_payment(refund.user_id, refund.charge_id, request_timeout=PATIENCE)
        except TelegramRetryAfter as error:
            await self._postpone(refund, error, error.retry_after)
        except REFUSED as error:
            if DONE_BEFORE in str(error):
                await self._refunds.sent(refund)
            else:
                await self._refunds.refused(refund, str(error))
        except PASSING as error:
            await self._postpone(refund, error, min(2**refund.attempt, MAX_DELAY))
        except Exception as error:  # noqa: BLE001 - see above: a page of a proxy instead of JSON, say
            _log.exception("refund.broken", refund_id=refund.refund_id)
            await self._postpone(refund, error, min(2**refund.attempt, MAX_DELAY))
        else:
            await self._refunds.sent(refund)

    async def _postpone(self, refund: RefundToSend, error: Exception, seconds: float) -> None:
        _log.warning("refund.postponed", refund_id=refund.refund_id, error=str(error), seconds=seconds)
        await self._refunds.postpone(refund, timedelta(seconds=seconds), str(error))
