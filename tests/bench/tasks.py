"""How soon a committed task is claimed, and how many tasks a second one worker brings through their whole life."""

import asyncio
import statistics
import time
from collections.abc import Sequence

import psutil
from arq import create_pool
from arq.connections import RedisSettings

from services.orders import TextToImageOrder
from tests.bench.bare_arq import QUEUE, STARTED
from tests.bench.bench_worker import CLAIMED
from tests.bench.house import BenchHouse
from tests.bench.report import Row

CLAIMS = 300
ARQ_STARTS = 20
TASKS = 1500
PEOPLE = 40


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def claim_latency(house: BenchHouse) -> Row:
    """Task committed → durably claimed by a worker that was idle, beside arq's own default."""
    await house.people(1, CLAIMS * 10, first=1_000_000)
    person = await house.accounts.get(1_000_000)
    assert person is not None
    ours: list[float] = []
    with house.process("tests.bench.bench_worker") as worker:
        await wait_until_serving(house)
        for number in range(CLAIMS):
            await house.generations.request(person, TextToImageOrder(prompt="x"), key=f"claim:{number}")
            # Committed just before the doorbell rang: the event's own time is the transaction's beginning.
            claimed = (await house.wait_for_list(CLAIMED, number + 1))[-1]
            asked = await house.db.reading.fetchval(
                """SELECT extract(epoch FROM max(created_at))::float8 FROM "Task" WHERE user_id = 1000000"""
            )
            ours.append((claimed - asked) * 1000)
            await wait_until_idle(house)
        process = psutil.Process(worker.pid)
        process.cpu_percent()
        await asyncio.sleep(5)
        idle_cpu = process.cpu_percent()
        memory = process.memory_info().rss / 2**20
    bare = await arq_latency(house)
    return Row(
        "task asked for → durably claimed (ms)",
        f"p50 {statistics.median(ours):.1f}, p99 {percentile(ours, 0.99):.1f};"
        f" idle worker {idle_cpu:.1f} % CPU, {memory:.0f} MB",
        f"arq as it comes: p50 {statistics.median(bare):.0f}",
        "p50 ≤ 5, p99 ≤ 25, idle CPU < 1 %",
    )


async def arq_latency(house: BenchHouse) -> list[float]:
    """Milliseconds from enqueueing to the start of a job, with arq's default poll delay."""
    pool = await create_pool(RedisSettings.from_dsn(house.redis_dsn), default_queue_name=QUEUE)
    delays: list[float] = []
    with house.process("tests.bench.bare_arq"):
        await pool.enqueue_job("no_op")
        await house.wait_for_list(STARTED, 1)
        for number in range(ARQ_STARTS):
            asked = time.time()
            await pool.enqueue_job("no_op")
            delays.append(((await house.wait_for_list(STARTED, number + 2))[-1] - asked) * 1000)
    await pool.aclose()
    await house.redis.delete(STARTED)
    return delays


async def throughput(house: BenchHouse) -> Row:
    """Orders from many people through request, claim, call, files, settlement and outbox row, beside bare arq jobs."""
    await house.people(PEOPLE, TASKS)
    people = [person for user_id in range(1, PEOPLE + 1) if (person := await house.accounts.get(user_id))]
    with house.process("tests.bench.bench_worker"):
        await wait_until_serving(house)
        began = time.monotonic()
        gate = asyncio.Semaphore(8)

        async def ask(number: int) -> None:
            async with gate:
                await house.generations.request(
                    people[number % PEOPLE], TextToImageOrder(prompt="x"), key=f"whole:{number}"
                )

        await asyncio.gather(*(ask(number) for number in range(TASKS)))
        await wait_until_idle(house)
        ours = TASKS / (time.monotonic() - began)
    bare = await arq_throughput(house)
    return Row(
        "tasks through their whole life, instant backend, one worker process (per second)",
        f"{ours:.0f}",
        f"bare arq no-op jobs: {bare:.0f}",
        "≥ 100",
    )


async def arq_throughput(house: BenchHouse) -> float:
    """No-op jobs a second, from the first enqueued to the last started."""
    pool = await create_pool(RedisSettings.from_dsn(house.redis_dsn), default_queue_name=QUEUE)
    with house.process("tests.bench.bare_arq", "0.005"):
        await pool.enqueue_job("no_op")
        await house.wait_for_list(STARTED, 1)
        began = time.monotonic()
        gate = asyncio.Semaphore(8)

        async def ask() -> None:
            async with gate:
                await pool.enqueue_job("no_op")

        await asyncio.gather(*(ask() for _ in range(TASKS)))
        await house.wait_for_list(STARTED, TASKS + 1)
        rate = TASKS / (time.monotonic() - began)
    await pool.aclose()
    await house.redis.delete(STARTED)
    return rate


async def wait_until_serving(house: BenchHouse) -> None:
    """Until the worker says that it works."""
    await house.redis.delete("dreamphoto:sandbox:ready:worker", CLAIMED)
    async with asyncio.timeout(30):
        while not await house.redis.exists("dreamphoto:sandbox:ready:worker"):
            await asyncio.sleep(0.05)


async def wait_until_idle(house: BenchHouse) -> None:
    """Until no task is open."""
    async with asyncio.timeout(300):
        while await house.db.reading.fetchval(
            """SELECT EXISTS (SELECT FROM "Task" WHERE status IN ('queued', 'running'))"""
        ):
            await asyncio.sleep(0.002)
