"""Commands that travel together: each is answered, refused or lost by itself."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot import shared_trips
from bot.shared_trips import SharedTrips


@pytest.fixture
async def redis(redis_dsn):
    async with SharedTrips.from_url(redis_dsn) as client:
        yield client


async def test_what_is_asked_together_is_answered_to_each(redis):
    await asyncio.gather(*(redis.set(f"test:{number}", number) for number in range(50)))
    answers = await asyncio.gather(*(redis.get(f"test:{number}") for number in range(50)))
    assert [int(answer) for answer in answers] == list(range(50))


async def test_a_command_that_is_refused_is_refused_alone(redis):
    await redis.set("test:word", "fox")
    refused, word = await asyncio.gather(redis.incr("test:word"), redis.get("test:word"), return_exceptions=True)
    assert isinstance(refused, ResponseError)
    assert word == b"fox"


async def test_a_script_that_redis_does_not_know_yet_is_taught_among_other_commands(redis):
    doubled = redis.register_script("return ARGV[1] * 2")
    await redis.script_flush()
    answers = await asyncio.gather(*(doubled(args=[number]) for number in range(5)), redis.ping())
    assert answers == [0, 2, 4, 6, 8, True]


async def test_whoever_waits_no_more_takes_nobody_along(redis):
    impatient, patient = asyncio.create_task(redis.ping()), asyncio.create_task(redis.ping())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient is True
    assert impatient.cancelled() or await asyncio.wait({impatient})


async def test_a_redis_that_is_away_is_told_to_everybody_and_asked_again_later(redis_dsn):
    async with SharedTrips.from_url("redis://127.0.0.1:1") as nobody:
        answers = await asyncio.gather(*(nobody.get("test:word") for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [RedisConnectionError] * 3
        with pytest.raises(RedisConnectionError):
            await nobody.get("test:word")


async def test_a_redis_that_says_nothing_is_given_up_and_asked_anew(redis_dsn, monkeypatch):
    monkeypatch.setattr(shared_trips, "PATIENCE", 0.2)
    async with Redis.from_url(redis_dsn) as owner, SharedTrips.from_url(redis_dsn) as redis:
        await redis.set("test:word", "fox")
        await owner.client_pause(600)
        answers = await asyncio.gather(redis.get("test:word"), redis.get("test:word"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [RedisTimeoutError] * 2
        await owner.client_unpause()
        assert await redis.get("test:word") == b"fox"
