"""Trainings that come to nothing end by themselves, with every token back."""

from dataclasses import replace

import pytest

from repository.models import ModelStatus
from repository.tasks import TaskStatus
from repository.vendor_calls import CallState
from tests.integration.training.conftest import PRICE, ObedientVendor, TrainingHouse
from workers.backends.base import ErrorKind, Failed

REFUSED = Failed(ErrorKind.ORDER, "unreadable_photo", "no face in it")
BUSY = Failed(ErrorKind.VENDOR, "busy", "503")
BROKE = Failed(ErrorKind.VENDOR, "vendor_failed", "CUDA out of memory", cost_microusd=900_000)


async def assert_given_back(house: TrainingHouse, task) -> None:  # type: ignore[no-untyped-def]
    assert await house.spent() == (0, 0)
    trained = await house.trained(task)
    assert (trained.version.status, trained.version_in_use) == (ModelStatus.ERROR, None)
    assert trained.version.weights_key is None
    assert await house.model_status(trained.model_id) == "error"
    assert await house.samples() == []
    assert {state for _, _, state in await house.copies()} <= {"doomed"}


async def test_what_a_vendor_refuses_is_given_back(house: TrainingHouse, vendor: ObedientVendor) -> None:
    vendor.failures = [REFUSED]
    await house.asked(await house.person())
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "unreadable_photo")
    await assert_given_back(house, task)


async def test_a_passing_fault_is_tried_again(house: TrainingHouse, vendor: ObedientVendor) -> None:
    vendor.failures = [BUSY]
    await house.asked(await house.person())
    assert (await house.run()).status is TaskStatus.QUEUED
    assert (await house.run()).status is TaskStatus.COMPLETED
    assert await house.spent() == (0, PRICE)
    assert vendor.kinds == ["train", "train"]


async def test_a_training_that_failed_and_is_billed_is_not_paid_for_again(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.failures = [BROKE]
    await house.asked(await house.person())
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "vendor_failed")
    assert vendor.kinds == ["train"]
    await assert_given_back(house, task)


@pytest.mark.parametrize(
    "content", [b"", b"neither weights nor an archive", b"\x08\0\0\0\0\0\0\0{}      "], ids=["empty", "junk", "no LoRA"]
)
async def test_what_is_no_lora_is_given_back_and_the_admins_hear_of_it(
    house: TrainingHouse, vendor: ObedientVendor, content: bytes
) -> None:
    vendor.brings = replace(vendor.brings, content=content)
    await house.asked(await house.person())
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "output_spoilt")
    assert vendor.kinds == ["train"], "the vendor is not asked, and paid, again"
    await assert_given_back(house, task)
    assert await house.copies() == [("replicate", "owner/model:1", "doomed")]
    assert (await house.calls(task))[0].cost_microusd == vendor.cost_microusd
    events = await house.db.reading.fetch("""SELECT kind, subject FROM "AdminEvent" """)
    assert [tuple(event) for event in events] == [("training_failed", "output_spoilt")]


async def test_a_model_that_one_vendor_does_not_take_is_ready_where_it_is_served(
    house: TrainingHouse, registrar: ObedientVendor
) -> None:
    registrar.failures = [REFUSED]
    await house.asked(await house.person())
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    assert await house.spent() == (0, PRICE)
    assert await house.db.reading.fetchval("""SELECT string_agg(backend, ',') FROM "ModelServing" """) == "replicate"


async def test_a_model_that_nobody_serves_is_given_back(house: TrainingHouse, registrar: ObedientVendor) -> None:
    house.places = replace(house.places, painters=("runware",))
    registrar.failures = [REFUSED]
    await house.asked(await house.person())
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "not_served")
    await assert_given_back(house, task)
    key = await house.db.reading.fetchval("""SELECT storage_key FROM "ErasableFile" """)
    assert key.startswith("weights/"), "its weights are noted to be erased"


async def test_a_vendor_that_cannot_be_told_is_waited_for_only_a_while_where_another_serves(
    house: TrainingHouse, registrar: ObedientVendor
) -> None:
    registrar.away = "all"
    await house.asked(await house.person())
    for _ in range(9):
        assert (await house.run()).status is TaskStatus.QUEUED
    assert (await house.run()).status is TaskStatus.COMPLETED
    assert await house.spent() == (0, PRICE)


async def test_a_vendor_that_went_silent_is_asked_what_became_of_it(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.away = "follow"
    await house.asked(await house.person())
    assert (await house.run()).status is TaskStatus.QUEUED
    vendor.away = ""
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    assert vendor.kinds == ["train"]
    assert [call.state for call in await house.calls(task)] == [CallState.DONE, CallState.DONE]


async def test_a_deadline_gives_everything_back(house: TrainingHouse, vendor: ObedientVendor) -> None:
    vendor.away = "all"
    asked = await house.asked(await house.person())
    await house.run()
    await house.db.reading.execute("""UPDATE "Task" SET deadline_at = now() - interval '1 minute'""")
    await house.tasks.sweep()
    task = await house.now(asked)
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "deadline")
    await assert_given_back(house, task)


async def test_photos_that_were_erased_end_the_training(house: TrainingHouse, vendor: ObedientVendor) -> None:
    person = await house.person()
    await house.asked(person)
    await house.db.reading.execute("""DELETE FROM "File" WHERE user_id = $1 AND kind = 'training'""", person.user_id)
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "photo_gone")
    assert vendor.kinds == []
    await assert_given_back(house, task)


async def test_a_call_that_nobody_has_heard_of_is_sent_again_under_its_own_name(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.away = "submit"
    await house.asked(await house.person())
    await house.run()
    vendor.away = ""
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    assert len([call for call in await house.calls(task) if call.step == 0]) == 1


async def test_the_photos_of_a_training_that_failed_are_kept_for_another(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    vendor.failures = [BROKE]
    person = await house.person()
    failed = await house.asked(person)
    await house.run()
    current = await house.sets.current(person.user_id)
    assert current is not None
    assert (current.model_id, current.name) == ((await house.trained(failed)).model_id, "Me")
    task = await house.training.request(person, current.set_id, "b")
    assert task.price == PRICE
    assert (await house.run()).status is TaskStatus.COMPLETED
    trained = await house.trained(task)
    assert (trained.version.number, trained.version.photos) == (2, 10)
    assert await house.model_status(trained.model_id) == "ready"


async def test_samples_that_cannot_be_made_are_not_missed(house: TrainingHouse) -> None:
    await house.asked(await house.person())
    await house.run()
    (samples,) = await house.samples()
    await house.tasks.cancel(100, samples.task_id)
    told = await house.db.reading.fetch("""SELECT task_id FROM "Notification" """)
    assert [row["task_id"] for row in told if row["task_id"] == samples.task_id] == []
