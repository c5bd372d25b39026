"""Who may have a model trained, and at what price."""

from dataclasses import replace

import pytest

from repository.tasks import TaskStatus
from services.errors import (
    AccountFrozen,
    Banned,
    ConsentMissing,
    KeyReused,
    NotEnoughTokens,
    SetNotDescribed,
    SetNotOpen,
    TooFewPhotos,
    TooManyTasks,
    TrainingNotOffered,
)
from services.training.places import TrainingPlaces
from services.training.terms import Parts
from tests.integration.training.conftest import PRICE, STOP_PRICE, TrainingHouse


async def assert_nothing_is_written(house: TrainingHouse) -> None:
    assert await house.spent() == (0, 0)
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "Model" """) == 0
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "TrainingSet" WHERE state = 'used'""") == 0


async def test_the_quote_says_what_is_charged_and_what_a_stop_costs(house: TrainingHouse) -> None:
    person = await house.person()
    quote = await house.training.quote(person, await house.filled_set(person))
    assert (quote.tokens, quote.is_free, quote.tokens_if_stopped) == (PRICE, False, STOP_PRICE)
    assert quote.typical_seconds is None


async def test_the_quote_learns_from_trainings_that_were_finished(house: TrainingHouse) -> None:
    await house.asked(await house.person())
    await house.run()
    await house.db.reading.execute("""UPDATE "Task" SET finished_at = started_at + interval '300 seconds'""")
    person = await house.person()
    set_id = await house.filled_set(person)
    assert (await house.training.quote(person, set_id)).typical_seconds == pytest.approx(300)
    await house.db.reading.execute("""UPDATE "Price" SET tokens = tokens + 7 WHERE kind = 'train'""")
    assert (await house.training.quote(person, set_id)).typical_seconds == pytest.approx(300)
    assert await house.tasks.typical_seconds("train", 1) == pytest.approx(300)
    await house.db.reading.execute("""UPDATE "VendorCall" SET backend = 'preview'""")
    assert (await house.training.quote(person, set_id)).typical_seconds is None, "another trainer takes another time"


async def test_without_enough_tokens_nothing_is_written(house: TrainingHouse) -> None:
    person = await house.person()
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 10000 WHERE kind = 'train'""")
    with pytest.raises(NotEnoughTokens):
        await house.asked(person)
    await assert_nothing_is_written(house)


async def test_too_few_photos_are_refused_with_their_number(house: TrainingHouse) -> None:
    person = await house.person()
    set_id = await house.filled_set(person, photos=7)
    with pytest.raises(TooFewPhotos) as refused:
        await house.training.request(person, set_id, "a")
    assert refused.value.fields == {"missing": 3}
    await assert_nothing_is_written(house)


async def test_without_consent_nothing_is_trained(house: TrainingHouse) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    await house.db.reading.execute("""DELETE FROM "Consent" """)
    with pytest.raises(ConsentMissing):
        await house.training.request(person, set_id, "a")
    await assert_nothing_is_written(house)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("""UPDATE "User" SET banned_at = now()""", Banned),
        ("""UPDATE "User" SET frozen_at = now()""", AccountFrozen),
    ],
)
async def test_who_is_banned_or_frozen_has_nothing_trained(
    house: TrainingHouse, statement: str, error: type[Exception]
) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    await house.db.reading.execute(statement)
    person = await house.accounts.get(100) or person
    with pytest.raises(error):
        await house.training.request(person, set_id, "a")
    await assert_nothing_is_written(house)


async def test_a_set_without_a_description_is_refused(house: TrainingHouse) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    await house.db.reading.execute("""UPDATE "TrainingSet" SET subject_class = NULL""")
    with pytest.raises(SetNotDescribed):
        await house.training.request(person, set_id, "a")


async def test_somebody_elses_set_is_nobodys(house: TrainingHouse) -> None:
    set_id = await house.filled_set(await house.person())
    other = await house.person(200)
    with pytest.raises(SetNotOpen):
        await house.training.request(other, set_id, "a")


async def test_the_limit_of_open_orders_holds_for_trainings_too(house: TrainingHouse) -> None:
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 1 WHERE kind = 'open_tasks'""")
    person = await house.person()
    first = await house.asked(person)
    with pytest.raises(TooManyTasks):
        await house.asked(person, key="b")
    assert (await house.now(first)).status is TaskStatus.QUEUED
    assert await house.spent() == (PRICE, 0)


async def test_a_key_stands_for_one_set(house: TrainingHouse) -> None:
    person = await house.person()
    await house.asked(person)
    with pytest.raises(KeyReused):
        await house.asked(person)


@pytest.mark.parametrize(
    "places",
    [
        TrainingPlaces((), ("runware",), ("runware",)),
        TrainingPlaces(("replicate",), ("runware",), ()),
        TrainingPlaces(("preview",), ("runware",), ("runware",)),
    ],
    ids=["nobody trains", "nobody can fetch it", "the preview's is no LoRA"],
)
async def test_where_nobody_trains_or_serves_it_is_not_offered(house: TrainingHouse, places: TrainingPlaces) -> None:
    person = await house.person()
    set_id = await house.filled_set(person)
    house = replace(house, places=places)
    assert not await house.training.is_offered()
    with pytest.raises(TrainingNotOffered):
        await house.training.request(person, set_id, "a")
    await assert_nothing_is_written(house)


@pytest.mark.parametrize(
    ("price", "percent", "charged"),
    [(250, 50, 125), (250, 30, 75), (250, 0, 0), (250, 100, 250), (0, 50, 0), (7, 33, 2)],
)
def test_a_price_in_parts_is_the_price(price: int, percent: int, charged: int) -> None:
    parts = Parts.of(price, percent)
    assert parts.unit_price * parts.units == price
    assert parts.unit_price * parts.stop_units == charged
