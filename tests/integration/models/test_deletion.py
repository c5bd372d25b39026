"""A deleted model is gone with its trainings, photos and weights; its pictures stay, and a receipt tells of it."""

import asyncio

import pytest

from repository.model_erasures import ModelErasureRepository
from repository.vendor_copies import CopyState
from services.errors import ModelNotFound, ModelReceiptNotFound
from services.models.models import new_model_reference
from services.orders import TextToImageOrder
from tests.integration.models.conftest import ANNA, BORIS
from tests.integration.models.owning import TRIGGER

pytestmark = pytest.mark.asyncio


async def count(house, table: str) -> int:
    return await house.db.reading.fetchval(f"""SELECT count(*) FROM "{table}" """)  # noqa: S608


async def test_a_deleted_model_leaves_its_pictures_and_nothing_else(house, models, owning, anna, boris):
    owned = await owning.train(ANNA, days_ago=5)
    again = await owning.train(ANNA, model_id=owned.model_id)
    await owning.open_set(ANNA, model_id=owned.model_id)
    (picture,) = await owning.pictures(ANNA, owned.model_id, 0.8)
    theirs = await owning.train(BORIS, trigger="bbbb2222")
    foreseen = await models.foresee(ANNA, owned.model_id)
    assert (foreseen["versions"], foreseen["training_photos"], foreseen["pictures"]) == (2, 10, 1)
    receipt = await models.delete(anna, owned.model_id)
    assert dict(receipt.counts) == {"versions": 2, "training_photos": 10, "pictures": 1, "orders_stopped": 0}
    for key in [*owned.keys, *again.keys]:
        assert not await house.storage.has(key)
    for key in theirs.keys:
        assert await house.storage.has(key)
    assert await count(house, "ErasableFile") == 0
    for table, left in {"Model": 1, "ModelVersion": 1, "ModelServing": 1, "TrainingSet": 1}.items():
        assert await count(house, table) == left, table
    assert await count(house, "TrainingPhoto") == await count(house, "PhotoAnalysis") == len(theirs.photos)
    assert await house.db.reading.fetchval(
        """SELECT model_id IS NULL FROM "Generation" JOIN "File" USING (generation_id) WHERE file_id = $1""", picture
    )
    with pytest.raises(ModelNotFound):
        await models.own(ANNA, owned.model_id)


async def test_what_the_orders_say_of_the_persons_looks_goes_too(house, models, owning, anna):
    owned = await owning.train(ANNA)
    await models.delete(anna, owned.model_id)
    order = await house.db.reading.fetchval("""SELECT order_json FROM "Task" """)
    assert TRIGGER not in order
    assert "red hair" not in order
    assert '"photos"' in order, "it is an order still"


async def test_the_same_press_handled_again_finds_the_receipt(house, models, owning, anna):
    owned = await owning.train(ANNA)
    reference = new_model_reference()
    receipts = await asyncio.gather(*(models.delete(anna, owned.model_id, reference) for _ in range(5)))
    assert len({receipt.erased_at for receipt in receipts}) == 1
    assert await models.delete(anna, owned.model_id, reference) == receipts[0]
    assert await count(house, "ModelReceipt") == 1
    with pytest.raises(ModelNotFound):
        await models.delete(anna, owned.model_id)
    with pytest.raises(ModelReceiptNotFound):
        await models.receipt("DM-00000-00000")


async def test_a_press_that_another_overtakes_finds_the_receipt_too(models, owning, anna, monkeypatch):
    owned = await owning.train(ANNA)
    reference = new_model_reference()
    look = ModelErasureRepository.get_receipt

    async def look_and_be_overtaken(self, wanted):
        found = await look(self, wanted)
        monkeypatch.setattr(ModelErasureRepository, "get_receipt", look)
        await models.delete(anna, owned.model_id, reference)
        return found

    monkeypatch.setattr(ModelErasureRepository, "get_receipt", look_and_be_overtaken)
    assert (await models.delete(anna, owned.model_id, reference)).reference == reference


@pytest.mark.parametrize("task_status", ["queued", "running"])
async def test_a_training_under_way_is_stopped_before(house, models, owning, anna, task_status):
    owned = await owning.train(ANNA, status="training", task_status=task_status)
    await models.delete(anna, owned.model_id)
    assert (await house.tasks.get(ANNA, owned.task_id)).status.value == "cancelled"
    assert await count(house, "ModelVersion") == 0


async def test_orders_that_are_being_made_with_it_stop_and_cost_nothing(house, models, owning, anna):
    owned = await owning.train(ANNA)
    task = await house.generations.request(anna, TextToImageOrder(prompt="a fox"), key="a")
    await house.db.reading.execute("""UPDATE "Generation" SET model_id = $1""", owned.model_id)
    assert (await models.foresee(ANNA, owned.model_id))["open_orders"] == 1
    receipt = await models.delete(anna, owned.model_id)
    assert receipt.counts["orders_stopped"] == 1
    assert (await house.tasks.get(ANNA, task.task_id)).status.value == "cancelled"
    assert (await house.accounts.get(ANNA)).tokens_held == 0


async def test_copies_at_vendors_are_doomed_and_the_receipt_tells_of_them(models, owning, anna):
    owned = await owning.train(ANNA)
    await owning.copy(owned.version_id, "replicate", "model", "owner/name:1")
    await owning.copy(owned.version_id, "runware", "model", "air:1")
    assert (await models.foresee(ANNA, owned.model_id))["copies"] == 2
    receipt = await models.delete(anna, owned.model_id)
    assert [(fate.backend, fate.state) for fate in receipt.copies] == [
        ("replicate", CopyState.DOOMED),
        ("runware", CopyState.DOOMED),
    ]
    assert await models.receipt(f" {receipt.reference.lower()} ") == receipt


async def test_a_photo_that_another_model_was_trained_with_stays(house, models, owning, anna):
    owned = await owning.train(ANNA)
    other = await owning.train(ANNA, trigger="bbbb2222")
    await house.db.reading.execute(
        """INSERT INTO "TrainingPhoto" (set_id, file_id, place) VALUES ($1, $2, 9)""", other.set_id, owned.photos[0]
    )
    receipt = await models.delete(anna, owned.model_id)
    assert receipt.counts["training_photos"] == 3
    assert await house.storage.has(f"training/{owned.photos[0]}.jpg")
