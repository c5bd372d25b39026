"""Many at once: people at the last token, workers at the same tasks, processes that come and go."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from arq import ArqRedis
from redis.asyncio import Redis

from config.failpoints import Write
from config.supervisor import die_with_this_process
from db.pool import Database
from repository.ledger import LedgerRepository
from repository.tasks import Lane, NewTask, TaskRepository, TaskStatus
from repository.users import User, UserRepository
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.errors import NotEnoughTokens
from services.generation import Generations
from services.orders import TextToImageOrder, order_hash, order_json
from services.task_endings import Ending
from services.tasks import Tasks
from tests.conftest import ROOT
from tests.integration.heart.counting_worker import GATE, STARTED, SUBMITS
from workers.attempt import Attempt
from workers.lane import LaneRunner

StartWorker = Callable[[], AbstractContextManager["subprocess.Popen[bytes]"]]

NAMESPACE = "dreamphoto:sandbox"
"""Of workers that have no BOT_TOKEN."""
TASKS = 1000
PEOPLE = 100
START_WITHIN = 30.0
"""Seconds that a worker process may take to say that it works."""
STOP_WITHIN = 30.0
"""Seconds that a worker process may take to stop, whatever it has in hand."""
LOOK_EVERY = 0.05
"""Seconds between two looks at what another process does."""


class Crowd:
    """People with tokens, and what they ask for, in the lane that the worker processes serve."""

    def __init__(self, db: Database, arq: ArqRedis) -> None:
        self.db = db
        self.doorbell = Doorbell(arq, NAMESPACE)
        self.accounts = Accounts(db, "en")
        self.generations = Generations(db, self.doorbell, Lane.PROVIDER, random.Random(1))
        self.tasks = Tasks(db, self.doorbell)

    async def person(self, user_id: int, tokens: int) -> User:
        """Somebody who has exactly this many."""
        person = (await self.accounts.register(Profile(user_id, None, "Ann", None, "en"))).person
        if tokens != person.tokens_left:
            await UserRepository(self.db.writing(Write.PERSON_REGISTER)).update_tokens(
                user_id, tokens - person.tokens_left
            )
        return person

    async def asks_for_many(self, person: User, count: int) -> None:
        """Tasks past the limit of what one person may have open: they are in the queue already, and cost nothing."""
        order = TextToImageOrder(prompt="x")
        async with self.db.transaction(Write.TASK_REQUEST) as tx:
            for number in range(count):
                await TaskRepository(tx).add(
                    NewTask(
                        task_id=uuid4(),
                        user_id=person.user_id,
                        kind=order.kind.value,
                        lane=Lane.PROVIDER,
                        idempotency_key=f"many:{number}",
                        order_hash=order_hash(order),
                        order_json=order_json(order),
                        unit_price=0,
                        units=1,
                        time_limit=timedelta(minutes=10),
                        expires_in=timedelta(hours=1),
                        correlation_id=uuid4().hex,
                    )
                )

    async def count(self, *statuses: TaskStatus) -> int:
        """How many tasks stand so."""
        return int(
            await self.db.reading.fetchval(
                """SELECT count(*) FROM "Task" WHERE status = ANY($1)""", [status.value for status in statuses]
            )
        )


@pytest_asyncio.fixture
async def crowd(database: Database, arq: ArqRedis) -> Crowd:
    return Crowd(database, arq)


@pytest_asyncio.fixture
async def redis(redis_dsn: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_dsn, decode_responses=True) as opened:
        yield opened


@pytest.fixture
def worker(database_dsn: str, redis_dsn: str, tmp_path: Path) -> StartWorker:
    """Starts the real worker as a process of its own; it is gone at the end."""
    environment = {name: value for name, value in os.environ.items() if name != "BOT_TOKEN"} | {
        "DATABASE_URL": database_dsn,
        "REDIS_URL": redis_dsn,
        "STORAGE_URL": (tmp_path / "files").as_uri(),
        "DATA_DIR": str(tmp_path / "data"),
        "LOG_DIR": str(tmp_path / "logs"),
        "LOG_LEVEL": "WARNING",
        "ENV_FILE": "",
        "PYTHONPATH": str(ROOT),
    }

    @contextmanager
    def start() -> Iterator[subprocess.Popen[bytes]]:
        with (tmp_path / "worker.log").open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.heart.counting_worker"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_this_process(),
            )
            try:
                yield running
            finally:
                running.kill()
                running.wait()

    return start


async def until(so: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Wait for what another process does; fails the test where it does not come in time."""
    try:
        async with asyncio.timeout(seconds):
            while not await so():  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        pytest.fail(f"{what} did not come within {seconds:.0f} s")


