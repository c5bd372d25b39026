"""The API takes updates: it starts without its servers, says so, and serves when they come."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, closing
from urllib.parse import urlsplit

import httpx
import pytest

from tests.chaos.proxy import FaultProxy, ProxyLoop
from tests.integration.api.test_house import SECRET, running
from tests.integration.conftest import TOKEN, Telegram


@pytest.fixture
def way_to_redis(redis_dsn: str) -> Iterator[FaultProxy]:
    with closing(ProxyLoop()) as loop, closing(FaultProxy(loop, urlsplit(redis_dsn).port or 0)) as proxy:
        yield proxy


async def tell(api: httpx.AsyncClient, person_id: int) -> int:
    """Be Telegram with an update; returns the status that it is answered with."""
    sender = {"id": person_id, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    message = {"message_id": 1, "date": 1, "chat": {"id": person_id, "type": "private"}, "from": sender}
    update = {"update_id": 1, "message": {**message, "text": "/start"}}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return (await api.post("/webhooks/telegram", json=update, headers=headers)).status_code


@pytest.mark.parametrize("processes", [1, 2])
async def test_without_redis_it_starts_and_says_so_and_takes_updates_when_redis_comes(
    database_dsn: str, telegram: Telegram, way_to_redis: FaultProxy, processes: int
) -> None:
    anna = await telegram.person()
    async with AsyncExitStack() as house:
        redis_is_away = house.enter_context(ExitStack())
        redis_is_away.enter_context(way_to_redis.refusing())
        api = await house.enter_async_context(
            running(
                database_url=database_dsn,
                redis_url=f"redis://127.0.0.1:{way_to_redis.port}/0",
                bot_token=TOKEN,
                telegram_api_url=telegram.url,
                bot_mode="webhook",
                public_base_url="https://example.org",
                telegram_webhook_secret=SECRET,
                api_processes=processes,
            )
        )
        assert (await api.get("/ready")).status_code == 503
        health = (await api.get("/health")).json()
        assert (health["status"], health["database"], health["redis"]) == ("degraded", True, False)
        assert await tell(api, anna) == 503, "Telegram sends it again"
        redis_is_away.close()
        assert (await api.get("/ready")).status_code == 200
        assert await tell(api, anna) == 200
    assert "Hello" in (await telegram.messages(anna))[-1]["text"]
