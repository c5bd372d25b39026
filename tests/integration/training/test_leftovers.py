"""Trainings that end while a vendor goes on: what it makes of them is deleted there, and nothing of it stays here."""

import asyncio
from datetime import timedelta

import pytest

from repository.tasks import Task, TaskStatus
from repository.vendor_calls import CallState
from services.erasable import ErasableFiles
from services.models.vendor_copies import VendorCopies
from tests.conftest import within
from tests.integration.training.conftest import ObedientVendor, TrainingHouse
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed
from workers.vendor_copies import delete_due


class Deleting(ObedientVendor):
    """Notes what it is told to delete."""

    deleted: list[str]

    async def delete_copy(self, kind, vendor_id: str) -> bool:  # type: ignore[no-untyped-def]
        self.deleted = [*getattr(self, "deleted", []), vendor_id]
        return True


async def under_way(house: TrainingHouse) -> tuple[Task, "asyncio.Task[None]"]:
    """A training that its vendor has begun with, and the worker at it."""
    house.vendor.gate = asyncio.Event()
    await house.asked(await house.person())
    task = await house.claimed()
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await within(20, house.vendor.working)
    return task, running


@pytest.mark.parametrize("how", ["erased", "past its deadline", "crashed too often"])
async def test_a_training_that_is_ended_over_its_workers_head_is_stopped_at_the_vendor(
    house: TrainingHouse, how: str
) -> None:
    house.vendor = Deleting("replicate")
    task, running = await under_way(house)
    match how:
        case "erased":
            await house.tasks.abandon(100)
        case "past its deadline":
            await house.db.reading.execute("""UPDATE "Task" SET deadline_at = now() - interval '1 hour'""")
            await house.tasks.sweep()
        case _:
            await house.db.reading.execute(
                """UPDATE "Task" SET crash_count = 99, lease_until = now() - interval '1 hour'"""
            )
            await house.tasks.sweep()
    assert (await house.now(task)).status.is_final
    assert await house.copies() == [("replicate", "vendor-1", "doomed")]
    await delete_due(VendorCopies(house.db), {"replicate": house.vendor})
    assert house.vendor.deleted == ["vendor-1"]
    running.cancel()
    await asyncio.wait([running])


async def test_one_whose_vendor_took_it_and_whose_worker_died_is_looked_for_by_our_name_once_it_has_arrived(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.away = "submit"
    asked = await house.asked(await house.person())
    await house.run()
    (call,) = await house.calls(asked)
    assert call.state is CallState.PREPARED
    await house.tasks.abandon(100)
    assert await house.copies() == [("replicate", f"calls/{call.call_id}", "doomed")]
    due = await house.db.reading.fetchval("""SELECT due_at - now() FROM "VendorCopy" """)
    assert timedelta(minutes=4) < due <= timedelta(minutes=5)


async def test_what_a_failed_try_left_goes_though_another_made_the_model(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.failures = [Failed(ErrorKind.VENDOR, "aborted", "its time was over")]
    asked = await house.asked(await house.person())
    await house.run()
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    states = {name: state for _, name, state in await house.copies()}
    assert states == {
        "vendor-1": "doomed",
        "owner/model:1": "kept",
        f"dream:{(await house.trained(asked)).model_id}@1": "kept",
    }


async def test_weights_that_come_after_the_end_are_erased(house: TrainingHouse, vendor: ObedientVendor) -> None:
    task, running = await under_way(house)
    await house.tasks.abandon(100)
    await ErasableFiles(house.db, house.storage).erase_noted()
    assert house.vendor.gate is not None
    house.vendor.gate.set()
    await running
    (call,) = await house.calls(task)
    key = f"weights/{call.call_id}.safetensors"
    assert await house.storage.has(key), "the worker had not heard of the end"
    await ErasableFiles(house.db, house.storage).erase_noted()
    assert not await house.storage.has(key)


async def test_weights_that_another_attempt_has_made_a_model_of_stay(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    task, running = await under_way(house)
    await house.db.reading.execute("""UPDATE "Task" SET lease_until = now() - interval '1 second'""")
    await house.tasks.sweep()
    assert vendor.gate is not None
    vendor.gate.set()
    ended = await house.run()
    assert ended.status is TaskStatus.COMPLETED
    await running
    await ErasableFiles(house.db, house.storage).erase_noted()
    (call,) = [one for one in await house.calls(task) if one.step == 0]
    assert await house.storage.has(f"weights/{call.call_id}.safetensors")


async def test_a_registration_that_was_done_before_it_heard_of_the_stop_is_known_to_lie_there(
    house: TrainingHouse,
) -> None:
    class Deaf(ObedientVendor):
        async def follow(self, ref):  # type: ignore[no-untyped-def]
            async for item in super().follow(ref):
                yield self.result(self._orders[ref.vendor_ref]) if self._stopped.is_set() else item

    house.registrar = Deaf("runware", gate=asyncio.Event())
    await house.asked(await house.person())
    attempt = Attempt(await house.claimed())
    running = asyncio.create_task(house.runner().run(attempt))
    await within(20, house.registrar.working)
    await house.tasks.cancel(100, attempt.task.task_id)
    attempt.stop()
    await running
    assert (await house.now(attempt.task)).status is TaskStatus.CANCELLED
    model_id = (await house.trained(attempt.task)).model_id
    assert ("runware", f"dream:{model_id}@1", "doomed") in await house.copies()


async def test_a_registration_that_goes_on_for_nothing_after_the_stop_is_looked_for(house: TrainingHouse) -> None:
    house.registrar = ObedientVendor("runware", gate=asyncio.Event())
    house.registrar.bills_what_was_stopped = True
    await house.asked(await house.person())
    attempt = Attempt(await house.claimed())
    running = asyncio.create_task(house.runner().run(attempt))
    await within(20, house.registrar.working)
    await house.tasks.cancel(100, attempt.task.task_id)
    attempt.stop()
    await running
    registration = next(call for call in await house.calls(attempt.task) if call.step == 1)
    assert ("runware", f"calls/{registration.call_id}", "doomed") in await house.copies()
