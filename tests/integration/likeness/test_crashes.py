"""A worker that dies anywhere between an order for a portrait and its end costs nobody anything, remake or not."""

import asyncio
from contextlib import suppress

import pytest

from config.failpoints import Failpoints, Write
from db.pool import Database
from repository.tasks import TaskStatus
from repository.vendor_calls import CallState
from services.remakes import remake_seed
from tests.integration.likeness.conftest import SEED, Painter, Studio, pack, studio_over
from tests.integration.runners import task_runner
from workers.attempt import Attempt

AGAIN = remake_seed(SEED)
WRITES = (Write.CALL_PREPARE, Write.CALL_SENT, Write.OUTPUT_STORE, Write.STEP_KEEP, Write.TASK_TELL, Write.TASK_END)


class Died(BaseException):
    """The worker is gone: nothing of it runs any more."""


class Deadly(Failpoints):
    """Dies the how-manieth time it passes a point."""

    def __init__(self, point: str, times: int) -> None:
        super().__init__()
        self._point = point
        self._left = times
        self.has_struck = False

    @property
    def are_on(self) -> bool:
        return True

    def _pass(self, point: str) -> None:
        if point == self._point and not self.has_struck:
            self._left -= 1
            if not self._left:
                self.has_struck = True
                raise Died(point)


async def live_and_die(database_dsn: str, studio: Studio, files, doorbell, write: Write, side: str, times: int) -> bool:
    """One attempt in a process that dies at a point; whether it came there."""
    deadly = Deadly(f"{write.value}.{side}", times)
    task = await studio.claimed()
    async with await Database.connect(database_dsn, failpoints=deadly) as db:
        mortal = studio_over(db, doorbell, files, deadly)
        mortal.backend, mortal.eyes = studio.backend, studio.eyes
        runner = task_runner(db, mortal.tasks, mortal.storage, [studio.backend], mortal.scoring())
        with suppress(Died):
            await runner.run(Attempt(task))
    return deadly.has_struck


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("is_pack", [False, True])
async def test_a_death_at_any_write_of_a_remade_portrait_costs_nobody_anything(
    studio: Studio, painter: Painter, database_dsn, doorbell, tmp_path, write, side, times, is_pack
):
    painter.alike = {SEED: 0.2, AGAIN: 0.8}
    person = await studio.person()
    await studio.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    model_id = await studio.model()
    order = pack(model_id, 2) if is_pack else pack(model_id, 1).picture_orders(SEED)[0]
    units = order.units
    requested = await studio.generations.request(person, order, "a")
    struck = await live_and_die(database_dsn, studio, tmp_path / "files", doorbell, write, side, times)
    now = await studio.now(requested)
    if not now.status.is_final:
        await studio.work(await studio.crash(now))
    now = await studio.now(requested)
    assert (now.status, now.units_made) == (TaskStatus.COMPLETED, units), f"{write} {side} {times}: {struck}"
    assert await studio.balance() == (30 - units, 0, units)
    calls = await studio.calls(now)
    assert [call.state for call in calls] == [CallState.DONE] * (units + 1), "one call a picture, and one remake"
    assert len(painter.submitted) == units + 1, "no call was handed over twice"
    pictures = await studio.pictures(now)
    assert sorted(picture.seed for picture in pictures) == sorted([AGAIN, *range(SEED + 1, SEED + units)])
    assert all([await studio.storage.has(picture.storage_key) for picture in pictures])
    assert len(await studio.erasable()) == 2
    assert await studio.tasks.kept_outputs(now) == {}


async def test_after_a_crash_the_remake_is_asked_for_and_not_made_a_second_time(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, AGAIN: 0.8}
    painter.gate, painter.ungated = asyncio.Event(), 1
    task = await studio.ordered()
    working = asyncio.create_task(studio.work(task))
    async with asyncio.timeout(20):
        while len(painter.submitted) < 2:
            await asyncio.wait({working}, timeout=0.01)
    again = await studio.crash(task)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    painter.gate.set()
    await studio.db.reading.execute("""UPDATE "Limit" SET amount = 1 WHERE kind = 'likeness_percent'""")
    await studio.work(again)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert len(painter.submitted) == 2, "whatever the line is by now, what is under way is gone on with"
    (picture,) = await studio.pictures(task)
    assert (picture.seed, picture.is_remade) == (AGAIN, True)


async def test_stopped_between_two_attempts_a_remade_portrait_is_one_picture(
    studio: Studio, painter: Painter, database_dsn, doorbell, tmp_path
):
    painter.alike = {SEED: 0.2, AGAIN: 0.8}
    requested = await studio.generations.request(*await studio.asked(), "a")
    files = tmp_path / "files"
    assert await live_and_die(database_dsn, studio, files, doorbell, Write.TASK_END, "before", 1)
    await studio.lose(requested)
    stopped = await studio.tasks.cancel(100, requested.task_id)
    assert (stopped.status, stopped.units_made) == (TaskStatus.CANCELLED, 1)
    assert await studio.balance() == (29, 0, 1)
    assert [picture.seed for picture in await studio.pictures(requested)] == [AGAIN]
    assert len(await studio.erasable()) == 2
