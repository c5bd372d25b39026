"""Two processes that hear of the same person take turns, also when one of them dies."""

import asyncio

import pytest
from aiogram.fsm.storage.base import StorageKey
from redis.asyncio import Redis

from bot.one_at_a_time import OneAtATimeEverywhere

pytestmark = pytest.mark.asyncio

ANNA, IVAN = StorageKey(bot_id=1, chat_id=7, user_id=7), StorageKey(bot_id=1, chat_id=8, user_id=8)


@pytest.fixture
async def redis(redis_dsn):
    async with Redis.from_url(redis_dsn) as client:
        yield client


@pytest.fixture
def processes(redis):
    return OneAtATimeEverywhere(redis, "test"), OneAtATimeEverywhere(redis, "test")


async def test_one_persons_updates_never_overlap_and_anothers_need_not_wait(processes):
    inside, most, ivans = 0, 0, asyncio.Event()

    async def handle(process, key):
        nonlocal inside, most
        async with process.lock(key):
            inside += 1
            most = max(most, inside)
            await asyncio.wait_for(ivans.wait(), 5)  # nobody of Anna's gets on before Ivan was served
            inside -= 1

    anna = [asyncio.create_task(handle(process, ANNA)) for process in processes * 3]
    async with processes[0].lock(IVAN):
        ivans.set()
    await asyncio.wait_for(asyncio.gather(*anna), 5)
    assert most == 1


async def test_a_turn_whose_process_died_ends_by_itself(processes, redis):
    await redis.set("test:turn:7", "of the dead", px=200)
    async with asyncio.timeout(5), processes[0].lock(ANNA):
        assert await redis.get("test:turn:7") != b"of the dead"


async def test_a_turn_that_lasted_too_long_does_not_end_the_next_ones(processes, redis):
    async with processes[0].lock(ANNA):
        await redis.set("test:turn:7", "of the next one")
    assert await redis.get("test:turn:7") == b"of the next one"
