"""Orders with a personal model: whose they may be, what is sent, what the gallery knows of them."""

import asyncio
import re
from uuid import uuid4

import pytest

from config.failpoints import Write
from repository.models import ModelRepository
from services.catalogue import Catalogue
from services.drafts.drafts import DraftContent, Drafts
from services.drafts.portrait_models import PortraitModels
from services.drafts.starts import Starts
from services.drafts.variations import choices_of
from services.errors import LoraNotFound, ModelNotReady
from services.orders import (
    PORTRAIT_MODEL,
    DatasetOrder,
    ImageOrder,
    LoraSource,
    LoraUse,
    SubjectClass,
    TextToImageOrder,
    steps_of,
)
from services.remakes import remake_seed
from services.training.captions import noun_of
from services.training.ends import SAMPLE_WORDS
from tests.integration.extra_loras import add_extra_lora
from tests.integration.likeness.conftest import SEED, Painter, Studio, portrait


async def order_of(studio: Studio, **choices: object) -> ImageOrder:
    drafts = Drafts(studio.db)
    draft = await drafts.begin(await studio.person(), DraftContent(prompt="at the sea", **choices))
    return draft.order()


async def test_a_draft_with_a_model_and_a_style_needs_no_photo_and_is_made_where_the_model_is_served(studio: Studio):
    person = await studio.person()
    model_id = await studio.model()
    style = (await studio.generations.styles())[0].code
    draft = await Drafts(studio.db).begin(person, DraftContent(style=style, model_id=model_id))
    order = draft.order()
    assert isinstance(order, TextToImageOrder)
    assert (order.model, order.loras) == (PORTRAIT_MODEL, (LoraUse(source=LoraSource.PERSONAL, id=model_id),))
    offers = await Catalogue(studio.db).offers(order, person.user_id)
    assert set(offers) == {"preview"}, "where it is served, and nowhere else: it is never dropped"
    trigger = await studio.db.reading.fetchval("""SELECT trigger_word FROM "Model" """)
    assert offers["preview"].words.startswith(f"{trigger} person, ")
    assert [lora.vendor_id for lora in offers["preview"].loras] == ["demo"]


@pytest.mark.parametrize(("subject", "noun"), [("woman", "woman"), ("man", "man"), ("other", "person")])
async def test_whom_a_model_shows_follows_its_trigger_word_in_every_order(studio: Studio, subject: str, noun: str):
    person, model_id = await studio.person(), await _model(studio)
    await studio.db.reading.execute("""UPDATE "ModelVersion" SET subject_class = $1""", subject)
    trigger = await studio.db.reading.fetchval("""SELECT trigger_word FROM "Model" """)
    loras = (LoraUse(source=LoraSource.PERSONAL, id=model_id),)
    pack = DatasetOrder(class_label="Museum", num_images=2, model=PORTRAIT_MODEL, loras=loras, seed=1)
    orders = [
        await order_of(studio, model_id=model_id),
        await order_of(studio, model_id=model_id, file_id=uuid4()),
        *steps_of(pack),
    ]
    for order in orders:
        words = (await Catalogue(studio.db).offers(order, person.user_id))["preview"].words
        assert words.startswith(f"{trigger} {noun}, ")
        assert words.count(noun) == 1
    twice = (await order_of(studio, model_id=model_id)).model_copy(update={"prompt": f"an old {noun} at the sea"})
    words = (await Catalogue(studio.db).offers(twice, person.user_id))["preview"].words
    assert words == f"{trigger}, an old {noun} at the sea"


async def test_the_samples_of_a_new_model_leave_it_to_the_catalogue_whom_they_show():
    assert not any(re.search(rf"\b{noun_of(subject)}\b", SAMPLE_WORDS) for subject in SubjectClass)


async def test_whoever_serves_personal_models_makes_what_is_ordered_with_them(studio: Studio):
    """Of the vendors that keep FLUX LoRAs each takes the order, from words and from a photo."""
    rows = await studio.db.reading.fetch(
        """
        SELECT DISTINCT backend, kind FROM "VendorModel"
        WHERE model = $1 AND max_loras > 0 AND is_active AND backend IN ('runware', 'replicate', 'preview')
        """,
        PORTRAIT_MODEL,
    )
    assert {tuple(row) for row in rows} == {
        (backend, kind)
        for backend in ("runware", "replicate", "preview")
        for kind in ("text_to_image", "image_to_image")
    }


async def test_the_owners_loras_are_stacked_upon_the_model(studio: Studio):
    order = await order_of(studio, model_id=await _model(studio), extra_loras=(3, 4))
    assert [(use.source, use.id) for use in order.loras[1:]] == [(LoraSource.EXTRA, 3), (LoraSource.EXTRA, 4)]


async def test_an_extra_lora_has_its_owners_weight_unless_the_order_says_another(studio: Studio):
    person, model_id = await studio.person(), await _model(studio)
    lora_id = await add_extra_lora(studio.db, "Film", weight=0.6, trigger_words="flm grain")
    order = await order_of(studio, model_id=model_id, extra_loras=(lora_id,))
    offer = (await Catalogue(studio.db).offers(order, person.user_id))["preview"]
    assert [(lora.vendor_id, lora.weight) for lora in offer.loras] == [("demo", 1.0), ("org:film@1", 0.6)]
    assert "person, flm grain, at the sea" in offer.words
    stronger = order.model_copy(update={"loras": tuple(use.model_copy(update={"weight": 2}) for use in order.loras)})
    offer = (await Catalogue(studio.db).offers(stronger, person.user_id))["preview"]
    assert [lora.weight for lora in offer.loras] == [2, 2]


