"""A model is trained anew: once for nothing, and never at the price of the one that works."""

import asyncio

import pytest

from repository.models import ModelStatus
from repository.tasks import Task, TaskStatus
from services.catalogue import Catalogue
from services.errors import ModelInTraining, SetNotOpen, TrainingCostsMore
from services.orders import PORTRAIT_MODEL, LoraSource, LoraUse, SubjectClass, TextToImageOrder
from tests.integration.training.conftest import PRICE, ObedientVendor, TrainingHouse
from tests.integration.training.test_stopping import stopped_while_running
from workers.backends.base import ErrorKind, Failed


async def trained(house: TrainingHouse) -> int:
    """A model that is ready."""
    await house.asked(await house.person())
    return (await house.trained(await house.run())).model_id


async def asked_anew(house: TrainingHouse, model_id: int, key: str) -> Task:
    return await house.asked(await house.person(), model_id, key)


async def test_soon_after_it_became_ready_a_model_is_trained_anew_for_nothing(house: TrainingHouse) -> None:
    model_id = await trained(house)
    person = await house.person()
    set_id = await house.filled_set(person, model_id)
    quote = await house.training.quote(person, set_id)
    assert (quote.tokens, quote.is_free, quote.tokens_if_stopped) == (0, True, 0)
    asked = await house.training.request(person, set_id, "b")
    assert asked.price == 0
    task = await house.run()
    assert task.status is TaskStatus.COMPLETED
    assert await house.spent() == (0, PRICE)
    version = await house.trained(task)
    assert (version.version.number, version.version.is_free, version.model_id) == (2, True, model_id)
    assert version.version_in_use == version.version.version_id


async def test_pictures_call_whom_they_show_as_the_training_in_use_does_and_not_as_the_next_one_will(
    house: TrainingHouse,
) -> None:
    model_id = await trained(house)
    person = await house.person()
    set_id = await house.filled_set(person, model_id)
    await house.sets.describe(person, set_id, subject_class=SubjectClass.OTHER)
    await house.training.request(person, set_id, "b")
    order = TextToImageOrder(
        prompt="a fox", model=PORTRAIT_MODEL, loras=(LoraUse(source=LoraSource.PERSONAL, id=model_id),)
    )

    async def beginning() -> set[str]:
        offers = await Catalogue(house.db).offers(order, person.user_id)
        return {offer.words.split(",")[0].split()[-1] for offer in offers.values()}

    assert await beginning() == {"woman"}
    await house.run()
    assert await beginning() == {"person"}


async def test_the_second_time_it_costs_what_it_costs(house: TrainingHouse) -> None:
    model_id = await trained(house)
    await asked_anew(house, model_id, "b")
    await house.run()
    assert (await asked_anew(house, model_id, "c")).price == PRICE


async def test_after_its_hours_it_costs_what_it_costs(house: TrainingHouse) -> None:
    model_id = await trained(house)
    await house.db.reading.execute("""UPDATE "ModelVersion" SET finished_at = finished_at - interval '49 hours'""")
    assert (await asked_anew(house, model_id, "b")).price == PRICE


async def test_whoever_was_promised_a_free_one_a_minute_too_late_is_asked_again(house: TrainingHouse) -> None:
    model_id = await trained(house)
    person = await house.person()
    set_id = await house.filled_set(person, model_id)
    quote = await house.training.quote(person, set_id)
    await house.db.reading.execute("""UPDATE "ModelVersion" SET finished_at = finished_at - interval '49 hours'""")
    with pytest.raises(TrainingCostsMore):
        await house.training.request(person, set_id, "b", agreed=quote.tokens)
    assert await house.spent() == (0, PRICE)
    assert (await house.training.request(person, set_id, "b", agreed=PRICE)).price == PRICE


async def test_a_free_training_that_failed_leaves_the_right_to_another(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    model_id = await trained(house)
    vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    await asked_anew(house, model_id, "b")
    await house.run()
    assert (await asked_anew(house, model_id, "c")).price == 0


@pytest.mark.parametrize("told", [0, 9_000_000], ids=["no price is told", "the price is told"])
async def test_a_free_training_that_is_stopped_under_way_was_the_free_one(house: TrainingHouse, told: int) -> None:
    model_id = await trained(house)
    house.vendor = ObedientVendor(
        "replicate", gate=asyncio.Event(), bills_what_was_stopped=True, costs_when_stopped=told
    )
    assert (await asked_anew(house, model_id, "b")).price == 0
    assert (await stopped_while_running(house, house.vendor.working)).status is TaskStatus.CANCELLED
    assert (await asked_anew(house, model_id, "c")).price == PRICE, "else it is begun, and paid for, again and again"


async def test_a_free_training_that_is_stopped_before_it_began_leaves_the_right_to_another(
    house: TrainingHouse,
) -> None:
    model_id = await trained(house)
    asked = await asked_anew(house, model_id, "b")
    await house.tasks.cancel(100, asked.task_id)
    assert (await asked_anew(house, model_id, "c")).price == 0


async def test_a_new_training_that_fails_leaves_the_model_as_it_was(
    house: TrainingHouse, vendor: ObedientVendor
) -> None:
    model_id = await trained(house)
    vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    await asked_anew(house, model_id, "b")
    task = await house.run()
    assert task.status is TaskStatus.FAILED
    version = await house.trained(task)
    assert (version.version.number, version.version.status) == (2, ModelStatus.ERROR)
    assert version.version_in_use is not None
    assert version.version_in_use != version.version.version_id
    assert await house.model_status(model_id) == "ready"


async def test_of_two_sets_for_one_model_at_once_one_is_trained(house: TrainingHouse) -> None:
    model_id = await trained(house)
    person = await house.person()
    first = await house.filled_set(person, model_id)
    # A person has one open set: the second is what an old row or another door may bring.
    await house.db.reading.execute("""DROP INDEX training_set_open""")
    await house.db.reading.execute(
        """
        INSERT INTO "TrainingSet" (user_id, model_id, name, subject_class) SELECT 100, $1, 'Me', 'woman'
        """,
        model_id,
    )
    second = await house.db.reading.fetchval("""SELECT max(set_id) FROM "TrainingSet" """)
    await house.db.reading.execute(
        """
        INSERT INTO "TrainingPhoto" (set_id, file_id, place)
        SELECT $2, file_id, place FROM "TrainingPhoto" WHERE set_id = $1
        """,
        first,
        second,
    )
    answers = await asyncio.gather(
        house.training.request(person, first, "b"),
        house.training.request(person, second, "c"),
        return_exceptions=True,
    )
    assert sorted(type(answer) for answer in answers if not isinstance(answer, Task)) == [ModelInTraining]
    (task,) = [answer for answer in answers if isinstance(answer, Task)]
    assert task.price == 0
    assert await house.spent() == (0, PRICE)
    open_sets = await house.db.reading.fetchval("""SELECT count(*) FROM "TrainingSet" WHERE state = 'open'""")
    assert open_sets == 1, "the set of the one that was refused is left as it was"


async def test_a_model_in_training_is_not_trained_beside_it(house: TrainingHouse) -> None:
    model_id = await trained(house)
    await asked_anew(house, model_id, "b")
    with pytest.raises(ModelInTraining):
        await asked_anew(house, model_id, "c")
    assert await house.spent() == (0, PRICE)


async def test_a_set_that_was_used_is_not_used_again(house: TrainingHouse) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    await house.training.request(person, set_id, "a")
    with pytest.raises(SetNotOpen):
        await house.training.request(person, set_id, "b")
