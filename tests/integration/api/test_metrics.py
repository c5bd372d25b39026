"""What /metrics tells of the house, over real servers; and that the example alerts ask for what there is."""

import asyncio
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis.asyncio
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from config import telemetry
from config.failpoints import Write
from config.settings import Settings
from repository.ended_tasks import EndedTaskRepository
from repository.ledger import LedgerRepository
from repository.reconciliation import BooksKind
from repository.tasks import Lane, NewTask, TaskRepository, TaskStatus
from repository.users import UserRepository
from services.money.books_watch import BooksWatch
from services.money.ledger_comparison import LedgerComparison
from services.money.task_comparison import TaskComparison
from tests.conftest import ROOT

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@asynccontextmanager
async def running(**given: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


@pytest.fixture
async def api(database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    async with running(database_url=database_dsn, redis_url=redis_dsn) as client:
        yield client


async def told(api: httpx.AsyncClient) -> Samples:
    """The samples of one scrape, as Prometheus' own parser reads them."""
    answer = await api.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def one(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"dreamphoto_{name}", frozenset(labels.items())]


async def add_task(database, user_id: int, lane: Lane) -> None:
    task_id = uuid4()
    task = NewTask(
        task_id=task_id,
        user_id=user_id,
        kind="text_to_image",
        lane=lane,
        idempotency_key=str(task_id),
        order_hash=b"",
        order_json="{}",
        unit_price=0,
        units=1,
        time_limit=timedelta(minutes=1),
        expires_in=timedelta(hours=1),
        correlation_id="c",
    )
    async with database.transaction(Write.TASK_REQUEST) as tx:
        assert await TaskRepository(tx).add(task)
        await EndedTaskRepository(tx).write_end(task_id, 0, user_id, TaskStatus.CANCELLED, (), {}, is_told=True)


@pytest.fixture
async def person(database) -> int:
    await UserRepository(database.reading).create_user(1, "n", "Ann", None)
    await LedgerRepository(database.reading).credit(1, 30, source="bonus", kind="bonus", key="welcome")
    return 1


async def test_what_waits_is_told_by_lane_with_the_age_of_what_is_due(api, database, person):
    for lane in (Lane.CPU, Lane.CPU, Lane.GPU):
        await add_task(database, person, lane)
    await database.reading.execute("""UPDATE "Task" SET due_at = now() - interval '100 s' WHERE lane = 'cpu'""")
    await database.reading.execute("""UPDATE "Task" SET due_at = now() + interval '100 s' WHERE lane = 'gpu'""")
    await database.reading.execute("""UPDATE "Notification" SET created_at = now() - interval '50 s'""")
    samples = await told(api)
    assert [one(samples, "tasks_waiting", lane=lane.value) for lane in Lane] == [0, 2, 0, 1]
    assert 100 <= one(samples, "tasks_oldest_due_seconds", lane="cpu") < 130
    assert one(samples, "tasks_oldest_due_seconds", lane="gpu") == 0, "it waits for its own time"
    assert one(samples, "outbox_waiting") == 3
    assert 50 <= one(samples, "outbox_oldest_seconds") < 80


async def test_a_balance_that_the_ledger_does_not_explain_is_told(api, database, person):
    await database.reading.execute("""UPDATE "User" SET tokens_left = tokens_left + 7, tokens_held = 2""")
    before = await told(api)
    assert one(before, "books_compared_timestamp_seconds", kind="ledger") == 0, "never, so far"
    await LedgerComparison(database).round()
    await TaskComparison(database).round()
    samples = await told(api)
    assert (one(samples, "books_gaps", kind="ledger"), one(samples, "ledger_gap_tokens")) == (1, 9)
    assert (one(samples, "books_gaps", kind="tasks"), one(samples, "books_gaps", kind="stars")) == (0, 0)
    for kind in ("ledger", "tasks"):
        assert one(samples, "books_compared_timestamp_seconds", kind=kind) > 1e9


async def test_what_people_have_and_owe_and_what_waits_for_the_owner_is_told(api, database, person):
    await database.reading.execute("""UPDATE "User" SET tokens_held = 4, tokens_owed = 3, frozen_at = now()""")
    await database.reading.execute("""INSERT INTO "Payment" (user_id, amount, tokens) VALUES (1, 75, 50)""")
    await database.reading.execute("""INSERT INTO "Refund" (payment_id, origin, state) VALUES (1, 'self', 'case')""")
    samples = await told(api)
    names = ("tokens_in_circulation", "tokens_owed", "frozen_people", "refund_cases")
    assert [one(samples, name) for name in names] == [34, 3, 1, 1]


async def test_bot_and_worker_are_up_while_they_say_so(api, redis_dsn):
    async with redis.asyncio.Redis.from_url(redis_dsn) as client:
        await client.set("dreamphoto:sandbox:ready:bot", 1, ex=10)
    samples = await told(api)
    assert [one(samples, "up", part=part) for part in ("database", "redis", "bot", "worker")] == [1, 1, 1, 0]


async def test_without_its_servers_it_answers_with_nan_rather_than_with_old_figures():
    async with running(database_url="postgresql://x@127.0.0.1:9/x", redis_url="redis://127.0.0.1:9/0") as api:
        samples = await told(api)
    unknown = ["tasks_running", "outbox_waiting", "outbox_oldest_seconds", "tokens_owed", "ledger_gap_tokens"]
    assert all(math.isnan(one(samples, name)) for name in unknown)
    for name in ("tasks_waiting", "tasks_oldest_due_seconds"):
        assert all(math.isnan(one(samples, name, lane=lane.value)) for lane in Lane)
    assert math.isnan(one(samples, "up", part="worker"))
    for name in ("books_gaps", "books_compared_timestamp_seconds"):
        assert all(math.isnan(one(samples, name, kind=kind.value)) for kind in BooksKind)
    assert one(samples, "up", part="database") == 0


async def test_what_this_process_counted_is_told_too(api):
    telemetry.TELEGRAM_429.inc()
    before = one(await told(api), "telegram_429_total")
    telemetry.TELEGRAM_429.inc()
    assert one(await told(api), "telegram_429_total") == before + 1


async def test_methods_and_paths_that_callers_make_up_make_no_new_series(api):
    for number in range(5):
        await api.request(f"MADE{number}", f"/nowhere/{number}")
    requests = [labels for name, labels in await told(api) if name == "dreamphoto_http_requests_total"]
    assert {dict(labels)["method"] for labels in requests} == {"other"}
    assert {dict(labels)["route"] for labels in requests} == {"unknown"}


async def tokens_owed(watch: BooksWatch) -> int | None:
    state = await watch.state()
    return state.circulation.tokens_owed if state else None


async def test_sums_over_everybody_are_read_once_a_minute_however_often_they_are_asked_for(database, person):
    now = 0.0
    watch = BooksWatch(database, clock=lambda: now)
    assert await tokens_owed(watch) == 0
    await database.reading.execute("""UPDATE "User" SET tokens_owed = 3""")
    now = 59.0
    assert await tokens_owed(watch) == 0
    now = 61.0
    assert await tokens_owed(watch) == 3


async def test_the_longer_the_sums_take_the_longer_is_the_pause_after_them(database, person):
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 10.0  # each look at the clock: so long did the sums take
        return now

    watch = BooksWatch(database, clock=clock)
    assert await tokens_owed(watch) == 0
    await database.reading.execute("""UPDATE "User" SET tokens_owed = 3""")
    now += 100
    assert await tokens_owed(watch) == 0
    now += 200
    assert await tokens_owed(watch) == 3


async def test_sums_that_take_long_hold_nobody_up_and_nothing_is_read_twice_at_once(database, person):
    async with database.transaction(Write.TASK_TELL) as tx:
        await tx.execute("""LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE""")
        watch = BooksWatch(database)
        assert await asyncio.gather(watch.state(), watch.state()) == [None, None]
        waiting = (
            """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""
        )
        assert await tx.fetchval(waiting) == 1
        await watch.aclose()


def test_the_example_alerts_are_rules_over_metrics_that_there_are():
    rules = yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text())
    asked_for = set()
    for group in rules["groups"]:
        assert set(group) == {"name", "rules"}
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
            asked_for |= set(re.findall(r"\bdreamphoto_\w+", rule["expr"]))
    code = (ROOT / "config" / "telemetry.py").read_text() + (ROOT / "api" / "metrics.py").read_text()
    there_are = set(re.findall(r'"(dreamphoto_\w+)"', code))
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked_for} - there_are == set()
