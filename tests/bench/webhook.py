"""Webhook update → handled → committed → replied, beside bare aiogram with one insert.

Ours registers a person who writes /start for the first time (row, account, welcome tokens in the ledger) and sends
the welcome with its menu; the bare one inserts a row and sends a word.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator

import aiohttp

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
    settings = {
        "BOT_TOKEN": "42:BENCH",
        "TELEGRAM_API_URL": telegram_url,
        "BOT_MODE": "webhook",
        "PUBLIC_BASE_URL": "https://example.org",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_MESSAGES_PER_SECOND": "10000",
        "LOG_LEVEL": "ERROR",
    }
    with (
        house.process("tests.bench.quick_telegram", str(telegram)),
        house.process("tests.bench.bare_webhook", str(bare), telegram_url),
        house.process("uvicorn", "api.app:app", "--port", str(ours), "--no-access-log", **settings),
    ):
        people = itertools.count(10_000_000)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as client:
            sides = [_Side(client, port, people) for port in (bare, ours)]
            for side in sides:
                await side.wait_until_up()
                await side.burst(UPDATES)  # warm
            rates: list[tuple[float, float]] = []
            for _ in range(ROUNDS):
                rates.append((await sides[0].burst(UPDATES), await sides[1].burst(UPDATES)))
            paced = [await side.paced() for side in sides]
    ratio = statistics.median(ours / bare for bare, ours in rates)
    tail = percentile(paced[1], 0.99) / percentile(paced[0], 0.99)
    return Row(
        "webhook update → handled → committed → replied",
        f"{statistics.median(rate for _, rate in rates):.0f}/s, {ratio:.0%} of bare (median of {ROUNDS} rounds);"
        f" paced at {PACE}/s: p50 {statistics.median(paced[1]):.1f}, p99 {percentile(paced[1], 0.99):.1f} ms,"
        f" p99 {tail:.1f} × bare",
        f"{statistics.median(rate for rate, _ in rates):.0f}/s; paced: p50 {statistics.median(paced[0]):.1f},"
        f" p99 {percentile(paced[0], 0.99):.1f} ms",
        "≥ 50 % of bare's rate; p99 ≤ 3 × bare",
    )


class _Side:
    """One of the two servers."""

    def __init__(self, client: aiohttp.ClientSession, port: int, people: Iterator[int]) -> None:
        self._client = client
        self._url = f"http://127.0.0.1:{port}/webhooks/telegram"
        self._people = people

    async def wait_until_up(self) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await self._send()
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    async def burst(self, count: int) -> float:
        """Updates a second with IN_FLIGHT at a time."""
        numbers = iter(range(count))

        async def lane() -> None:
            for _ in numbers:
                await self._send()

        began = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
        return count / (time.perf_counter() - began)

    async def paced(self) -> list[float]:
        """Milliseconds of each update when they come evenly, whether or not the ones before are done."""
        began = time.perf_counter()

        async def at(number: int) -> float:
            due = began + number / PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._send()
            return (time.perf_counter() - due) * 1000

        return list(await asyncio.gather(*(at(number) for number in range(PACE * PACED_SECONDS))))

    async def _send(self) -> None:
        user_id = next(self._people)
        person = {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
        message = {
            "message_id": 1,
            "date": 1,
            "chat": {"id": user_id, "type": "private", "first_name": "Ann"},
            "from": person,
            "text": "/start",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        }
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        update = {"update_id": user_id, "message": message}
        async with self._client.post(self._url, json=update, headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self._url} answered {answer.status}")
