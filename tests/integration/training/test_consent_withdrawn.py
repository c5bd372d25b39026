"""Somebody takes their consent back while a model is trained: it ends at once or as soon as its worker hears of it."""

import asyncio

import pytest

from repository.tasks import TaskStatus
from services.errors import ConsentMissing
from tests.conftest import within
from tests.integration.training.conftest import STOP_PRICE, ObedientVendor, TrainingHouse
from workers.attempt import Attempt


async def test_a_training_that_waits_ends_at_once_and_all_comes_back(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    person = await house.person()
    asked = await house.asked(person)
    assert (await house.consents.withdraw(person))["trainings"] == 1
    assert (await house.now(asked)).status is TaskStatus.CANCELLED
    assert await house.spent() == (0, 0)
    assert vendor.kinds == []
    assert await house.sets.current(person.user_id) is None, "no photos wait for another try"
    with pytest.raises(ConsentMissing):
        await house.sets.begin(person)
    assert (await house.consents.withdraw(person))["trainings"] == 0


async def test_one_that_a_vendor_has_begun_with_is_stopped_there_at_the_price_of_a_stop(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.gate, vendor.bills_what_was_stopped = asyncio.Event(), True
    person = await house.person()
    await house.asked(person)
    task = await house.claimed()
    attempt = Attempt(task)
    running = asyncio.create_task(house.runner().run(attempt))
    await within(20, vendor.working)
    await house.consents.withdraw(person)
    assert (await house.now(task)).cancel_requested_at is not None
    attempt.stop()  # as the next renewal of its lease says
    await running
    ended = await house.now(task)
    assert (ended.status, ended.units_made * ended.unit_price) == (TaskStatus.CANCELLED, STOP_PRICE)
    assert await house.spent() == (0, STOP_PRICE)
    assert await house.samples() == []
    faces = await house.db.reading.fetchval("""SELECT count(face) FROM "ModelVersion" """)
    photos = await house.db.reading.fetchval("""SELECT count(*) FROM "File" WHERE kind = 'training'""")
    assert (faces, photos) == (0, 0)


async def test_one_whose_worker_finds_no_photos_any_more_costs_nothing(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    person = await house.person()
    await house.asked(person)
    task = await house.claimed()
    await house.consents.withdraw(person)
    await house.runner().run(Attempt(task))
    assert (await house.now(task)).status in (TaskStatus.CANCELLED, TaskStatus.FAILED)
    assert await house.spent() == (0, 0)
    assert vendor.kinds == []


async def test_a_crash_after_the_photos_are_gone_leaves_the_stop_to_the_press_that_comes_again(
    house: TrainingHouse,
) -> None:
    class Dying(Exception):
        pass

    async def dies(user_id: int, task_id: object) -> None:
        raise Dying

    person = await house.person()
    asked = await house.asked(person)
    cancel, house.consents._tasks.cancel = house.consents._tasks.cancel, dies  # type: ignore[method-assign, assignment]
    with pytest.raises(Dying):
        await house.consents.withdraw(person)
    house.consents._tasks.cancel = cancel  # type: ignore[method-assign]
    assert (await house.consents.withdraw(person))["trainings"] == 1
    assert (await house.now(asked)).status is TaskStatus.CANCELLED
    assert await house.spent() == (0, 0)