async def test_a_lora_that_is_switched_off_stays_on_orders_that_were_taken_and_is_refused_for_new_ones(studio: Studio):
    person = await studio.person()
    lora_id = await add_extra_lora(studio.db, "Film")
    order = await order_of(studio, extra_loras=(lora_id,))
    await Catalogue(studio.db).check(order, person.user_id)
    await studio.db.reading.execute("""UPDATE "ExtraLora" SET is_active = FALSE""")
    assert set(await Catalogue(studio.db).offers(order, person.user_id)) == {"preview"}
    with pytest.raises(LoraNotFound):
        await Catalogue(studio.db).check(order, person.user_id)


async def test_the_gallery_knows_the_model_and_its_training_and_never_the_trigger_word(studio: Studio):
    task = await studio.ordered()
    await studio.work(task)
    entry = await studio.generations.entry_of_task(100, task.task_id)
    row = await studio.db.reading.fetchrow(
        """SELECT m.model_id, g.version_id = m.version_id AS is_its, m.trigger_word FROM "Generation" g
           JOIN "Model" m USING (model_id)"""
    )
    assert (entry.generation.model_id, row["is_its"]) == (row["model_id"], True)
    for word in (row["trigger_word"], noun_of(SubjectClass.OTHER)):
        assert word not in entry.generation.prompt_text
        assert word not in task.order_json.replace(LoraSource.PERSONAL, "")


async def test_somebody_elses_model_and_a_deleted_one_are_not_found(studio: Studio):
    person, other = await studio.person(), await studio.person(200)
    for model_id in (await studio.model(other.user_id), 4_000):
        with pytest.raises(LoraNotFound):
            await studio.generations.request(person, portrait(model_id), "a")
    assert await studio.balance() == (30, 0, 0)


async def test_a_model_that_is_being_trained_is_not_ready_and_one_trained_anew_is(studio: Studio):
    person = await studio.person()
    model_id = await studio.model(name="Holiday", is_ready=False)
    with pytest.raises(ModelNotReady) as refused:
        await studio.generations.request(person, portrait(model_id), "a")
    assert refused.value.fields == {"name": "Holiday"}
    again = await studio.model()
    await studio.db.reading.execute("""UPDATE "Model" SET status = 'training' WHERE model_id = $1""", again)
    assert await studio.generations.request(person, portrait(again), "b")


async def test_a_model_that_is_deleted_at_that_moment_refuses_the_order_and_holds_nothing(studio: Studio):
    person = await studio.person()
    model_id = await studio.model()
    async with studio.db.transaction(Write.TASK_TELL) as tx:
        await tx.execute("""DELETE FROM "Model" WHERE model_id = $1""", model_id)
        asking = asyncio.create_task(studio.generations.request(person, portrait(model_id), "a"))
        while not await studio.db.reading.fetchval(
            """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""
        ):
            await asyncio.wait({asking}, timeout=0.01)
            assert not asking.done()
    with pytest.raises(LoraNotFound):
        await asking
    assert await studio.balance() == (30, 0, 0)


async def test_new_drafts_from_words_have_the_model_that_the_person_prefers(studio: Studio):
    person = await studio.person()
    drafts = Drafts(studio.db)
    assert (await drafts.begin_from_words(person, "a fox")).content.model_id is None
    chosen = await studio.model(name="Chosen")
    await studio.model(name="Other")
    await studio.db.reading.execute("""UPDATE "User" SET default_model_id = $1""", chosen)
    assert (await drafts.begin_from_words(person, "a fox")).content.model_id == chosen
    await studio.db.reading.execute("""UPDATE "Model" SET version_id = NULL""")
    assert (await drafts.begin_from_words(person, "a fox")).content.model_id is None
    assert await PortraitModels(studio.db).usable(person) == []


async def test_again_and_another_variation_keep_the_model(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, remake_seed(SEED): 0.9}
    person, order = await studio.asked()
    task = await studio.generations.request(person, order, "a")
    await studio.work(await studio.claimed())
    (picture,) = await studio.pictures(task)
    drafts = Drafts(studio.db)
    varied = await Starts(studio.db, drafts).begin_variation(person, picture.file_id)
    assert varied.content.model_id == order.loras[0].id
    assert (await drafts.copy(person, varied.draft_id)).content.model_id == varied.content.model_id
    assert choices_of(order).model_id == order.loras[0].id
    assert varied.order().model == PORTRAIT_MODEL


async def test_models_are_listed_newest_first_and_only_those_of_the_person(studio: Studio):
    person, other = await studio.person(), await studio.person(200)
    first, second = await studio.model(name="First"), await studio.model(name="Second")
    await studio.model(other.user_id), await studio.model(is_ready=False)
    found = await PortraitModels(studio.db).usable(person)
    assert [model.model_id for model in found] == [second, first]
    assert await ModelRepository(studio.db.reading).get_usable(other.user_id, first) is None


async def _model(studio: Studio) -> int:
    await studio.person()
    return await studio.model()
