"""The end of a training meets whoever erases what it ends with: one waits for the other, and nobody fails."""

import asyncio

import pytest

from config.failpoints import Write
from db.pool import Connection
from repository.model_erasures import ModelErasureRepository
from repository.model_versions import ModelVersionRepository
from repository.tasks import Task, TaskStatus
from repository.users import User
from repository.version_weights import VersionWeightsRepository
from services.models.models import Models
from tests.integration.training.conftest import ObedientVendor, TrainingHouse
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed


async def in_training(house: TrainingHouse) -> tuple[User, Task, int]:
    """Somebody's training that a worker has begun with, and its version."""
    person = await house.person()
    await house.asked(person)
    task = await house.claimed()
    return person, task, (await house.trained(task)).version.version_id


async def fails(ending: Connection, version_id: int) -> None:
    """Its photos are collected again: an open set is noted for the person."""
    await ModelVersionRepository(ending).make_failed(version_id)


async def becomes_ready(ending: Connection, version_id: int) -> None:
    await VersionWeightsRepository(ending).keep_weights(version_id, "weights/1.safetensors", 9, b"9")
    await ModelVersionRepository(ending).make_ready(version_id)


@pytest.mark.parametrize("ends", [fails, becomes_ready])
async def test_a_consent_taken_back_while_a_training_ends_waits_for_it_and_erases_what_it_left(
    house: TrainingHouse, ends
) -> None:
    """The person is locked before their versions on both sides; the other way round one of the two was thrown out."""
    person, _, version_id = await in_training(house)
    async with house.db.transaction(Write.TASK_END) as ending:
        await ends(ending, version_id)
        withdrawing = asyncio.create_task(house.consents.withdraw(person))
        await house.wait_until_blocked(withdrawing)
        if ends is fails:
            assert await ModelVersionRepository(ending).collect_again(version_id) is not None
        else:  # the samples are ordered
            await ending.execute("""SELECT FROM "User" WHERE user_id = $1 FOR KEY SHARE""", person.user_id)
    counts = await withdrawing
    assert (counts["training_photos"], counts["training_sets"]) == (10, 1 if ends is fails else 0)
    left = """SELECT (SELECT count(*) FROM "File") + (SELECT count(face) FROM "ModelVersion")"""
    assert await house.db.reading.fetchval(left) == 0
    assert await house.sets.current(person.user_id) is None


async def test_a_training_that_fails_while_a_consent_is_taken_back_leaves_no_set(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    person, task, _ = await in_training(house)
    vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    async with house.db.transaction(Write.CONSENT_WITHDRAW) as withdrawing:
        await withdrawing.execute("""SELECT FROM "User" WHERE user_id = $1 FOR UPDATE""", person.user_id)
        running = asyncio.create_task(house.runner().run(Attempt(task)))
        await house.wait_until_blocked(running)
        await withdrawing.execute("""DELETE FROM "Consent" """)
        await withdrawing.execute("""UPDATE "ModelVersion" SET face = NULL""")
        await withdrawing.execute("""DELETE FROM "File" WHERE kind = 'training'""")
    await running
    assert (await house.now(task)).status is TaskStatus.FAILED
    assert await house.sets.current(person.user_id) is None
    assert await house.spent() == (0, 0)


async def test_photos_collected_again_never_meet_a_model_that_is_being_deleted(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    """Whoever deletes it holds the model and finds the training open until its end is committed: nothing is deleted."""
    person, task, _ = await in_training(house)
    model_id = (await house.trained(task)).model_id
    vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    async with house.db.transaction(Write.MODEL_ERASE) as erasing:
        erasures = ModelErasureRepository(erasing)
        assert await erasures.lock_model(model_id, person.user_id)
        running = asyncio.create_task(house.runner().run(Attempt(task)))
        await house.wait_until_blocked(running)
        assert await erasures.get_open_trainings(model_id) == [task.task_id]
    await running
    assert await house.sets.current(person.user_id) is not None


async def test_a_model_deleted_while_its_training_fails_waits_for_it_and_takes_the_photos_collected_again(
    house: TrainingHouse,
) -> None:
    person, task, version_id = await in_training(house)
    model_id = (await house.trained(task)).model_id
    models = Models(house.db, house.tasks, house.storage)
    async with house.db.transaction(Write.TASK_END) as ending:
        await ending.execute(
            """UPDATE "Task" SET status = 'failed', finished_at = now() WHERE task_id = $1""", task.task_id
        )
        await fails(ending, version_id)
        deleting = asyncio.create_task(models.delete(person, model_id))
        await house.wait_until_blocked(deleting)
        assert await ModelVersionRepository(ending).collect_again(version_id) is not None
    receipt = await deleting
    assert receipt.counts["training_photos"] == 10
    assert await house.sets.current(person.user_id) is None
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "File" """) == 0


async def test_a_model_deleted_while_a_worker_notes_a_copy_waits_for_it_and_tells_of_the_copy(
    house: TrainingHouse,
) -> None:
    """Whoever notes a copy holds the task that is running, and a model is not deleted while one of its tasks is."""
    person, task, version_id = await in_training(house)
    model_id = (await house.trained(task)).model_id
    models = Models(house.db, house.tasks, house.storage)
    async with house.db.transaction(Write.TRAINING_KEEP) as keeping:
        await keeping.execute("""SELECT FROM "Task" WHERE task_id = $1 FOR NO KEY UPDATE""", task.task_id)
        deleting = asyncio.create_task(models.delete(person, model_id))
        await house.wait_until_blocked(deleting)
        await VersionWeightsRepository(keeping).add_copy(version_id, "replicate", "model", "late")
        await VersionWeightsRepository(keeping).add_serving(version_id, "replicate", "late")
    receipt = await deleting
    assert [(fate.backend, fate.state, fate.copies) for fate in receipt.copies] == [("replicate", "doomed", 1)]
    assert await house.copies() == [("replicate", "late", "doomed")]
