"""Vendor tasks of four seconds, five hundred in flight for a minute, one worker process: what do we add to them?

Beside it the same vendor, asked by a bare client that has as many calls in flight and does nothing else.
"""

import asyncio
import itertools
import statistics
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psutil

from db.embedded import free_port
from repository.users import User
from services.orders import TextToImageOrder
from tests.bench.house import BenchHouse
from tests.bench.report import Row
from tests.bench.tasks import percentile, wait_until_idle, wait_until_serving

VENDOR_SECONDS = 4.0
IN_FLIGHT = 500
SECONDS = 60.0
BARE_SECONDS = 20.0
PEOPLE = 100
FIRST_PERSON = 2_000_000


async def vendor_tasks(house: BenchHouse) -> Row:
    """Keep the tasks in flight, each asked for as another ends; the added latency is what is not the vendor's."""
    await house.people(PEOPLE, 1_000_000, first=FIRST_PERSON)
    people = [p for number in range(PEOPLE) if (p := await house.accounts.get(FIRST_PERSON + number)) is not None]
    port = free_port()
    vendor_url = f"http://127.0.0.1:{port}"
    with house.process("tests.bench.slow_vendor", str(port), str(VENDOR_SECONDS)):
        await _wait_until_up(vendor_url)
        bare = await _bare_client(vendor_url)
        with house.process("tests.bench.vendor_bench_worker", VENDOR_URL=vendor_url) as worker:
            await wait_until_serving(house)
            process = psutil.Process(worker.pid)
            used_before = process.cpu_times()
            began = time.monotonic()
            await _keep_in_flight(house, people)
            used = process.cpu_times()
            cpu = (used.user + used.system - used_before.user - used_before.system) / (time.monotonic() - began)
            await wait_until_idle(house)
            memory = _peak_memory(worker.pid)
    added, unfinished = await _added_seconds(house)
    if unfinished:
        raise RuntimeError(f"{unfinished} tasks did not bring their picture")
    return Row(
        f"vendor tasks of {VENDOR_SECONDS:.0f} s, {IN_FLIGHT} in flight for {SECONDS:.0f} s, one worker process:"
        " added latency (s)",
        f"p50 {statistics.median(added):.2f}, p95 {percentile(added, 0.95):.2f}; {len(added)} tasks;"
        f" worker {memory:.0f} MB at its peak, {cpu:.0%} of a core",
        f"the vendor asked by a bare client: p50 {statistics.median(bare):.3f}, p95 {percentile(bare, 0.95):.3f};"
        f" {len(bare)} calls",
        "p95 ≤ 1 s, < 300 MB",
    )


async def _keep_in_flight(house: BenchHouse, people: list[User]) -> None:
    """Ask for a task whenever one has ended. The first come evenly, or all would end at once for ever."""
    numbers = itertools.count()
    began = time.monotonic()
    asking: set[asyncio.Task[Any]] = set()

    async def ask(number: int) -> None:
        await house.generations.request(people[number % PEOPLE], TextToImageOrder(prompt="x"), key=f"vendor:{number}")

    while (passed := time.monotonic() - began) < SECONDS:
        wanted = min(IN_FLIGHT, int(passed / VENDOR_SECONDS * IN_FLIGHT))
        for _ in range(wanted - len(asking) - await _count_open(house)):
            request = asyncio.create_task(ask(next(numbers)))
            asking.add(request)
            request.add_done_callback(asking.discard)
        await asyncio.sleep(0.02)
    await asyncio.gather(*asking)


async def _count_open(house: BenchHouse) -> int:
    return int(await house.db.reading.fetchval("""SELECT count(*) FROM "Task" WHERE status IN ('queued', 'running')"""))


async def _added_seconds(house: BenchHouse) -> tuple[list[float], int]:
    """Of every finished task what came on top of the vendor's time; and how many were not finished."""
    rows = await house.db.reading.fetch(
        """
        SELECT status, extract(epoch FROM finished_at - created_at)::float8 AS seconds FROM "Task"
        WHERE user_id BETWEEN $1 AND $2
        """,
        FIRST_PERSON,
        FIRST_PERSON + PEOPLE - 1,
    )
    added = [row["seconds"] - VENDOR_SECONDS for row in rows if row["status"] == "completed"]
    return added, len(rows) - len(added)


async def _bare_client(vendor_url: str) -> list[float]:
    """Added seconds of each call when nothing but HTTP stands between."""
    added: list[float] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(vendor_url, connector=connector) as session:
        began = time.monotonic()

        async def one_after_another(number: int) -> None:
            await asyncio.sleep(number / IN_FLIGHT * VENDOR_SECONDS)
            while time.monotonic() - began < BARE_SECONDS:
                call_id, asked = uuid4(), time.monotonic()
                async with session.post("/jobs", json={"call_id": str(call_id)}) as answer:
                    await answer.read()
                async with session.get(f"/jobs/{call_id}") as answer:
                    await answer.read()
                added.append(time.monotonic() - asked - VENDOR_SECONDS)

        await asyncio.gather(*(one_after_another(number) for number in range(IN_FLIGHT)))
    return added


async def _wait_until_up(vendor_url: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession(vendor_url) as session:
        while True:
            try:
                async with session.get("/health") as answer:
                    await answer.read()
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


def _peak_memory(pid: int) -> float:
    """The most that the process ever had resident, in MB, as Linux tells it; elsewhere what it has now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return float(psutil.Process(pid).memory_info().rss / 2**20)
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
