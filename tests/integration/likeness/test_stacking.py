"""LoRAs stacked upon each other: only what one vendor lays on together is offered."""

import pytest

from services.catalogue import Catalogue
from services.drafts.drafts import Draft, DraftContent, Drafts
from services.drafts.extra_loras import ExtraLoras
from services.errors import TooManyExtraLoras
from tests.integration.extra_loras import add_extra_lora
from tests.integration.likeness.conftest import Studio


@pytest.fixture
async def loras(studio: Studio) -> tuple[int, int, int]:
    """Of both vendors, of the first alone, of the second alone."""
    both = await add_extra_lora(studio.db, "Both", "runware")
    await studio.db.reading.execute(
        """INSERT INTO "ExtraLoraServing" (lora_id, backend, vendor_id, architecture)
           VALUES ($1, 'replicate', 'a/b', 'flux1')""",
        both,
    )
    first = await add_extra_lora(studio.db, "First", "runware")
    return both, first, await add_extra_lora(studio.db, "Second", "replicate")


def extra_loras(studio: Studio, *backends: str) -> ExtraLoras:
    return ExtraLoras(studio.db, Drafts(studio.db), backends or ("runware", "replicate"))


async def begun(studio: Studio, **choices: object) -> Draft:
    return await Drafts(studio.db).begin(await studio.person(), DraftContent(prompt="at the sea", **choices))


async def test_what_is_offered_goes_with_all_that_is_chosen(studio: Studio, loras: tuple[int, int, int]):
    both, first, second = loras
    person, service = await studio.person(), extra_loras(studio)
    draft = await begun(studio)
    assert [lora.name for lora in (await service.settle(person, draft)).offered] == ["Both", "First", "Second"]
    extra = await service.add(person, draft, first)
    assert [lora.name for lora in extra.offered] == ["Both", "First"]
    extra = await service.add(person, extra.draft, both)
    assert set(await Catalogue(studio.db).offers(extra.draft.order(), person.user_id)) == {"runware"}
    refused = await service.add(person, extra.draft, second)
    assert (refused.draft, refused.dropped) == (extra.draft, ["Second"])


async def test_a_vendor_that_takes_fewer_has_less_room(studio: Studio, loras: tuple[int, int, int]):
    both, _, second = loras
    person, service = await studio.person(), extra_loras(studio)
    third = await add_extra_lora(studio.db, "Third", "replicate")
    extra = await service.add(person, await begun(studio), second)
    assert (extra.limit, [lora.name for lora in extra.offered]) == (2, ["Both", "Second", "Third"])
    extra = await service.add(person, extra.draft, both)
    with pytest.raises(TooManyExtraLoras):
        await service.add(person, extra.draft, third)
    assert await Catalogue(studio.db).offers(extra.draft.order(), person.user_id)


async def test_vendors_that_are_not_set_up_here_offer_nothing(studio: Studio, loras: tuple[int, int, int]):
    both, _, second = loras
    person = await studio.person()
    draft = await begun(studio, extra_loras=(both, second))
    assert (await extra_loras(studio, "preview").settle(person, draft)).offered == []
    extra = await extra_loras(studio, "runware").settle(person, await begun(studio, extra_loras=(both, second)))
    assert (extra.draft.content.extra_loras, extra.dropped) == ((both,), ["Second"])


async def test_beside_a_model_is_offered_what_its_vendor_serves(studio: Studio, loras: tuple[int, int, int]):
    person, service = await studio.person(), extra_loras(studio)
    model_id = await studio.model()
    await studio.db.reading.execute("""UPDATE "ModelServing" SET backend = 'replicate'""")
    extra = await service.settle(person, await begun(studio, model_id=model_id))
    assert (extra.limit, [lora.name for lora in extra.offered]) == (1, ["Both", "Second"])


async def test_an_ordered_draft_stays_as_it_was_ordered(studio: Studio, loras: tuple[int, int, int]):
    person, service = await studio.person(), extra_loras(studio)
    draft = await begun(studio, extra_loras=loras[:1])
    await studio.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    await studio.generations.request(person, draft.order(), draft.key)
    await studio.db.reading.execute("""UPDATE "ExtraLora" SET is_active = FALSE""")
    settled = await service.settle(person, draft)
    assert settled.draft.draft_id != draft.draft_id
    assert (await Drafts(studio.db).read(person, draft.draft_id)).content.extra_loras == loras[:1]
