"""The bot as a process: `python -m bot.main`."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from tests.conftest import ROOT
from tests.integration.conftest import TOKEN

START_WITHIN = 30.0
STOP_WITHIN = 5.0


@pytest.fixture
async def redis(redis_dsn: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_dsn) as client:
        yield client


@pytest.fixture
def environment(telegram, database_dsn, redis_dsn, tmp_path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": "",
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.url,
        "DATABASE_URL": database_dsn,
        "REDIS_URL": redis_dsn,
        "STORAGE_URL": (tmp_path / "files").as_uri(),
    }


@asynccontextmanager
async def bot_process(environment: dict[str, str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.main", cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def eventually(answer: Callable[[], Awaitable[object]], process: Process) -> None:
    """Ask until it is so; a process that ended has failed."""
    waiting = asyncio.create_task(process.wait())
    async with asyncio.timeout(START_WITHIN):
        while not await answer():
            dead, _ = await asyncio.wait({waiting}, timeout=0.02)
            assert not dead, (await process.communicate())[1].decode()
    waiting.cancel()


async def stopped(process: Process) -> tuple[int, float]:
    """Exit status, and seconds from SIGTERM to it."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = await asyncio.wait_for(process.wait(), 20)
    return status, time.monotonic() - began


async def test_it_says_that_it_is_ready_once_it_polls_and_answers(environment, telegram, redis):
    async with bot_process(environment) as process:
        await eventually(lambda: redis.get("dreamphoto:production:ready:bot"), process)
        assert int(await redis.get("dreamphoto:production:ready:bot")) == process.pid
        assert 0 < await redis.ttl("dreamphoto:production:ready:bot") <= 10
        assert await telegram.calls("getUpdates")
        anna = await telegram.person()
        await eventually(lambda: telegram.messages(anna), process)
        assert await stopped(process) < (0, STOP_WITHIN)


async def test_a_stop_takes_less_than_five_seconds_whatever_is_in_hand(environment, telegram, redis):
    async with bot_process(environment) as process:
        await eventually(lambda: redis.get("dreamphoto:production:ready:bot"), process)
        await telegram.fault(method="sendMessage", delay=60)
        await telegram.person()
        await eventually(lambda: redis.keys("dreamphoto:production:limit:*"), process)
        status, seconds = await stopped(process)
    assert status == 0
    assert seconds < STOP_WITHIN
    assert (await telegram.bot.get_webhook_info()).pending_update_count == 1, "the next start handles it"


async def test_refused_commands_do_not_keep_people_waiting(environment, telegram, redis):
    await telegram.fault(method="setMyCommands", error_code=429, retry_after=600, times=100)
    async with bot_process(environment) as process:
        await eventually(lambda: redis.get("dreamphoto:production:ready:bot"), process)


async def test_by_webhook_it_tells_telegram_where_and_what_for(environment, telegram, redis):
    environment |= {
        "BOT_MODE": "webhook",
        "PUBLIC_BASE_URL": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-the-webhook",
    }
    async with bot_process(environment) as process:
        await eventually(lambda: redis.get("dreamphoto:production:ready:bot"), process)
        assert (await stopped(process))[0] == 0
    told = await telegram.bot.get_webhook_info()
    assert told.url == "http://127.0.0.1:9/webhooks/telegram", "a stop leaves the webhook as it is"
    [call] = await telegram.calls("setWebhook")
    assert {"message", "callback_query"} <= set(call["parameters"]["allowed_updates"])
    assert not await telegram.calls("getUpdates")


async def test_polling_takes_a_webhook_away_and_drops_nothing(environment, telegram, redis):
    anna = await telegram.person()
    await telegram.bot.set_webhook("http://127.0.0.1:9/elsewhere")
    async with bot_process(environment) as process:
        await eventually(lambda: telegram.messages(anna), process)
    assert not (await telegram.bot.get_webhook_info()).url


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"BOT_TOKEN": "rubbish"}, "BOT_TOKEN"),
        ({"BOT_TOKEN": "1:another"}, "BOT_TOKEN"),
        ({"REDIS_URL": "redis://127.0.0.1:9/0"}, "Redis"),
    ],
)
async def test_what_it_cannot_start_with_is_one_line(environment, wrong, said):
    async with bot_process(environment | wrong) as process:
        _, errors = await asyncio.wait_for(process.communicate(), START_WITHIN)
        assert process.returncode in (1, 2)
    [line] = errors.decode().splitlines()
    assert said in line
