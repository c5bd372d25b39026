"""A worker dies between any two steps of a training: nothing is trained, billed or told twice, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.failpoints import Write
from db.pool import Database
from repository.models import ModelStatus
from repository.tasks import TaskStatus
from services.storage import Storage
from services.tasks import Tasks
from tests.integration.training.conftest import PRICE, ObedientVendor, TrainingHouse
from tests.integration.training.dying import Died, Dying
from workers.attempt import Attempt

FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
POINTS = [
    (Write.CALL_PREPARE, 1),
    (Write.CALL_SENT, 1),
    (Write.WEIGHTS_STORE, 1),
    (Write.TRAINING_KEEP, 1),
    (Write.CALL_PREPARE, 2),
    (Write.CALL_SENT, 2),
    (Write.TRAINING_KEEP, 2),
    (Write.TASK_END, 1),
]
"""Every durable write of a training and of the registration after it, in their order."""


async def die(house: TrainingHouse, database_dsn: str, folder: Path, dying: Dying) -> None:
    """Run the training that is due in a process that dies, and let another take it back."""
    async with await Database.connect(database_dsn, failpoints=dying) as db:
        doomed = replace(
            house,
            db=db,
            tasks=Tasks(db, house.doorbell),
            storage=Storage.open(folder.as_uri(), failpoints=dying),
        )
        task = await house.claimed()
        with pytest.raises(Died):
            await doomed.runner().run(Attempt(task))
    assert dying.has_struck
    await house.db.reading.execute("""UPDATE "Task" SET lease_until = now() - interval '1 second'""")
    await house.tasks.sweep()


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(("write", "occasion"), POINTS)
async def test_a_death_at_any_write_costs_one_training_and_brings_one_model(
    house: TrainingHouse,
    vendor: ObedientVendor,
    registrar: ObedientVendor,
    database_dsn: str,
    tmp_path: Path,
    write: Write,
    occasion: int,
    side: str,
) -> None:
    person = await house.person()
    asked = await house.asked(person)
    await die(house, database_dsn, tmp_path, Dying(write, side, occasion))
    task = await house.now(asked)
    if not task.status.is_final:
        task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.COMPLETED, None)
    assert await house.spent() == (0, PRICE)
    assert (vendor.kinds, registrar.kinds) == (["train"], ["register"])
    assert (await house.trained(task)).version.status is ModelStatus.READY
    assert len(await house.samples()) == 1
    assert len(await house.copies()) == 2
    billed = await house.db.reading.fetchval("""SELECT sum(microusd) FROM "VendorSpending" """)
    assert billed == vendor.cost_microusd
    stored = [key async for keys in house.storage.keys_before(FUTURE) for key in keys if key.startswith("weights/")]
    assert len(stored) == 1, "a try that was lost leaves nothing beside it"


@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_death_after_a_broken_archive_pays_for_no_second_training(
    house: TrainingHouse, vendor: ObedientVendor, database_dsn: str, tmp_path: Path, side: str
) -> None:
    vendor.brings = replace(vendor.brings, content=b"neither weights nor an archive")
    person = await house.person()
    await house.asked(person)
    await die(house, database_dsn, tmp_path, Dying(Write.TRAINING_KEEP, side))
    task = await house.run()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "output_spoilt")
    assert await house.spent() == (0, 0)
    assert vendor.kinds == ["train"]
