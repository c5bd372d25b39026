"""Ended tasks beside their calls, holds and files: what does not fit alarms, and nothing is corrected by itself."""

from datetime import timedelta

import pytest

from db.pool import Database
from repository.marks import MarkRepository
from services.money.task_comparison import TaskComparison
from tests.integration.money.bookkeeping import ended_task, events, frozen, gaps, make_due, value
from tests.integration.money.conftest import Meet


@pytest.fixture
async def comparison(database: Database, meet: Meet) -> TaskComparison:
    await meet(7)
    await database.reading.execute('UPDATE "User" SET tokens_left = 1000000')
    await database.reading.execute("""UPDATE "Reconciliation" SET position = 0 WHERE kind = 'tasks'""")
    return TaskComparison(database)


async def test_tasks_that_ended_well_fit(comparison: TaskComparison, database: Database) -> None:
    for status, made in (("completed", 4), ("completed", 2), ("failed", 0), ("cancelled", 1)):
        await ended_task(database, 7, status=status, made=made)
    await ended_task(database, 7, price=0)
    found = await comparison.round()
    assert found is not None
    assert (found.tasks, found.gaps) == (5, 0)
    assert await events(database, "task_gap") == {}


@pytest.mark.parametrize(
    ("tampering", "reason"),
    [
        ('UPDATE "Hold" SET captured = captured + 1 WHERE task_id = $1', "captured"),
        ('UPDATE "Hold" SET captured = NULL, settled_at = NULL WHERE task_id = $1', "hold_open"),
        ('DELETE FROM "Hold" WHERE task_id = $1', "hold_missing"),
        ('UPDATE "Task" SET units_made = units_made + 1 WHERE task_id = $1', "captured files"),
        (
            """INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend, state)
               VALUES (gen_random_uuid(), $1, 1, 0, 'runware', 'sent')""",
            "call_open",
        ),
        (
            """DELETE FROM "File" WHERE position = 0
               AND generation_id = (SELECT generation_id FROM "Generation" WHERE task_id = $1)""",
            "files",
        ),
    ],
)
async def test_what_does_not_fit_alarms_until_it_does_and_freezes_nobody(
    comparison: TaskComparison, database: Database, tampering: str, reason: str
) -> None:
    await ended_task(database, 7)
    task_id = await ended_task(database, 7)
    await database.reading.execute(tampering, task_id)
    await comparison.round()
    assert await events(database, "task_gap") == {f"task {task_id}": True}
    told = await value(database, """SELECT details->'reasons' FROM "AdminEvent" WHERE kind = 'task_gap'""")
    assert told == reason.split()
    assert await gaps(database, "tasks") == 1
    assert await frozen(database) == []
    await database.reading.execute('DELETE FROM "Hold" WHERE task_id = $1', task_id)
    await database.reading.execute('DELETE FROM "Task" WHERE task_id <> $1 AND FALSE', task_id)
    await database.reading.execute('DELETE FROM "Generation" WHERE task_id = $1', task_id)
    await database.reading.execute('DELETE FROM "Task" WHERE task_id = $1', task_id)
    await make_due(database)
    found = await comparison.round()
    assert found is not None
    assert found.gaps == 0
    assert await events(database, "task_gap") == {f"task {task_id}": False}


async def test_a_picture_that_its_person_deleted_was_made(comparison: TaskComparison, database: Database) -> None:
    await ended_task(database, 7)
    file_id = await value(database, 'SELECT file_id FROM "File" LIMIT 1')
    assert await MarkRepository(database.reading).delete_picture(file_id, 7)
    found = await comparison.round()
    assert found is not None
    assert found.gaps == 0


async def test_each_task_is_looked_at_once_and_one_that_ends_now_a_minute_later(
    comparison: TaskComparison, database: Database
) -> None:
    await ended_task(database, 7)
    await ended_task(database, 7, ago=timedelta())
    looked_at = []
    for _ in range(2):
        found = await comparison.round()
        assert found is not None
        looked_at.append(found.tasks)
        await make_due(database)
    assert looked_at == [1, 0]
    found = await TaskComparison(database, lag=timedelta()).round()
    assert found is not None
    assert found.tasks == 1


async def test_more_tasks_than_a_page_that_ended_at_one_moment_are_all_looked_at(
    comparison: TaskComparison, database: Database
) -> None:
    await database.reading.execute(
        """
        INSERT INTO "Task" (task_id, user_id, kind, lane, status, idempotency_key, order_hash, order_json, unit_price,
                            units, turn, time_limit, expires_at, correlation_id, finished_at)
        SELECT gen_random_uuid(), 7, 'text_to_image', 'cpu', 'failed', n::text, '', '', 0, 1, 0, '1 day', now(), 'c',
               date_trunc('hour', now()) - interval '1 hour'
        FROM generate_series(1, 2500) AS n
        """
    )
    found = await comparison.round()
    assert found is not None
    assert found.tasks == 2500
