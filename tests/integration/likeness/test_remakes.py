"""A portrait under the line is made again once, for nothing: the better of the two stays, and nothing is done twice."""

import asyncio

import pytest

from repository.tasks import Task, TaskStatus
from repository.vendor_calls import CallState
from services.drafts.variations import order_within_pack
from services.erasable import ErasableFiles
from services.gallery.pictures import Gallery
from services.orders import DatasetOrder, parse_order
from services.remakes import remake_seed
from tests.integration.likeness.conftest import COST, SEED, Painter, Studio, pack
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed

AGAIN = remake_seed(SEED)


async def ordered_pack(studio: Studio, pictures: int = 6) -> Task:
    person = await studio.person()
    await studio.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    await studio.generations.request(person, pack(await studio.model(), pictures), "pack")
    return await studio.claimed()


async def test_a_better_second_takes_the_place_of_the_first_whose_bytes_are_erased(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, AGAIN: 0.7}
    task = await studio.ordered()
    await studio.work(task)
    (picture,) = await studio.pictures(task)
    assert (picture.seed, picture.is_remade) == (AGAIN, True)
    assert picture.likeness == pytest.approx(0.7, abs=0.01)
    doomed = await studio.erasable()
    assert len(doomed) == 2, "the first, and its thumbnail"
    assert all([await studio.storage.has(key) for key in doomed])
    await ErasableFiles(studio.db, studio.storage).erase_noted()
    assert not any([await studio.storage.has(key) for key in doomed])
    assert await studio.storage.has(picture.storage_key)


async def test_a_worse_second_leaves_the_first(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, AGAIN: 0.1}
    task = await studio.ordered()
    await studio.work(task)
    (picture,) = await studio.pictures(task)
    assert (picture.seed, picture.is_remade) == (SEED, True)
    assert len(await studio.calls(task)) == 2, "once, however far from the line the second is"
    assert await studio.storage.has(picture.storage_key)
    assert len(await studio.erasable()) == 2


async def test_a_second_without_a_face_leaves_the_first(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, AGAIN: None}
    task = await studio.ordered()
    await studio.work(task)
    assert [picture.seed for picture in await studio.pictures(task)] == [SEED]


async def test_a_second_that_nobody_could_look_at_leaves_the_first(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2}
    studio.eyes.blind_after = 1
    task = await studio.ordered()
    await studio.work(task)
    assert [picture.seed for picture in await studio.pictures(task)] == [SEED]
    assert len(await studio.calls(task)) == 2


async def test_the_person_pays_for_what_was_ordered_and_the_vendor_for_what_was_made(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, SEED + 1: 0.9, SEED + 2: 0.1}
    await studio.db.reading.execute("""UPDATE "VendorModel" SET unit_microusd = 10 WHERE backend = 'preview'""")
    task = await studio.ordered(4)
    await studio.work(task)
    now = await studio.now(task)
    assert (now.status, now.units_made, now.error_code) == (TaskStatus.COMPLETED, 4, None)
    assert await studio.balance() == (26, 0, 4)
    calls = await studio.calls(task)
    assert [(call.step, call.state, call.cost_microusd) for call in calls] == [
        (0, CallState.DONE, COST),
        (1, CallState.DONE, COST),
        (3, CallState.DONE, COST),
    ]
    assert await studio.db.reading.fetchval("""SELECT sum(microusd) FROM "VendorSpending" """) == 3 * COST
    assert await studio.tasks.kept_outputs(task) == {}
    story = [event.kind for event in (await studio.tasks.story(task.task_id)).events]
    assert story.count("made_again") == 1
    assert story[-1] == "completed"


async def test_the_line_is_the_owners_and_is_read_at_the_attempt(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2}
    task = await studio.ordered()
    await studio.db.reading.execute("""UPDATE "Limit" SET amount = 10 WHERE kind = 'likeness_percent'""")
    await studio.work(task)
    assert len(await studio.calls(task)) == 1
    await studio.db.reading.execute("""DELETE FROM "Limit" WHERE kind = 'likeness_percent'""")
    await studio.work(await studio.ordered(key="b"))
    assert len(painter.submitted) == 2


async def test_a_pack_makes_the_pictures_under_the_line_again_and_shows_the_best_first(
    studio: Studio, painter: Painter
):
    painter.alike = {SEED + 1: 0.3, remake_seed(SEED + 1): 0.99, SEED + 4: 0.1, remake_seed(SEED + 4): 0.05}
    painter.alike |= {SEED + 2: None}
    task = await ordered_pack(studio)
    await studio.work(task)
    now = await studio.now(task)
    assert (now.status, now.units_made) == (TaskStatus.COMPLETED, 6)
    assert await studio.balance() == (24, 0, 6)
    pictures = await studio.pictures(task)
    seeds = [picture.seed for picture in pictures]
    assert seeds == [remake_seed(SEED + 1), SEED, SEED + 3, SEED + 5, SEED + 4, SEED + 2]
    assert [call.step for call in await studio.calls(task)] == [0, 1, 2, 3, 4, 5, 10, 22]
    order = parse_order(task.order_json)
    assert isinstance(order, DatasetOrder)
    assert order_within_pack(order, pictures[0]).seed == SEED + 1, "the picture is known by either seed"


