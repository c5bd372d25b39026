"""Nobody keeps the others waiting: whoever writes and presses faster than people do is asked to slow down."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject
from redis.asyncio import Redis

from bot.limiter import Rate
from bot.middlewares.answers import Answer
from bot.texts import Texts
from config import telemetry
from services.accounts import Accounts

FREE_A_SECOND = 10
"""Updates of a person that each process handles in a second without asking Redis: nearly all there ever are."""
PERSON = Rate(per_second=40, burst=60)
"""Of those beyond. No hand is that fast, and nobody who waits for answers: scripts are, and would fill the queue."""
TOLD_EVERY = timedelta(seconds=30)

# Generic cell rate algorithm. KEYS: the person's bucket, and a mark that they were told. ARGV: interval and tolerance
# in microseconds, milliseconds between two remarks. The answer: 0 go on, 1 too fast, 2 too fast and told already.
_COUNT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local taken = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
if taken - now <= tonumber(ARGV[2]) then
    local taken_until = taken + ARGV[1]
    redis.call('SET', KEYS[1], string.format('%.0f', taken_until), 'PX', math.ceil((taken_until - now) / 1000) + 1)
    return 0
end
return redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) and 1 or 2
"""


class Throttle(BaseMiddleware):
    """Drops what a person sends too fast, and says so: in a message now and then, and at every press.

    The parts of an album and whatever tells of a payment are never counted and never dropped.
    """

    def __init__(
        self,
        accounts: Accounts,
        texts: Texts,
        redis: Redis,
        namespace: str,
        clock: Callable[[], float],
        rate: Rate = PERSON,
    ) -> None:
        self._accounts = accounts
        self._texts = texts
        self._namespace = namespace
        self._rate = rate.arguments()
        self._count = redis.register_script(_COUNT)
        self._clock = clock
        self._second = 0
        self._seen: Counter[int] = Counter()
        """Updates of this second, by person."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle the event, or leave it."""
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None or _is_never_dropped(event):
            return await handler(event, data)
        user_id = event.from_user.id
        if self._is_free(user_id):
            return await handler(event, data)
        bucket = f"{self._namespace}:pace:{user_id}"
        told_ms = int(TOLD_EVERY.total_seconds() * 1000)
        verdict = await self._count(keys=[bucket, f"{bucket}:told"], args=[*self._rate, told_ms])
        if verdict == 0:
            return await handler(event, data)
        telemetry.THROTTLED.inc()
        answer: Answer | None = data.get("answer")
        if answer is None and verdict == 2:
            return None
        person = await self._accounts.get(user_id)
        locale = person.locale if person else self._accounts.locale_of(event.from_user.language_code)
        text = self._texts.bound(locale).plain("too-fast")
        if answer is not None:
            await answer(text)
        elif isinstance(event, Message):
            await event.answer(text, parse_mode=None)
        return None

    def _is_free(self, user_id: int) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._seen.clear()
        self._seen[user_id] += 1
        return self._seen[user_id] <= FREE_A_SECOND


def _is_never_dropped(event: Message | CallbackQuery) -> bool:
    return isinstance(event, Message) and (
        event.media_group_id is not None or event.successful_payment is not None or event.refunded_payment is not None
    )
