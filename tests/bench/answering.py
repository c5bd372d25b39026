"""People who press buttons while somebody else's photos are fetched, stored and looked at: how long do they wait?"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable

import aiohttp

from bot.features.train.buttons import GiveConsent
from db.embedded import free_port
from tests.bench.house import BenchHouse
from tests.bench.report import Row
from tests.bench.tasks import percentile, wait_until_serving
from tests.bench.webhook import Door, bot_settings, first_start, photo, press

PHOTOS = 30
PACE = 20
"""Presses a second."""
QUIET_SECONDS = 5
COLLECTOR, FIRST_OTHER, OTHERS = 20_000_000, 20_000_001, 200
"""Who sends photos, and the many who press: Telegram lets a bot write to one chat about once a second."""

_LOOKED_AT = """SELECT count(*) FROM "PhotoAnalysis" WHERE user_id = $1 AND state <> 'waiting'"""


async def answering(house: BenchHouse) -> Row:
    """Presses alone, then while a person's thirty photos are taken in and looked at: the whole house, its eyes too."""
    telegram, bot = free_port(), free_port()
    with (
        house.process("tests.bench.quick_telegram", str(telegram)),
        house.process("uvicorn", "api.app:app", "--port", str(bot), "--no-access-log", **bot_settings(_url(telegram))),
        house.process("tests.bench.bench_worker"),
    ):
        await wait_until_serving(house)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3)) as client:
            door = Door(client, bot)
            await door.wait_until_up(first_start(COLLECTOR))
            for user_id in range(FIRST_OTHER, FIRST_OTHER + OTHERS):
                await door.send(first_start(user_id))
            await door.send(press(COLLECTOR, GiveConsent()))
            await _pressed(door, asyncio.sleep(1))
            alone = await _pressed(door, asyncio.sleep(QUIET_SECONDS))
            began = time.perf_counter()
            beside = await _pressed(door, _collected(house, door))
            took = time.perf_counter() - began
    return Row(
        f"a press of somebody else while {PHOTOS} photos for a model are taken in and looked at, {PACE}/s (ms)",
        f"p50 {statistics.median(beside):.0f}, p95 {percentile(beside, 0.95):.0f}, longest {max(beside):.0f};"
        f" {PHOTOS} photos in {took:.0f} s",
        f"the same with no photos: p50 {statistics.median(alone):.0f}, p95 {percentile(alone, 0.95):.0f}",
        "p95 ≤ 300 ms",
    )


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def _pressed(door: Door, until: Awaitable[None]) -> list[float]:
    """Milliseconds of presses that come evenly until something is done, whether or not the ones before are answered."""
    done = asyncio.ensure_future(until)
    began, presses = time.perf_counter(), []
    for number in itertools.count():
        due = began + number / PACE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if done.done():
            break
        presses.append(asyncio.create_task(_press(door, FIRST_OTHER + number % OTHERS, due)))
    await done
    return list(await asyncio.gather(*presses))


async def _press(door: Door, user_id: int, due: float) -> float:
    await door.send(press(user_id))
    return (time.perf_counter() - due) * 1000


async def _collected(house: BenchHouse, door: Door) -> None:
    """All photos at once, until each has its verdict."""
    await asyncio.gather(*(door.send(photo(COLLECTOR, number)) for number in range(2, PHOTOS + 2)))
    async with asyncio.timeout(120):
        while await house.db.reading.fetchval(_LOOKED_AT, COLLECTOR) < PHOTOS:
            await asyncio.sleep(0.1)