async def until_serving(redis: Redis, *workers: subprocess.Popen[bytes]) -> None:
    """Until each of the processes has said that it works."""
    serving: set[int] = set()

    async def all_said_so() -> bool:
        assert all(worker.poll() is None for worker in workers), "a worker ended while it started"
        said = await redis.getdel(f"{NAMESPACE}:ready:worker")
        serving.update({int(said)} if said else set())
        return serving >= {worker.pid for worker in workers}

    await until(all_said_so, START_WITHIN, "the workers' word")


async def assert_books_are_right(crowd: Crowd) -> None:
    assert await LedgerRepository(crowd.db.reading).find_gaps() == []


async def test_of_fifty_spends_of_the_last_tokens_exactly_one_succeeds(
    crowd: Crowd, database_dsn: str, arq: ArqRedis
) -> None:
    person = await crowd.person(1, tokens=5)
    async with AsyncExitStack() as houses:
        doors = [
            Crowd(await houses.enter_async_context(await Database.connect(database_dsn, pool_size=5)), arq)
            for _ in range(5)
        ]

        async def spend(number: int) -> bool:
            try:
                door = doors[number % len(doors)]
                await door.generations.request(person, TextToImageOrder(prompt="x"), key=f"k{number}")
            except NotEnoughTokens:
                return False
            return True

        taken = await asyncio.gather(*(spend(number) for number in range(50)))
    assert sum(taken) == 1
    assert await crowd.count(TaskStatus.QUEUED) == 1
    spent = await crowd.accounts.get(1)
    assert spent is not None
    assert (spent.tokens_left, spent.tokens_held) == (0, 5)
    await assert_books_are_right(crowd)


async def test_eight_workers_that_start_at_once_claim_each_task_once(crowd: Crowd, database_dsn: str) -> None:
    for number in range(10):
        await crowd.asks_for_many(await crowd.person(number + 1, tokens=0), 20)
    began: Counter[str] = Counter()
    async with AsyncExitStack() as processes:
        runners = []
        for _ in range(8):
            db = await processes.enter_async_context(await Database.connect(database_dsn, pool_size=4))
            tasks = Tasks(db, crowd.doorbell)

            async def run(attempt: Attempt, tasks: Tasks = tasks) -> None:
                began[str(attempt.task.task_id)] += 1
                assert await tasks.end(attempt.task, Ending(TaskStatus.FAILED, error_code="test"))

            runners.append(LaneRunner(Lane.PROVIDER, 7, tasks, run))
        await asyncio.gather(*(runner.wake() for runner in runners))
        while works := [attempt.work for runner in runners for attempt in runner.attempts.values() if attempt.work]:
            await asyncio.gather(*works)
    assert len(began) == 200
    assert set(began.values()) == {1}
    assert await crowd.db.reading.fetchval("""SELECT max(attempt) FROM "Task" """) == 1
    assert await crowd.count(TaskStatus.FAILED) == 200


@pytest.mark.parametrize("done_before", [0, 10, 300])
async def test_one_task_among_five_hundred_of_somebody_else_waits_for_no_more_than_three(
    crowd: Crowd, done_before: int
) -> None:
    many, one = await crowd.person(1, tokens=0), await crowd.person(2, tokens=5)
    await crowd.asks_for_many(many, 500)
    began: list[int] = []
    served = asyncio.Event()

    async def run(attempt: Attempt) -> None:
        if len(began) == done_before:
            await crowd.generations.request(one, TextToImageOrder(prompt="x"), key="only")
        began.append(attempt.task.user_id)
        if attempt.task.user_id == one.user_id:
            served.set()
        await crowd.tasks.end(attempt.task, Ending(TaskStatus.FAILED, error_code="test"))

    runner = LaneRunner(Lane.PROVIDER, 1, crowd.tasks, run)
    await runner.wake()
    await asyncio.wait_for(served.wait(), 30)
    await runner.close(timedelta(seconds=10))
    assert began.index(one.user_id) - done_before <= 3


