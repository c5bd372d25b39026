"""Dialogs survive restarts, cost one look an update, and never mix up people."""

import contextvars

import pytest
from aiogram.fsm.storage.base import StorageKey
from redis.asyncio import Redis

from bot.dialogs import Dialogs

ANN, BOB = StorageKey(bot_id=42, chat_id=1, user_id=1), StorageKey(bot_id=42, chat_id=2, user_id=2)


@pytest.fixture
async def redis(redis_dsn):
    async with Redis.from_url(redis_dsn) as client:
        yield client


async def commands(redis: Redis) -> int:
    return int((await redis.info("stats"))["total_commands_processed"])


async def test_a_dialog_is_what_another_process_left(redis):
    before = Dialogs(redis, "test")
    await before.set_state(ANN, "composing")
    await before.set_data(ANN, {"screen": 7, "words": "a fox"})
    after = Dialogs(redis, "test")
    assert await after.get_state(ANN) == "composing"
    assert await after.get_data(ANN) == {"screen": 7, "words": "a fox"}
    assert await redis.ttl("test:1:1") > 0


async def test_a_new_update_sees_what_another_process_wrote_meanwhile(redis):
    one, other = Dialogs(redis, "test"), Dialogs(redis, "test")
    assert await one.get_state(ANN) is None
    await contextvars.Context().run(other.set_state, ANN, "composing")
    assert await one.get_state(ANN) == "composing"


async def test_the_dialogs_of_two_people_are_two(redis):
    dialogs = Dialogs(redis, "test")
    await dialogs.set_data(ANN, {"screen": 1})
    assert await dialogs.get_data(BOB) == {}
    await dialogs.set_state(BOB, "composing")
    assert (await dialogs.get_state(ANN), await dialogs.get_data(ANN)) == (None, {"screen": 1})


async def test_an_update_that_changes_its_screen_makes_two_trips(redis):
    dialogs = Dialogs(redis, "test")
    began = await commands(redis)
    assert await dialogs.get_state(ANN) is None
    assert await dialogs.get_data(ANN) == {}
    await dialogs.set_data(ANN, {"screen": 1})
    assert await dialogs.get_data(ANN) == {"screen": 1}
    assert await commands(redis) - began == 3  # a look, a change, and this question


async def test_what_a_handler_does_with_the_data_changes_nothing_until_it_is_written(redis):
    dialogs = Dialogs(redis, "test")
    await dialogs.set_data(ANN, {"screen": 1})
    (await dialogs.get_data(ANN))["screen"] = 2
    assert await dialogs.get_data(ANN) == {"screen": 1}


async def test_a_dialog_that_waits_for_nothing_and_remembers_nothing_leaves_no_key(redis):
    dialogs = Dialogs(redis, "test")
    await dialogs.set_state(ANN, "composing")
    await dialogs.set_state(ANN)
    assert await redis.keys("test:*") == []
