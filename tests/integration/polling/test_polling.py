"""Our own polling against the sandbox: nothing is lost, nobody waits for somebody else."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import GetMe
from aiogram.types import Update

from bot.polling import Polling, WrongToken

KINDS = ["message", "callback_query", "my_chat_member"]


@dataclass
class Handler:
    """Stands for the dispatcher: notes what it was given, and does what the test says for a text."""

    does: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, update: Update) -> None:
        text = (update.message.text if update.message else None) or "?"
        await self._note(self.begun, text)
        if text in self.does:
            await self.does[text]()
        await self._note(self.ended, text)

    async def has_ended(self, *texts: str) -> None:
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(lambda: set(texts) <= set(self.ended))

    async def has_begun(self, text: str, times: int = 1) -> None:
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(lambda: self.begun.count(text) >= times)

    async def _note(self, where: list[str], text: str) -> None:
        async with self.changed:
            where.append(text)
            self.changed.notify_all()


def failing(times: int, error: Exception) -> Callable[[], Awaitable[None]]:
    left = [error] * times

    async def fail() -> None:
        if left:
            raise left.pop()

    return fail


@asynccontextmanager
async def polling(telegram, handler: Handler, patience: float = 2) -> AsyncIterator[Polling]:
    running = Polling(telegram.bot, handler, KINDS)
    stop = asyncio.Event()
    task = asyncio.create_task(running.run(stop, patience))
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


@pytest.fixture
async def anna(telegram) -> int:
    person = await telegram.person("Anna")
    await telegram.confirm_all()
    return person


@pytest.fixture
async def boris(telegram) -> int:
    person = await telegram.person("Boris")
    await telegram.confirm_all()
    return person


async def pending(telegram) -> int:
    return (await telegram.bot.get_webhook_info()).pending_update_count


async def test_it_says_soon_that_it_polls_though_nothing_comes(telegram):
    async with polling(telegram, Handler()) as running:
        await asyncio.wait_for(running.is_polling.wait(), 2)


async def test_the_updates_of_a_person_are_handled_in_their_order(telegram, anna):
    handler = Handler({"1": failing(1, ConnectionError("away"))})
    await telegram.write(anna, "1", "2", "3")
    async with polling(telegram, handler):
        await handler.has_ended("3")
    assert handler.ended == ["1", "2", "3"]


async def test_nobody_waits_for_the_slow_update_of_somebody_else(telegram, anna, boris):
    gate = asyncio.Event()
    handler = Handler({"slow": lambda: asyncio.wait_for(gate.wait(), 20)})
    async with polling(telegram, handler):
        await telegram.write(anna, "slow")
        await handler.has_begun("slow")
        for text in ("a", "b", "c"):
            await telegram.write(boris, text)
            await handler.has_ended(text)
        gate.set()
        await handler.has_ended("slow")
    assert handler.begun == ["slow", "a", "b", "c"], "what is in hand or done is not handled again"
    assert await pending(telegram) == 0


async def test_while_an_update_is_in_hand_telegram_is_not_asked_all_the_time(telegram, anna):
    gate = asyncio.Event()
    handler = Handler({"slow": lambda: asyncio.wait_for(gate.wait(), 20)})
    async with polling(telegram, handler):
        await telegram.write(anna, "slow")
        await handler.has_begun("slow")
        before = len(await telegram.calls("getUpdates"))
        began = time.monotonic()
        while len(await telegram.calls("getUpdates")) < before + 4:
            assert time.monotonic() - began < 10
        assert time.monotonic() - began > 0.5
        gate.set()
        await handler.has_ended("slow")


async def test_an_update_is_confirmed_only_when_it_is_handled(telegram, anna, boris):
    """The bot is killed while an update is in hand: the next start gets it again."""
    stuck = Handler({"payment": asyncio.Event().wait})
    running = Polling(telegram.bot, stuck, KINDS)
    killed = asyncio.create_task(running.run(asyncio.Event(), 0))
    await telegram.write(anna, "payment")
    await stuck.has_begun("payment")
    await telegram.write(boris, "later")
    await stuck.has_ended("later")
    killed.cancel()
    await asyncio.wait({killed})
    for task in asyncio.all_tasks():
        if (task.get_name() or "").startswith("update "):
            task.cancel()

    handler = Handler()
    async with polling(telegram, handler):
        await handler.has_ended("payment")
    assert await pending(telegram) == 0


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("the database is away"),
        TelegramNetworkError(GetMe(), "away"),
        TelegramRetryAfter(GetMe(), "flood", 0),
    ],
    ids=["database", "network", "flood"],
)
async def test_what_fails_for_the_moment_is_handled_again_before_it_is_confirmed(telegram, anna, error):
    handler = Handler({"again": failing(2, error)})
    async with polling(telegram, handler):
        await telegram.write(anna, "again", "next")
        await handler.has_begun("again", 2)
        assert await pending(telegram) >= 1
        await handler.has_ended("again", "next")
    assert handler.ended == ["again", "next"]
    assert await pending(telegram) == 0


async def test_a_broken_update_counts_as_handled(telegram, anna):
    handler = Handler({"bad": failing(1, ValueError("a mistake of ours"))})
    async with polling(telegram, handler):
        await telegram.write(anna, "bad", "good")
        await handler.has_ended("good")
    assert handler.begun == ["bad", "good"]
    assert await pending(telegram) == 0


@pytest.mark.parametrize("error_code", [409, 429, 500, 502])
async def test_telegram_refusing_to_hand_out_updates_is_waited_for(telegram, anna, error_code):
    await telegram.fault(method="getUpdates", error_code=error_code, times=1)
    handler = Handler()
    async with polling(telegram, handler):
        await telegram.write(anna, "hello")
        await handler.has_ended("hello")


async def test_a_stop_finishes_what_is_in_hand_and_confirms_it(telegram, anna):
    gate = asyncio.Event()
    handler = Handler({"slow": lambda: asyncio.wait_for(gate.wait(), 20)})
    async with polling(telegram, handler):
        await telegram.write(anna, "slow")
        await handler.has_begun("slow")
        asyncio.get_running_loop().call_later(0.2, gate.set)
    assert handler.ended == ["slow"]
    assert await pending(telegram) == 0


async def test_a_stop_waits_for_a_bounded_time_and_leaves_the_rest_to_the_next_start(telegram, anna):
    handler = Handler({"endless": asyncio.Event().wait})
    began = time.monotonic()
    async with polling(telegram, handler, patience=0.3):
        await telegram.write(anna, "endless")
        await handler.has_begun("endless")
    assert time.monotonic() - began < 3
    assert await pending(telegram) == 1


async def test_an_update_that_is_sent_again_is_not_handled_again(telegram, anna):
    handler = Handler()
    async with polling(telegram, handler):
        await telegram.write(anna, "once")
        await handler.has_ended("once")
        await telegram.fault(redeliver=1)
        await telegram.write(anna, "then")
        await handler.has_ended("then")
    assert handler.begun == ["once", "then"]


@pytest.mark.parametrize("form", [{"message": {"of": "a form that aiogram does not know"}}, {"novelty": {"id": 1}}])
async def test_an_update_that_nobody_can_read_does_not_hold_back_the_others(telegram, anna, form):
    telegram.world.updates.allow([])
    telegram.world.updates.add(**form)
    await telegram.write(anna, "hello")
    handler = Handler()
    async with polling(telegram, handler):
        await handler.has_ended("hello")
    assert await pending(telegram) == 0


async def test_a_wrong_token_ends_the_polling_at_once(telegram):
    await telegram.fault(method="getUpdates", error_code=401)
    with pytest.raises(WrongToken):
        await Polling(telegram.bot, Handler(), KINDS).run(asyncio.Event(), 1)