async def ask_for_a_thousand(crowd: Crowd, people: list[User]) -> None:
    """Orders from everybody, until all of them have ended."""
    gate = asyncio.Semaphore(8)

    async def ask(number: int) -> None:
        async with gate:
            order = TextToImageOrder(prompt=f"task {number}")
            await crowd.generations.request(people[number % PEOPLE], order, key=f"k{number}")

    async def all_ended() -> bool:
        return await crowd.count(TaskStatus.QUEUED, TaskStatus.RUNNING) == 0

    await asyncio.gather(*(ask(number) for number in range(TASKS)))
    await until(all_ended, 60, "the end of every task")


async def test_two_worker_processes_bring_a_thousand_tasks_to_their_end_and_none_twice(
    crowd: Crowd, redis: Redis, worker: StartWorker
) -> None:
    people = [await crowd.person(number + 1, tokens=100) for number in range(PEOPLE)]
    with worker() as first:
        await until_serving(redis, first)
        with worker() as second:  # not side by side: two that speak in the same moment speak over each other
            await until_serving(redis, second)
            await ask_for_a_thousand(crowd, people)
    submits = await redis.hgetall(SUBMITS)
    assert len(submits) == TASKS
    assert set(submits.values()) == {"1"}
    assert await crowd.count(TaskStatus.COMPLETED) == TASKS
    told = await crowd.db.reading.fetchrow(
        """
        SELECT (SELECT max(attempt) FROM "Task") AS attempts,
               (SELECT count(*) FROM "VendorCall") AS calls,
               (SELECT count(*) FROM "VendorCall" WHERE state <> 'done') AS open_calls,
               (SELECT count(*) FROM "File") AS files,
               (SELECT count(*) FROM "Notification") AS letters,
               (SELECT sum(tokens_left)::int FROM "User") AS left_over,
               (SELECT sum(tokens_held)::int FROM "User") AS held,
               (SELECT sum(tokens_spent)::int FROM "User") AS spent
        """
    )
    assert told is not None
    assert dict(told) == {
        "attempts": 1,
        "calls": TASKS,
        "open_calls": 0,
        "files": TASKS,
        "letters": TASKS,
        "left_over": PEOPLE * 100 - TASKS * 5,
        "held": 0,
        "spent": TASKS * 5,
    }
    await assert_books_are_right(crowd)


async def test_a_worker_that_is_told_to_stop_finishes_what_it_can_and_hands_back_the_rest(
    crowd: Crowd, redis: Redis, worker: StartWorker
) -> None:
    person = await crowd.person(1, tokens=100)
    asked = {
        prompt: await crowd.generations.request(person, TextToImageOrder(prompt=prompt), key=prompt)
        for prompt in ("long 1", "long 2", "gated")
    }

    async def all_started() -> bool:
        return set(await redis.lrange(STARTED, 0, -1)) == set(asked)

    with ExitStack() as processes:
        stopping = processes.enter_context(worker())
        await until(all_started, START_WITHIN, "the beginning of the work")
        stopping.send_signal(signal.SIGTERM)
        await redis.rpush(GATE, "open")
        assert await asyncio.to_thread(stopping.wait, STOP_WITHIN) == 0

    assert (await crowd.tasks.get(1, asked["gated"].task_id)).status is TaskStatus.COMPLETED
    for prompt in ("long 1", "long 2"):
        handed = await crowd.tasks.get(1, asked[prompt].task_id)
        assert (handed.status, handed.attempt) == (TaskStatus.QUEUED, 1)
        assert (handed.crash_count, handed.failure_count) == (0, 0)

    await redis.delete(STARTED)  # the next worker asks the vendor, and gives it nothing a second time
    asked.pop("gated")
    with worker():
        await until(all_started, START_WITHIN, "the next worker's turn")
    assert set((await redis.hgetall(SUBMITS)).values()) == {"1"}
    await assert_books_are_right(crowd)
