"""How the lists grow: not at all. One person with ten thousand pictures waits as long as one with a million."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from db.pool import Database, Executor
from repository.gallery import GalleryRepository
from repository.gallery_orders import GalleryOrderRepository
from repository.tasks import TaskStatus
from repository.words import search_query

FEW, MANY = 10_000, 1_000_000
CALLS = 100
ROUNDS = 5
MOST = 1.5

ORDERS = """
INSERT INTO "Generation" (user_id, prompt_text, status, kind, created_at, search)
SELECT $1, 'a fox', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'completed' END,
       CASE WHEN n % 500 = 0 THEN 'upscale' ELSE 'text_to_image' END,
       '2026-01-01'::timestamptz + n * interval '10 seconds',
       array_to_tsvector(ARRAY[$1::bigint || ':fox' || n % 5000])
FROM generate_series(1, $2::integer) AS n
"""
PICTURES = """
INSERT INTO "File" (file_id, user_id, kind, generation_id, position, storage_key, media_type, width, height, size_bytes,
                    sha256, order_kind, favorite_at)
SELECT md5($1::bigint || '.' || generation_id)::uuid, $1, 'output', generation_id, 0,
       $1::bigint || '.' || generation_id, 'image/jpeg', 1, 1, 1, '', kind,
       CASE WHEN generation_id % 100 = 0 THEN now() END
FROM "Generation" WHERE user_id = $1
"""
TAGS = """
INSERT INTO "FileTag" (file_id, tag, user_id, generation_id, position)
SELECT file_id, 'sea', user_id, generation_id, position FROM "File" WHERE user_id = $1 AND generation_id % 50 = 0
"""

Ask = Callable[[Executor, int], Awaitable[list[object]]]


async def _span(sql: Executor, person: int) -> list[object]:
    until = datetime(2026, 1, 1, 12, tzinfo=UTC)
    oldest, newest = await GalleryOrderRepository(sql).get_bounds(person, until - timedelta(hours=3), until)
    return list(await GalleryRepository(sql).get_pictures(person, 20, (newest + 1, 0), oldest))


LISTS: dict[str, Ask] = {
    "all": lambda sql, person: GalleryRepository(sql).get_pictures(person, 20),
    "kind": lambda sql, person: GalleryRepository(sql).get_pictures_of_kind(person, "upscale", 20),
    "favourites": lambda sql, person: GalleryRepository(sql).get_favorites(person, 20),
    "tag": lambda sql, person: GalleryRepository(sql).get_tagged(person, "sea", 20),
    "dates": _span,
    "status": lambda sql, person: GalleryOrderRepository(sql).get_orders_of_status(person, TaskStatus.FAILED, 10),
    "tags": lambda sql, person: GalleryRepository(sql).get_tags(person),
}


async def fill(database: Database, person: int, pictures: int) -> None:
    await database.reading.execute("""INSERT INTO "User" (user_id) VALUES ($1)""", person)
    for statement, values in ((ORDERS, (person, pictures)), (PICTURES, (person,)), (TAGS, (person,))):
        await database.reading.execute(statement, *values, timeout=600)


async def timed(ask: Ask, sql: Executor, person: int) -> float:
    """Seconds."""
    began = time.perf_counter()
    assert await ask(sql, person)
    return time.perf_counter() - began


def p99(taken: list[float]) -> float:
    return sorted(taken)[round(0.99 * (len(taken) - 1))]


@pytest.mark.long
async def test_a_page_of_a_million_pictures_comes_as_soon_as_one_of_ten_thousand(database, record_property):
    await fill(database, 1, FEW)
    await fill(database, 2, MANY)
    await database.reading.execute("VACUUM ANALYZE", timeout=600)
    ratios = {}
    for name, ask in LISTS.items():
        rounds = []
        for number in range(ROUNDS + 1):
            few, many = [], []
            for _ in range(CALLS):  # in turns: what else the machine does falls on both
                few.append(await timed(ask, database.reading, 1))
                many.append(await timed(ask, database.reading, 2))
            if number:  # the first one warms plans and pages
                rounds.append((p99(many) / p99(few), p99(few), p99(many)))
        ratios[name], for_few, for_many = sorted(rounds)[ROUNDS // 2]
        record_property(name, f"{for_few * 1000:.2f} to {for_many * 1000:.2f} ms")
    assert all(ratio <= MOST for ratio in ratios.values()), ratios

    async def word(sql: Executor, person: int) -> list[object]:
        return list(await GalleryRepository(sql).find_pictures(person, search_query(person, "fox4711") or "", 20))

    taken = [await timed(word, database.reading, 2) for _ in range(CALLS)]
    record_property("word", f"{p99(taken) * 1000:.2f} ms")
    assert p99(taken) < 0.2, "one word in five thousand, among a million orders"
