"""Webhook update → handled → committed → replied, beside bare aiogram with one insert.

Ours registers a person who writes /start for the first time (row, account, welcome tokens in the ledger) and sends
the welcome with its menu, and then shows them the menu at a press of a button: the message is edited and the press
answered, two calls of Telegram. The bare one inserts a row and sends a word.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
from aiogram.filters.callback_data import CallbackData

from bot.buttons import Open, Section
from db.embedded import free_port
from tests.bench.house import BenchHouse
from tests.bench.report import Row
from tests.bench.tasks import percentile

ROUNDS = 20
UPDATES = 150
IN_FLIGHT = 16
PACE = 200
"""Updates a second."""
PACED_SECONDS = 5
SECRET = "bench"


async def handling(house: BenchHouse) -> Row:
    """Alternating rounds, then a paced run of each."""
    telegram, bare, ours = free_port(), free_port(), free_port()
    await house.db.reading.execute(
        """CREATE TABLE IF NOT EXISTS "BareUpdate" (id BIGSERIAL PRIMARY KEY, user_id BIGINT, text TEXT)"""
    )
    telegram_url = f"http://127.0.0.1:{telegram}"
    settings = bot_settings(telegram_url)
    with (
        house.process("tests.bench.quick_telegram", str(telegram)),
        house.process("tests.bench.bare_webhook", str(bare), telegram_url),
        house.process("uvicorn", "api.app:app", "--port", str(ours), "--no-access-log", **settings),
    ):
        people = itertools.count(10_000_000)
        # Servers close what was idle for five seconds, perhaps just while it is used again.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
        async with aiohttp.ClientSession(connector=connector) as client:
            sides = [_Side(client, port, people) for port in (bare, ours)]
            for side in sides:
                await side.wait_until_up()
                await side.burst(UPDATES, first_start)  # warm
            await sides[1].burst(UPDATES, press)
            rates: list[tuple[float, float, float]] = []
            for _ in range(ROUNDS):
                rates.append(
                    (
                        await sides[0].burst(UPDATES, first_start),
                        await sides[1].burst(UPDATES, first_start),
                        await sides[1].burst(UPDATES, press),
                    )
                )
            paced = [await side.paced() for side in sides]
    bare_rate, start_rate, press_rate = (statistics.median(column) for column in zip(*rates, strict=True))
    start_ratio = statistics.median(starts / bare for bare, starts, _ in rates)
    press_ratio = statistics.median(presses / bare for bare, _, presses in rates)
    tail = percentile(paced[1], 0.99) / percentile(paced[0], 0.99)
    return Row(
        "webhook update → handled → committed → replied (somebody's first `/start`)",
        f"{start_rate:.0f}/s, {start_ratio:.0%} of bare (median of {ROUNDS} rounds);"
        f" a press, which takes two calls of Telegram: {press_rate:.0f}/s, {press_ratio:.0%};"
        f" paced at {PACE}/s: p50 {statistics.median(paced[1]):.1f}, p99 {percentile(paced[1], 0.99):.1f} ms,"
        f" p99 {tail:.1f} × bare",
        f"aiogram with one insert: {bare_rate:.0f}/s; paced: p50 {statistics.median(paced[0]):.1f},"
        f" p99 {percentile(paced[0], 0.99):.1f} ms",
        "≥ 50 % of bare's rate; p99 ≤ 3 × bare",
    )


def bot_settings(telegram_url: str) -> dict[str, str]:
    """Environment of a bot that Telegram brings updates to."""
    return {
        "BOT_TOKEN": "42:BENCH",
        "TELEGRAM_API_URL": telegram_url,
        "BOT_MODE": "webhook",
        "PUBLIC_BASE_URL": "https://example.org",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_MESSAGES_PER_SECOND": "10000",
        "LOG_LEVEL": "ERROR",
    }


def first_start(user_id: int) -> dict[str, Any]:
    """Somebody new."""
    return {
        "update_id": user_id,
        "message": _message(user_id)
        | {
            "from": _person(user_id),
            "text": "/start",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        },
    }


def press(user_id: int, button: CallbackData | None = None) -> dict[str, Any]:
    """The same person presses a button, if nothing else is said the way to the menu under the welcome."""
    return {
        "update_id": user_id,
        "callback_query": {
            "id": str(user_id),
            "from": _person(user_id),
            "chat_instance": "1",
            "message": _message(user_id) | {"text": "Welcome"},
            "data": (button or Open(section=Section.MENU)).pack(),
        },
    }


def photo(user_id: int, number: int) -> dict[str, Any]:
    """The same person sends a photo, this number from 2 of their messages."""
    size = {"file_id": f"{user_id}-{number}", "file_unique_id": f"{user_id}-{number}", "width": 960, "height": 1280}
    return {
        "update_id": user_id * 100 + number,
        "message": _message(user_id) | {"message_id": number, "from": _person(user_id), "photo": [size]},
    }


def _person(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}


def _message(user_id: int) -> dict[str, Any]:
    return {"message_id": 1, "date": 1, "chat": {"id": user_id, "type": "private", "first_name": "Ann"}}


class Door:
    """Where a server takes Telegram's updates."""

    def __init__(self, client: aiohttp.ClientSession, port: int) -> None:
        self._client = client
        self._url = f"http://127.0.0.1:{port}/webhooks/telegram"

    async def wait_until_up(self, update: dict[str, Any]) -> None:
        """Bring an update until it is taken."""
        async with asyncio.timeout(30):
            while True:
                try:
                    return await self.send(update)
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    async def send(self, update: dict[str, Any]) -> None:
        """Bring an update; it is handled when this returns."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with self._client.post(self._url, json=update, headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self._url} answered {answer.status}")


class _Side:
    """One of the two servers."""

    def __init__(self, client: aiohttp.ClientSession, port: int, people: Iterator[int]) -> None:
        self._door = Door(client, port)
        self._people = people
        self._known: list[int] = []

    async def wait_until_up(self) -> None:
        await self._door.wait_until_up(first_start(next(self._people)))

    async def burst(self, count: int, update: Callable[[int], dict[str, Any]]) -> float:
        """Updates a second with IN_FLIGHT at a time: of new people, or of those who came last."""
        if update is first_start:
            self._known = [next(self._people) for _ in range(count)]
        updates = iter([update(user_id) for user_id in self._known[:count]])

        async def lane() -> None:
            for update in updates:
                await self._door.send(update)

        began = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
        return count / (time.perf_counter() - began)

    async def paced(self) -> list[float]:
        """Milliseconds of each update when they come evenly, whether or not the ones before are done."""
        began = time.perf_counter()

        async def at(number: int) -> float:
            due = began + number / PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._door.send(first_start(next(self._people)))
            return (time.perf_counter() - due) * 1000

        return list(await asyncio.gather(*(at(number) for number in range(PACE * PACED_SECONDS))))
