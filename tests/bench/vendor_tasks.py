"""Vendor tasks of four seconds, five hundred in flight for a minute, one worker process: what do we add to them?

Three vendors, one after the other: one that does nothing but wait, asked over plain HTTP, which shows the house alone
(beside it the same vendor asked by a bare client); and the stand-ins for Runware and Replicate, asked by the real
backends over the vendors' own SDKs, with every output fetched, checked and stored.
"""

import asyncio
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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
SIDE = 64
"""Pixels of every output."""
IN_FLIGHT = 500
SECONDS = 60.0
BARE_SECONDS = 20.0
PEOPLE = 100
GOAL = "p95 ≤ 1 s, < 300 MB"


@dataclass(frozen=True)
class Vendor:
    """Who makes the pictures."""

    name: str
    command: tuple[str, ...]
    """Its process."""
    sign_of_life: str
    """Its address that answers once it is up."""
    worker: str
    """Module of the worker that uses it."""
    first_person: int
    """Where the ids of the people begin who order there."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings of that worker."""


async def slow_vendor_tasks(house: BenchHouse) -> Row:
    """The house alone, beside a bare client."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    vendor = Vendor(
        "a vendor that only waits",
        ("tests.bench.slow_vendor", str(port), str(VENDOR_SECONDS)),
        f"{url}/health",
        "tests.bench.vendor_bench_worker",
        2_000_000,
        {"VENDOR_URL": url},
    )
    with house.process(*vendor.command):
        await _wait_until_up(vendor.sign_of_life)
        bare = await _bare_client(url)
        seen = await _seen(house, vendor)
    return _row(
        vendor,
        seen,
        f"the vendor asked by a bare client: p50 {statistics.median(bare):.3f}, p95 {percentile(bare, 0.95):.3f};"
        f" {len(bare)} calls",
    )


async def runware_tasks(house: BenchHouse) -> Row:
    """Over the stand-in for Runware."""
    port = free_port()
    vendor = Vendor(
        "Runware's stand-in",
        (
            *("sandbox.runware", "--port", str(port), "--state-dir", str(house.folder / "runware")),
            *("--api-key", "bench", "--seconds", str(VENDOR_SECONDS), "--side", str(SIDE)),
        ),
        f"http://127.0.0.1:{port}/sim/settings",
        "workers.main",
        3_000_000,
        {
            "IMAGE_BACKENDS": "runware",
            "RUNWARE_API_KEY": "bench",
            "RUNWARE_WS_URL": f"ws://127.0.0.1:{port}/v1",
        },
    )
    with house.process(*vendor.command):
        await _wait_until_up(vendor.sign_of_life)
        return _row(vendor, await _seen(house, vendor), "the row above: the same house over a vendor that only waits")


async def replicate_tasks(house: BenchHouse) -> Row:
    """Over the stand-in for Replicate."""
    port = free_port()
    vendor = Vendor(
        "Replicate's stand-in",
        (
            *("sandbox.replicate", "--port", str(port), "--state-dir", str(house.folder / "replicate")),
            *("--token", "bench", "--seconds", str(VENDOR_SECONDS), "--side", str(SIDE)),
        ),
        f"http://127.0.0.1:{port}/sim/settings",
        "workers.main",
        4_000_000,
        {
            "IMAGE_BACKENDS": "replicate",
            "REPLICATE_API_TOKEN": "bench",
            "REPLICATE_BASE_URL": f"http://127.0.0.1:{port}",
        },
    )
    with house.process(*vendor.command):
        await _wait_until_up(vendor.sign_of_life)
        return _row(vendor, await _seen(house, vendor), "as above")


@dataclass(frozen=True)
class Seen:
    """What a minute showed."""

    added: list[float]
    """Seconds on top of the vendor's, of each task."""
    memory: float
    """MB of the worker, at its peak."""
    cores: float
    """That the worker used."""


def _row(vendor: Vendor, seen: Seen, beside: str) -> Row:
    return Row(
        f"vendor tasks of {VENDOR_SECONDS:.0f} s, {IN_FLIGHT} in flight for {SECONDS:.0f} s, one worker process,"
        f" {vendor.name}: added latency (s)",
        f"p50 {statistics.median(seen.added):.2f}, p95 {percentile(seen.added, 0.95):.2f}; {len(seen.added)} tasks;"
        f" worker {seen.memory:.0f} MB at its peak, {seen.cores:.0%} of a core",
        beside,
        GOAL,
    )


async def _seen(house: BenchHouse, vendor: Vendor) -> Seen:
    """Keep the tasks in flight, each asked for as another ends; the added latency is what is not the vendor's."""
    await house.people(PEOPLE, 1_000_000, first=vendor.first_person)
    numbers = range(vendor.first_person, vendor.first_person + PEOPLE)
    people = [person for number in numbers if (person := await house.accounts.get(number)) is not None]
    with house.process(vendor.worker, **vendor.environment) as worker:
        await wait_until_serving(house)
        process = psutil.Process(worker.pid)
        used_before = process.cpu_times()
        began = time.monotonic()
        await _keep_in_flight(house, people)
        used = process.cpu_times()
        cores = (used.user + used.system - used_before.user - used_before.system) / (time.monotonic() - began)
        await wait_until_idle(house)
        memory = _peak_memory(worker.pid)
    added, unfinished = await _added_seconds(house, vendor)
    if unfinished:
        raise RuntimeError(f"tasks that did not bring their picture: {dict(unfinished)}")
    return Seen(added, memory, cores)


async def _keep_in_flight(house: BenchHouse, people: list[User]) -> None:
    """Ask for a task whenever one has ended. The first come evenly, or all would end at once for ever."""
    numbers = itertools.count()
    began = time.monotonic()
    asking: set[asyncio.Task[Any]] = set()

    async def ask(number: int) -> None:
        order = TextToImageOrder(prompt="a fox")
        await house.generations.request(people[number % PEOPLE], order, key=f"vendor:{number}")

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


async def _added_seconds(house: BenchHouse, vendor: Vendor) -> tuple[list[float], Counter[str]]:
    """Of every finished task what came on top of the vendor's time; and the others by their error code."""
    rows = await house.db.reading.fetch(
        """
        SELECT status, error_code, extract(epoch FROM finished_at - created_at)::float8 AS seconds FROM "Task"
        WHERE user_id BETWEEN $1 AND $2
        """,
        vendor.first_person,
        vendor.first_person + PEOPLE - 1,
    )
    added = [row["seconds"] - VENDOR_SECONDS for row in rows if row["status"] == "completed"]
    return added, Counter(str(row["error_code"]) for row in rows if row["status"] != "completed")


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


async def _wait_until_up(sign_of_life: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(sign_of_life) as answer:
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
