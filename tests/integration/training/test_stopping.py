"""A training that its person stops: free until a vendor has begun with it, a part of the price from then on."""

import asyncio

from repository.tasks import Task, TaskStatus
from services.tasks import Tasks
from services.training.terms import StopCost
from tests.conftest import within
from tests.integration.training.conftest import STOP_PRICE, ObedientVendor, TrainingHouse
from workers.attempt import Attempt


async def stopped_while_running(house: TrainingHouse, working: asyncio.Event) -> Task:
    task = await house.claimed()
    attempt = Attempt(task)
    running = asyncio.create_task(house.runner().run(attempt))
    await within(20, working)
    await house.tasks.cancel(100, task.task_id)
    attempt.stop()
    await running
    return await house.now(task)


async def test_one_that_waits_is_stopped_for_nothing(house: TrainingHouse, vendor: ObedientVendor) -> None:
    asked = await house.asked(await house.person())
    assert await house.training.cost_of_stop(asked) == StopCost(0, is_free=False, is_begun=False)
    task = await house.tasks.cancel(100, asked.task_id)
    assert task.status is TaskStatus.CANCELLED
    assert await house.spent() == (0, 0)
    assert vendor.kinds == []
    assert await house.model_status((await house.trained(task)).model_id) == "error"


async def test_one_that_a_vendor_has_begun_with_costs_what_was_said_before(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.gate, vendor.bills_what_was_stopped = asyncio.Event(), True
    asked = await house.asked(await house.person())
    task = await house.claimed()
    attempt = Attempt(task)
    running = asyncio.create_task(house.runner().run(attempt))
    await within(20, vendor.working)
    assert await house.training.cost_of_stop(asked) == StopCost(STOP_PRICE, is_free=False, is_begun=True)
    await house.tasks.cancel(100, task.task_id)
    attempt.stop()
    await running
    ended = await house.now(task)
    assert (ended.status, ended.units_made * ended.unit_price) == (TaskStatus.CANCELLED, STOP_PRICE)
    assert await house.spent() == (0, STOP_PRICE)
    assert await house.samples() == []


async def test_one_that_its_vendor_bills_for_more_than_was_estimated_costs_the_same(house: TrainingHouse) -> None:
    house.vendor = ObedientVendor(
        "replicate", gate=asyncio.Event(), bills_what_was_stopped=True, costs_when_stopped=9_000_000
    )
    await house.asked(await house.person())
    assert (await stopped_while_running(house, house.vendor.working)).status is TaskStatus.CANCELLED
    assert await house.spent() == (0, STOP_PRICE)


async def test_one_that_was_done_before_it_heard_of_the_stop_leaves_nothing_at_the_vendor(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    class Deaf(ObedientVendor):
        async def follow(self, ref):  # type: ignore[no-untyped-def]
            async for item in super().follow(ref):
                yield self.result(self._orders[ref.vendor_ref]) if self._stopped.is_set() else item

    house.vendor = Deaf("replicate", gate=asyncio.Event())
    await house.asked(await house.person())
    task = await stopped_while_running(house, house.vendor.working)
    assert task.status is TaskStatus.CANCELLED
    assert await house.spent() == (0, STOP_PRICE)
    assert await house.copies() == [("replicate", "owner/model:1", "doomed")]


async def test_one_that_is_being_registered_costs_the_same(house: TrainingHouse, registrar: ObedientVendor) -> None:
    registrar.gate = asyncio.Event()
    await house.asked(await house.person())
    task = await stopped_while_running(house, registrar.working)
    assert task.status is TaskStatus.CANCELLED
    assert await house.spent() == (0, STOP_PRICE)
    assert {state for _, _, state in await house.copies()} == {"doomed"}
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "ModelServing" """) == 0


async def test_one_that_waits_for_another_attempt_is_charged_as_one_that_runs(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.away = "follow"
    asked = await house.asked(await house.person())
    assert (await house.run()).status is TaskStatus.QUEUED
    assert await house.training.cost_of_stop(asked) == StopCost(STOP_PRICE, is_free=False, is_begun=True)
    task = await house.tasks.cancel(100, asked.task_id)
    assert (task.status, task.units_made * task.unit_price) == (TaskStatus.CANCELLED, STOP_PRICE)
    assert await house.spent() == (0, STOP_PRICE)


async def test_what_the_owner_charges_for_a_stop_is_agreed_with_the_order(house: TrainingHouse) -> None:
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 30 WHERE kind = 'training_stop_percent'""")
    asked = await house.asked(await house.person())
    assert asked.price == 250
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 90 WHERE kind = 'training_stop_percent'""")
    house.vendor.away = "follow"
    await house.run()
    await house.tasks.cancel(100, asked.task_id)
    assert await house.spent() == (0, 75)


async def test_an_erasure_ends_a_running_training_and_its_worker_finds_it_lost(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.gate = asyncio.Event()
    await house.asked(await house.person())
    task = await house.claimed()
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await within(20, vendor.working)
    await house.tasks.abandon(100)
    assert (await house.now(task)).status is TaskStatus.CANCELLED
    vendor.gate.set()
    await running
    assert await house.model_status((await house.trained(task)).model_id) == "error"
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "VendorCopy" WHERE state = 'kept'""") == 0


async def test_a_worker_whose_answer_was_lost_ends_it_once(house: TrainingHouse, doorbell) -> None:  # type: ignore[no-untyped-def]
    class AnswerLost(Tasks):
        lost = False

        async def end(self, task, ending):  # type: ignore[no-untyped-def]
            ended = await super().end(task, ending)
            if not self.lost:
                self.lost = True
                raise ConnectionResetError("the commit went through, its answer did not")
            return ended

    await house.asked(await house.person())
    task = await house.claimed()
    await house.runner(AnswerLost(house.db, doorbell)).run(Attempt(task))
    assert (await house.now(task)).status is TaskStatus.COMPLETED
    assert len(await house.samples()) == 1
