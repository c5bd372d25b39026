"""What tests of the books share: rounds that are due at once, tasks that ended, what stands in the books."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from db.pool import Database
from repository.ledger import LedgerRepository


async def make_due(database: Database) -> None:
    """The next look begins a round of everything."""
    await database.reading.execute('UPDATE "Reconciliation" SET due_at = now()')


async def events(database: Database, kind: str) -> Mapping[str, bool]:
    """The admins' events of a kind: by subject, whether it is open."""
    rows = await database.reading.fetch('SELECT subject, closed_at FROM "AdminEvent" WHERE kind = $1', kind)
    return {row["subject"]: row["closed_at"] is None for row in rows}


async def gaps(database: Database, kind: str) -> int:
    """What the last round of a comparison found."""
    return int(await database.reading.fetchval('SELECT gaps FROM "Reconciliation" WHERE kind = $1', kind))


async def frozen(database: Database) -> list[int]:
    """Who is frozen."""
    rows = await database.reading.fetch('SELECT user_id FROM "User" WHERE frozen_at IS NOT NULL ORDER BY user_id')
    return [row["user_id"] for row in rows]


async def ended_task(
    database: Database,
    user_id: int,
    *,
    status: str = "completed",
    price: int = 5,
    made: int = 2,
    files: int | None = None,
    ago: timedelta = timedelta(minutes=5),
) -> UUID:
    """A task that ended as tasks do: hold settled for what was made, a file for each picture."""
    task_id = uuid4()
    await database.reading.execute(
        """
        INSERT INTO "Task" (task_id, user_id, kind, lane, status, idempotency_key, order_hash, order_json, unit_price,
                            units, units_made, turn, time_limit, expires_at, correlation_id, created_at, started_at,
                            finished_at)
        VALUES ($1::uuid, $2, 'text_to_image', 'cpu', 'running', $1::uuid::text, '', '', $3, 4, 0, 0, '1 day', now(),
                'c', now() - $4::interval - interval '20 s', now() - $4::interval - interval '10 s', NULL)
        """,
        task_id,
        user_id,
        price,
        ago,
    )
    if price:
        assert await LedgerRepository(database.reading).hold(user_id, task_id, 4 * price)
        assert await LedgerRepository(database.reading).settle_hold(task_id, made * price)
    await database.reading.execute(
        """
        WITH ended AS (
            UPDATE "Task" SET status = $2, units_made = $3, finished_at = now() - $5::interval WHERE task_id = $1
            RETURNING task_id, user_id
        ), shown AS (
            INSERT INTO "Generation" (user_id, task_id, prompt_text, status)
            SELECT user_id, task_id, 'p', $2 FROM ended RETURNING generation_id, user_id
        )
        INSERT INTO "File" (file_id, user_id, kind, generation_id, position, storage_key, media_type, width, height,
                            size_bytes, sha256, order_kind)
        SELECT gen_random_uuid(), user_id, 'output', generation_id, place, gen_random_uuid()::text, 'image/jpeg', 1, 1,
               1, '', 'text_to_image'
        FROM shown, generate_series(0, $4::integer - 1) AS place
        """,
        task_id,
        status,
        made,
        made if files is None else files,
        ago,
    )
    return task_id


async def value(database: Database, question: str, *arguments: Any) -> Any:
    """The first value of the first row."""
    return await database.reading.fetchval(question, *arguments)
