"""One limiter for everything that is sent to Telegram, shared by all processes through Redis.

Telegram takes about 30 messages a second from a bot and one a second in a chat, with short bursts. Each send reserves
the next free moment of both and waits for it, so that whoever asks first is served first. What can be left out asks
for an idle moment instead, and is left out where there is none.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import EditMessageText, Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config import telemetry

LIMITED_PREFIXES = ("send", "edit", "copy", "forward")
NOT_LIMITED = frozenset({"sendChatAction"})
MOST_TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds; a longer 429 is the caller's to handle."""
REDIS_PATIENCE = 1.0
"""Seconds after which a Redis that says nothing counts as away."""

# Generic cell rate algorithm. KEYS: overall, chat. ARGV: overall and chat interval and burst tolerance in
# microseconds, and 1 to reserve the next moment or 0 to take an idle one. A key holds the moment up to which its
# bucket is taken. An idle moment leaves the chat's whole burst and half of everybody's to those who wait for an answer.
_RESERVE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local share = {0.5, 0}
local wait, taken = 0, {}
for bucket = 1, 2 do
    local tolerance = ARGV[2 * bucket]
    if ARGV[5] == '0' then tolerance = tolerance * share[bucket] end
    taken[bucket] = math.max(tonumber(redis.call('GET', KEYS[bucket]) or 0), now)
    wait = math.max(wait, taken[bucket] - tolerance - now)
end
if ARGV[5] == '1' or wait <= 0 then
    for bucket = 1, 2 do
        local taken_until = taken[bucket] + ARGV[2 * bucket - 1]
        local milliseconds = math.ceil((taken_until - now) / 1000) + 1
        redis.call('SET', KEYS[bucket], string.format('%.0f', taken_until), 'PX', milliseconds)
    end
end
return math.ceil(wait / 1000)
"""
# KEYS: overall, chat, the chat that was told to wait last, and the chat's edits. ARGV: microseconds, and the burst
# tolerance of overall, chat and edits.
# Telegram does not say whom a 429 is about: one chat is held first, and everybody when a second chat hears it too.
_HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function hold(key, tolerance)
    local taken_until = math.max(tonumber(redis.call('GET', key) or 0), now + ARGV[1] + tolerance)
    redis.call('SET', key, string.format('%.0f', taken_until), 'PX', math.ceil((taken_until - now) / 1000) + 1)
end
hold(KEYS[2], ARGV[3])
hold(KEYS[4], ARGV[4])
local told = redis.call('GET', KEYS[3])
if told and told ~= KEYS[2] then
    hold(KEYS[1], ARGV[2])
end
redis.call('SET', KEYS[3], KEYS[2], 'PX', math.ceil(ARGV[1] / 1000) + 1)
"""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many sends a second, and so many at once after a pause."""

    per_second: float
    burst: int

    def arguments(self) -> tuple[int, int]:
        """Interval and tolerance in microseconds."""
        interval = int(1_000_000 / self.per_second)
        return interval, interval * (self.burst - 1)


OVERALL_BURST = 10
TELEGRAM_CHAT = Rate(per_second=1, burst=6)
TELEGRAM_EDITS = Rate(per_second=5, burst=30)
"""Of one chat. Telegram's one message a second is about new ones; who leafs through screens is not kept waiting."""


class Limiter:
    """Hands out moments to send at."""

    def __init__(
        self,
        redis: Redis,
        namespace: str,
        messages_per_second: float,
        chat: Rate = TELEGRAM_CHAT,
        edits: Rate = TELEGRAM_EDITS,
    ) -> None:
        self._overall_key = f"{namespace}:limit"
        self._overall = Rate(messages_per_second, OVERALL_BURST).arguments()
        self._chat = chat.arguments()
        self._edits = edits.arguments()
        self._reserve = redis.register_script(_RESERVE)
        self._hold = redis.register_script(_HOLD)
        self._is_deaf = False

    async def take(self, chat_id: int) -> None:
        """Wait for the turn to send to this chat. While Redis is away nobody waits: Telegram's 429 still holds."""
        await self._wait(await self._ask(self._chat_key(chat_id), self._chat, 1))

    async def take_edit(self, chat_id: int) -> None:
        """Wait for the turn to edit a message of this chat; see `take`."""
        await self._wait(await self._ask(self._edits_key(chat_id), self._edits, 1))

    async def take_idle(self, chat_id: int) -> bool:
        """Take the moment if nothing was sent to this chat in the last second and few to others; False: leave it."""
        return await self._ask(self._chat_key(chat_id), self._chat, 0) <= 0

    async def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram said to wait: nobody sends to this chat for so long, or to any, once two chats were told so."""
        chat = self._chat_key(chat_id)
        keys = [self._overall_key, chat, f"{self._overall_key}:told", self._edits_key(chat_id)]
        tolerances = (self._overall[1], self._chat[1], self._edits[1])
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                await self._hold(keys=keys, args=[int(seconds * 1_000_000), *tolerances])
        except (RedisError, OSError) as error:
            self._note_deafness(error)

    async def _wait(self, seconds: float) -> None:
        if seconds:
            telemetry.LIMITER_WAIT.inc(seconds)
            await asyncio.sleep(seconds)

    async def _ask(self, key: str, rate: tuple[int, int], reserve: int) -> float:
        """Seconds to wait for what this key and rate stand for."""
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                milliseconds = await self._reserve(keys=[self._overall_key, key], args=[*self._overall, *rate, reserve])
        except (RedisError, OSError) as error:
            self._note_deafness(error)
            return 0
        self._is_deaf = False
        return int(milliseconds) / 1000

    def _chat_key(self, chat_id: int) -> str:
        return f"{self._overall_key}:{chat_id}"

    def _edits_key(self, chat_id: int) -> str:
        return f"{self._chat_key(chat_id)}:edits"

    def _note_deafness(self, error: Exception) -> None:
        if not self._is_deaf:
            _log.warning("limiter.redis_away", error=str(error) or type(error).__name__)
        self._is_deaf = True


class LeftOut(Exception):
    """There was no idle moment for what can be left out."""


class EditWhenIdle(EditMessageText):
    """An edit that is left out rather than queued: nobody waits for it. Raises LeftOut."""


class SendWhenIdle(SendMessage):
    """A message that is left out rather than queued: whoever sends it tries again. Raises LeftOut."""


class LimitedSending(BaseRequestMiddleware):
    """Makes every send of a bot wait for its turn, and waits out Telegram's 429."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Send when it is time."""
        chat_id = _limited_chat(method)
        if chat_id is None:
            return await make_request(bot, method)
        is_for_idle_moments = isinstance(method, EditWhenIdle | SendWhenIdle)
        take = self._limiter.take_edit if method.__api_method__.startswith("edit") else self._limiter.take
        for tries_left in reversed(range(MOST_TRIES)):
            if not is_for_idle_moments:
                await take(chat_id)
            elif not await self._limiter.take_idle(chat_id):
                raise LeftOut
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                telemetry.TELEGRAM_429.inc()
                _log.warning("telegram.flood", method=method.__api_method__, retry_after=error.retry_after)
                await self._limiter.hold(chat_id, error.retry_after)
                if is_for_idle_moments:
                    raise LeftOut from error
                if not tries_left or error.retry_after > LONGEST_WAIT:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")


def _limited_chat(method: TelegramMethod[Any]) -> int | None:
    name = method.__api_method__
    if not name.startswith(LIMITED_PREFIXES) or name in NOT_LIMITED:
        return None
    chat_id = getattr(method, "chat_id", None)
    return chat_id if isinstance(chat_id, int) else None
