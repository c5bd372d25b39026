"""The limiter over a real Redis: the rates hold over every process, and a Redis that is away stops nobody."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    AnswerPreCheckoutQuery,
    EditMessageText,
    GetFile,
    Response,
    SendChatAction,
    SendMessage,
)
from aiogram.methods.base import TelegramMethod
from redis.asyncio import Redis

from bot.limiter import EditWhenIdle, LeftOut, LimitedSending, Limiter, Rate

ANNA, BORIS = 1, 2
FAST = 1_000_000
NAMESPACE = "test"


@pytest.fixture
async def redis(redis_dsn: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_dsn) as client:
        yield client


async def seconds_of(*sends: "asyncio.Future[None] | asyncio.Task[None]") -> float:
    began = time.monotonic()
    await asyncio.gather(*sends)
    return time.monotonic() - began


def takes(limiter: Limiter, *chats: int) -> "list[asyncio.Task[None]]":
    return [asyncio.create_task(limiter.take(chat)) for chat in chats]


async def test_a_short_burst_in_a_chat_goes_out_at_once_and_then_the_rate_holds(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(per_second=10, burst=5))
    assert await seconds_of(*takes(limiter, *[ANNA] * 5)) < 0.1
    assert 0.3 < await seconds_of(*takes(limiter, *[ANNA] * 5)) < 0.8


async def test_a_chat_that_waits_holds_up_no_other(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(per_second=1, burst=1))
    waiting = takes(limiter, *[ANNA] * 5)
    assert await seconds_of(*takes(limiter, BORIS)) < 0.2
    for task in waiting:
        task.cancel()


async def test_the_overall_rate_holds_over_all_processes(redis):
    limiters = [Limiter(redis, NAMESPACE, 100, Rate(FAST, 1)) for _ in range(4)]
    sends = [task for chat in range(25) for limiter in limiters for task in takes(limiter, chat)]
    assert 0.85 < await seconds_of(*sends) < 1.6  # ten at once, ninety at a hundred a second


async def test_a_hold_stops_the_chat_alone(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(10, 5))
    await limiter.hold(ANNA, 0.4)
    assert await seconds_of(*takes(limiter, BORIS)) < 0.2
    assert 0.2 < await seconds_of(*takes(limiter, ANNA)) < 0.8


async def test_a_second_chat_that_is_told_to_wait_stops_everybody(redis):
    limiter, other = Limiter(redis, NAMESPACE, 100), Limiter(redis, NAMESPACE, 100)
    await limiter.hold(ANNA, 0.5)
    await other.hold(BORIS, 0.5)
    assert 0.3 < await seconds_of(*takes(limiter, 3)) < 1


async def test_a_shorter_hold_does_not_end_a_longer_one(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(10, 5))
    await limiter.hold(ANNA, 0.5)
    await limiter.hold(ANNA, 0.01)
    assert await seconds_of(*takes(limiter, ANNA)) > 0.3


async def test_what_can_be_left_out_leaves_the_burst_to_answers(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(per_second=5, burst=5))
    assert await limiter.take_idle(ANNA)
    assert not await limiter.take_idle(ANNA)
    assert await seconds_of(*takes(limiter, *[ANNA] * 4)) < 0.1


async def test_what_can_be_left_out_leaves_half_of_everybodys_burst(redis):
    limiter = Limiter(redis, NAMESPACE, 1, Rate(FAST, 1))
    taken = [await limiter.take_idle(chat) for chat in range(20)]
    assert 4 <= sum(taken) <= 6
    assert await seconds_of(*takes(limiter, 31, 32, 33)) < 0.1


async def test_keys_do_not_stay(redis):
    limiter = Limiter(redis, NAMESPACE, 10, Rate(10, 5))
    await limiter.take(ANNA)
    assert all([0 < await redis.pttl(key) < 10_000 for key in await redis.keys(f"{NAMESPACE}:*")])


async def test_nobody_waits_for_a_redis_that_is_away():
    async with Redis.from_url("redis://127.0.0.1:9/0") as nobody:
        limiter = Limiter(nobody, NAMESPACE, 1, Rate(1, 1))
        assert await seconds_of(*takes(limiter, *[ANNA] * 5)) < 1
        await limiter.hold(ANNA, 100)
        assert await limiter.take_idle(ANNA)


async def test_nobody_waits_long_for_a_redis_that_says_nothing():
    silent = await asyncio.start_server(lambda reader, writer: asyncio.Event().wait(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with Redis.from_url(f"redis://127.0.0.1:{port}/0") as redis:
        limiter = Limiter(redis, NAMESPACE, 1, Rate(1, 1))
        assert await seconds_of(*takes(limiter, *[ANNA] * 5)) < 2
    silent.close()


class Wire:
    """Stands for the HTTP session below the middleware: answers, after as many 429 as the test wants."""

    def __init__(self, *retry_after: int) -> None:
        self.refusals = list(retry_after)
        self.sent: list[str] = []

    async def __call__(self, bot: Bot, method: TelegramMethod) -> Response:
        self.sent.append(method.__api_method__)
        if self.refusals:
            raise TelegramRetryAfter(method, "flood", self.refusals.pop(0))
        return Response(ok=True)


BOT = Bot("42:TEST")


def limited(redis: Redis, chat: Rate, edits: Rate | None = None) -> LimitedSending:
    return LimitedSending(Limiter(redis, f"{NAMESPACE}:{uuid4().hex}", FAST, chat, edits or chat))


@pytest.mark.parametrize(
    "method",
    [
        AnswerCallbackQuery(callback_query_id="1"),
        AnswerPreCheckoutQuery(pre_checkout_query_id="1", ok=True),
        GetFile(file_id="1"),
        SendChatAction(chat_id=ANNA, action="typing"),
    ],
)
async def test_what_is_no_message_never_waits(redis, method):
    sending, wire = limited(redis, Rate(0.01, 1)), Wire()
    await asyncio.wait_for(asyncio.gather(*(sending(wire, BOT, method) for _ in range(10))), 2)
    assert len(wire.sent) == 10


@pytest.mark.parametrize(
    "method", [SendMessage(chat_id=ANNA, text="x"), EditMessageText(chat_id=ANNA, message_id=1, text="x")]
)
async def test_messages_and_edits_wait_for_their_turn(redis, method):
    sending, wire = limited(redis, Rate(5, 1)), Wire()
    began = time.monotonic()
    await asyncio.gather(*(sending(wire, BOT, method) for _ in range(3)))
    assert time.monotonic() - began > 0.35


async def test_who_leafs_through_screens_does_not_wait_as_new_messages_do(redis):
    sending, wire = limited(redis, Rate(0.01, 1), Rate(FAST, 10)), Wire()
    edit = EditMessageText(chat_id=ANNA, message_id=1, text="x")
    await sending(wire, BOT, SendMessage(chat_id=ANNA, text="x"))
    await asyncio.wait_for(asyncio.gather(*(sending(wire, BOT, edit) for _ in range(10))), 2)
    assert len(wire.sent) == 11


async def test_a_chat_that_was_told_to_wait_edits_nothing_either(redis):
    limiter = Limiter(redis, NAMESPACE, FAST, Rate(FAST, 5))
    await limiter.hold(ANNA, 0.5)
    began = time.monotonic()
    await limiter.take_edit(ANNA)
    assert time.monotonic() - began > 0.3


async def test_a_flood_is_waited_out_and_sent_again(redis):
    sending, wire = limited(redis, Rate(FAST, 5)), Wire(1)
    began = time.monotonic()
    await sending(wire, BOT, SendMessage(chat_id=ANNA, text="x"))
    assert wire.sent == ["sendMessage"] * 2
    assert time.monotonic() - began > 0.9


async def test_a_flood_for_too_long_is_the_callers_to_handle(redis):
    sending, wire = limited(redis, Rate(FAST, 5)), Wire(3600)
    with pytest.raises(TelegramRetryAfter):
        await sending(wire, BOT, SendMessage(chat_id=ANNA, text="x"))
    assert len(wire.sent) == 1


async def test_an_edit_for_idle_moments_is_left_out_where_others_wait_and_at_a_flood(redis):
    sending, wire = limited(redis, Rate(1, 5)), Wire(30)
    edit = EditWhenIdle(chat_id=ANNA, message_id=1, text="x")
    for _ in range(2):
        with pytest.raises(LeftOut):
            await asyncio.wait_for(sending(wire, BOT, edit), 1)
    assert wire.sent == ["editMessageText"]
