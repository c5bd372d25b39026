"""From a set of photos to a model that makes pictures."""

import asyncio

from repository.models import ModelStatus
from repository.tasks import Lane, TaskStatus
from services.orders import TextToImageOrder, TrainOrder, parse_order
from tests.integration.training.conftest import PRICE, ObedientVendor, TrainingHouse


async def test_a_training_ends_with_a_model_that_is_served_everywhere(
    house: TrainingHouse, vendor: ObedientVendor, registrar: ObedientVendor
) -> None:
    person = await house.person()
    asked = await house.asked(person)
    assert (asked.price, asked.lane, asked.status) == (PRICE, Lane.TRAINING, TaskStatus.QUEUED)
    assert await house.spent() == (PRICE, 0)
    task = await house.run()
    assert (task.status, task.error_code, task.progress) == (TaskStatus.COMPLETED, None, 100)
    assert await house.spent() == (0, PRICE)
    trained = await house.trained(task)
    assert trained.version.status is ModelStatus.READY
    assert trained.version_in_use == trained.version.version_id
    assert await house.model_status(trained.model_id) == "ready"
    serving = await house.db.reading.fetch("""SELECT backend, vendor_id FROM "ModelServing" ORDER BY backend""")
    assert [tuple(row) for row in serving] == [
        ("replicate", "owner/model:1"),
        ("runware", f"dream:{trained.model_id}@1"),
    ]
    assert [state for _, _, state in await house.copies()] == ["kept", "kept"]
    assert trained.version.weights_key is not None
    assert await house.storage.has(trained.version.weights_key)
    assert (vendor.kinds, registrar.kinds) == (["train"], ["register"])


async def test_the_captions_name_what_stays_the_same_and_the_trigger_word_is_nobodys_guess(
    house: TrainingHouse,
) -> None:
    person = await house.person()
    order = parse_order((await house.asked(person)).order_json)
    assert isinstance(order, TrainOrder)
    assert {photo.words for photo in order.photos} == {f"photo of a {order.trigger_word} woman, long hair, glasses"}
    assert len(order.photos) == 10
    assert len(order.trigger_word) == 16


async def test_four_portraits_are_ordered_with_a_new_model_at_the_cost_of_the_house(house: TrainingHouse) -> None:
    person = await house.person()
    await house.asked(person)
    task = await house.run()
    (samples,) = await house.samples()
    assert (samples.unit_price, samples.units, samples.status) == (0, 4, TaskStatus.QUEUED)
    order = parse_order(samples.order_json)
    assert isinstance(order, TextToImageOrder)
    assert [use.id for use in order.loras] == [(await house.trained(task)).model_id]


async def test_what_the_preview_trains_is_known_by_its_key_in_the_storage(house: TrainingHouse) -> None:
    from services.training.places import TrainingPlaces

    house.vendor = ObedientVendor("preview", reads_weights=True)
    house.places = TrainingPlaces(("preview",), ("preview",), ())
    person = await house.person()
    await house.asked(person)
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    trained = await house.trained(task)
    served = await house.db.reading.fetchrow("""SELECT backend, vendor_id FROM "ModelServing" """)
    assert tuple(served) == ("preview", trained.version.weights_key)
    assert await house.copies() == []


async def test_of_ten_presses_at_once_all_find_one_training(house: TrainingHouse) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    asked = await asyncio.gather(*(house.training.request(person, set_id, "a") for _ in range(10)))
    assert len({task.task_id for task in asked}) == 1
    assert await house.spent() == (PRICE, 0)
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "Model" """) == 1