@pytest.mark.parametrize("kind", list(ErrorKind))
async def test_a_remake_that_fails_is_not_tried_again(studio: Studio, painter: Painter, kind: ErrorKind):
    painter.alike = {SEED: 0.2}
    painter.fails = {AGAIN: Failed(kind, "odd", "no")}
    task = await studio.ordered()
    await studio.work(task)
    now = await studio.now(task)
    assert (now.status, now.error_code) == (TaskStatus.COMPLETED, None)
    (picture,) = await studio.pictures(task)
    assert (picture.seed, picture.is_remade) == (SEED, False)
    assert len(painter.submitted) == 2


async def test_where_the_vendor_is_away_what_is_there_is_delivered(studio: Studio, painter: Painter):
    painter.alike, painter.away_after = {SEED: 0.2}, 1
    task = await studio.ordered()
    await studio.work(task)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert [picture.seed for picture in await studio.pictures(task)] == [SEED]
    assert [call.state for call in await studio.calls(task)] == [CallState.DONE, CallState.UNKNOWN]
    assert await studio.balance() == (29, 0, 1)


async def test_over_the_days_spending_nothing_is_made_again(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2}
    await studio.db.reading.execute("""UPDATE "VendorModel" SET unit_microusd = 10 WHERE backend = 'preview'""")
    await studio.db.reading.execute("""UPDATE "Rate" SET microusd = 15 WHERE kind = 'vendor_spending_a_day'""")
    task = await studio.ordered()
    await studio.work(task)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert len(painter.submitted) == 1


async def test_stop_during_a_remake_delivers_what_is_there(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2}
    painter.gate, painter.ungated = asyncio.Event(), 1
    task = await studio.ordered(2)
    attempt = Attempt(task)
    working = asyncio.create_task(
        task_runner(studio.db, studio.tasks, studio.storage, [painter], studio.scoring()).run(attempt)
    )
    await until_submitted(painter, 2, working)
    await studio.tasks.cancel(100, task.task_id)
    attempt.stop()
    await working
    now = await studio.now(task)
    assert (now.status, now.units_made) == (TaskStatus.COMPLETED, 2)
    assert await studio.balance() == (28, 0, 2)
    assert {picture.seed for picture in await studio.pictures(task)} == {SEED, SEED + 1}


async def test_a_person_waits_for_a_remake_for_a_while_and_not_for_the_deadline(
    studio: Studio, painter: Painter, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.run_task.REMAKE_PATIENCE", 0.05)
    painter.alike = {SEED: 0.2}
    painter.gate, painter.ungated = asyncio.Event(), 1
    task = await studio.ordered()
    await studio.work(task)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert [picture.seed for picture in await studio.pictures(task)] == [SEED]


async def test_right_before_its_deadline_nothing_is_made_again(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2}
    await studio.ordered(key="a")
    await studio.db.reading.execute("""UPDATE "Task" SET deadline_at = now() + interval '20 seconds'""")
    (running,) = await studio.tasks.open_tasks(100)
    await studio.work(running)
    assert (await studio.now(running)).status is TaskStatus.COMPLETED
    assert len(painter.submitted) == 1


async def test_a_remake_under_way_when_the_task_is_given_up_costs_nothing_and_leaves_nothing(
    studio: Studio, painter: Painter
):
    painter.alike = {SEED: 0.2, AGAIN: 0.9}
    painter.gate, painter.ungated = asyncio.Event(), 1
    task = await studio.ordered()
    working = asyncio.create_task(studio.work(task))
    await until_submitted(painter, 2, working)
    await studio.db.reading.execute("""UPDATE "Task" SET deadline_at = now() - interval '1 hour'""")
    await studio.tasks.sweep()
    now = await studio.now(task)
    assert now.units_made == 1
    assert await studio.balance() == (29, 0, 1)
    painter.gate.set()
    await working
    (picture,) = await studio.pictures(task)
    assert picture.seed == SEED
    gallery = Gallery(studio.db, studio.storage)
    assert (await gallery.picture(await studio.person(), picture.file_id)).file.likeness == pytest.approx(0.2, abs=0.01)


async def until_submitted(painter: Painter, calls: int, working: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(20):
        while len(painter.submitted) < calls and not working.done():
            await asyncio.wait({working}, timeout=0.01)
    assert len(painter.submitted) >= calls
