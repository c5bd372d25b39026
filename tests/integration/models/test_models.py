"""What people see of their models, what they call them, which one is used."""

import pytest

from services.errors import BadCursor, BadModelName, ModelNotFound, ModelNotReady
from tests.integration.models.conftest import ANNA, BORIS

pytestmark = pytest.mark.asyncio


async def test_the_first_model_that_becomes_ready_is_used_without_being_chosen(models, owning, anna):
    assert await models.default_for(anna) is None
    training = await owning.train(ANNA, status="training", task_status="running", trigger="aaaa1111")
    assert await models.default_for(anna) is None
    ready = await owning.train(ANNA, trigger="bbbb2222", days_ago=2)
    card = await models.default_for(anna)
    assert (card.model_id, card.is_default) == (ready.model_id, True)
    assert not (await models.own(ANNA, training.model_id)).is_default


async def test_without_a_choice_the_one_trained_last_is_used_and_a_choice_stands_until_it_is_deleted(
    models, owning, anna
):
    old = await owning.train(ANNA, trigger="aaaa1111", days_ago=5)
    new = await owning.train(ANNA, trigger="bbbb2222", days_ago=1)
    assert (await models.default_for(anna)).model_id == new.model_id
    assert (await models.set_default(ANNA, old.model_id)).is_default
    assert (await models.default_for(anna)).model_id == old.model_id
    assert [card.model_id for card in await models.ready(ANNA)] == [new.model_id, old.model_id]
    await models.delete(anna, old.model_id)
    assert (await models.default_for(anna)).model_id == new.model_id


async def test_a_model_that_is_not_ready_or_somebody_elses_is_never_chosen(models, owning, anna, boris):
    training = await owning.train(ANNA, status="training", task_status="running")
    with pytest.raises(ModelNotReady):
        await models.set_default(ANNA, training.model_id)
    theirs = await owning.train(BORIS, trigger="bbbb2222")
    for forbidden in (
        models.set_default(ANNA, theirs.model_id),
        models.own(ANNA, theirs.model_id),
        models.rename(ANNA, theirs.model_id, "mine"),
        models.foresee(ANNA, theirs.model_id),
        models.delete(anna, theirs.model_id),
    ):
        with pytest.raises(ModelNotFound):
            await forbidden
    assert await models.samples(ANNA, theirs.model_id) == []
    assert await models.versions(ANNA, theirs.model_id) == []
    assert (await models.own(BORIS, theirs.model_id)).name == "Me"


async def test_the_list_goes_on_where_a_page_ends(models, owning, anna, boris):
    await owning.train(BORIS, trigger="other000")
    made = [(await owning.train(ANNA, trigger=f"anna000{number}", photos=4)).model_id for number in range(5)]
    page = await models.list(ANNA, limit=2)
    seen = [card.model_id for card in page.models]
    while page.cursor:
        page = await models.list(ANNA, limit=2, cursor=page.cursor)
        seen += [card.model_id for card in page.models]
    assert seen == made[::-1]
    for cursor in ("x", "-1", "9" * 11, str(2**31)):
        with pytest.raises(BadCursor):
            await models.list(ANNA, cursor=cursor)


async def test_a_card_tells_how_much_the_pictures_look_like_the_person(models, owning, anna):
    owned = await owning.train(ANNA, photos=6)
    card = await models.own(ANNA, owned.model_id)
    assert (card.pictures, card.likeness, card.entry.faceless) == (0, None, None)
    low, faceless, high = await owning.pictures(ANNA, owned.model_id, 0.5, None, 0.9)
    card = await models.own(ANNA, owned.model_id)
    assert (card.pictures, card.entry.photos, card.entry.version) == (3, 6, 1)
    assert card.likeness == pytest.approx(0.7)
    assert card.entry.faceless == pytest.approx(1 / 3)
    assert [file.file_id for file in await models.samples(ANNA, owned.model_id)] == [high, low, faceless]
    assert len(await models.sample_previews(ANNA, owned.model_id)) == 3


async def test_each_training_is_measured_by_the_pictures_that_were_made_with_it(house, models, owning, anna):
    first = await owning.train(ANNA, days_ago=9)
    await owning.pictures(ANNA, first.model_id, 0.4)
    await house.db.reading.execute("""UPDATE "Generation" SET created_at = now() - interval '5 days'""")
    second = await owning.train(ANNA, model_id=first.model_id, days_ago=2, photos=5)
    await owning.pictures(ANNA, first.model_id, 0.8, 0.6)
    failed = await owning.train(ANNA, model_id=first.model_id, status="error", task_status="failed")
    versions = await models.versions(ANNA, first.model_id)
    assert [(one.number, one.pictures, one.is_in_use) for one in versions] == [
        (3, 0, False),
        (2, 2, True),
        (1, 1, False),
    ]
    assert versions[1].likeness == pytest.approx(0.7)
    assert versions[2].likeness == pytest.approx(0.4)
    assert second.model_id == failed.model_id
    card = await models.own(ANNA, first.model_id)
    assert card.is_ready
    assert card.has_failed
    assert card.latest.number == 3


async def test_a_failed_training_says_why_and_what_came_back(models, owning, anna):
    owned = await owning.train(
        ANNA, status="error", task_status="failed", error_code="deadline", tokens=250, captured=125
    )
    latest = (await models.own(ANNA, owned.model_id)).latest
    assert (latest.error_code, latest.tokens_returned) == ("deadline", 125)


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Anna\u200b \n in  spring ", "Anna in spring"), ("👩‍🦰", "👩‍🦰"), ("я" * 64, "я" * 64)]
)
async def test_a_name_is_kept_on_one_line_without_what_nobody_sees(models, owning, anna, typed, kept):
    owned = await owning.train(ANNA)
    assert (await models.rename(ANNA, owned.model_id, typed)).name == kept


@pytest.mark.parametrize("typed", ["", "  \n", "\u200b\u200d", "\u0301", "x" * 65])
async def test_a_name_has_something_to_see_and_an_end(models, owning, anna, typed):
    owned = await owning.train(ANNA)
    with pytest.raises(BadModelName):
        await models.rename(ANNA, owned.model_id, typed)
    assert (await models.own(ANNA, owned.model_id)).name == "Me"
