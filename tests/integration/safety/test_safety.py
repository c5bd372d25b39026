"""What the seeded rules refuse and what they let pass, and how soon a change of the owner's counts."""

import asyncio

import pytest

from bot.error_text import error_text
from bot.features.generate.ideas import Theme, ideas_of
from repository.catalogue import CatalogueRepository, Style
from repository.packs import PackRepository
from services.errors import PromptRefused
from services.orders import AnyOrder, DatasetOrder, PackLook, TextToImageOrder
from services.safety.prompts import FRESH_SECONDS, Safety
from tests.integration.safety.prompts import INNOCENT, REFUSED
from tests.texts import TEXTS


class Clock:
    """Time that stands until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def kind_of(safety: Safety, order: AnyOrder | str, style: Style | None = None, **more: bool) -> str | None:
    """What a wish is refused for, or None."""
    order = TextToImageOrder(prompt=order) if isinstance(order, str) else order
    try:
        await safety.check_prompt(order, style=style, **more)
    except PromptRefused as refused:
        return str(refused.fields["kind"])
    return None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def safety(database, clock) -> Safety:
    return Safety(database, clock)


async def test_ordinary_wishes_pass_whatever_their_words_look_like(safety):
    told = {prompt: await kind_of(safety, prompt) for prompt in INNOCENT}
    assert {prompt: kind for prompt, kind in told.items() if kind is not None} == {}


async def test_what_is_not_made_is_refused_however_it_is_written(safety):
    told = {prompt: (kind, await kind_of(safety, prompt)) for kind, prompt in REFUSED}
    assert {prompt: kinds for prompt, kinds in told.items() if kinds[0] != kinds[1]} == {}


def test_the_tables_are_large_enough_and_say_nothing_twice():
    assert len(INNOCENT) == len(set(INNOCENT)) >= 80
    assert len(REFUSED) == len({prompt for _, prompt in REFUSED}) >= 60


async def test_every_style_and_pack_of_the_house_passes(database, safety):
    for style in await CatalogueRepository(database.reading).get_styles():
        assert await kind_of(safety, TextToImageOrder(style=style.code), style) is None, style.code
    packs = PackRepository(database.reading)
    for pack in await packs.get_packs():
        looks = tuple(PackLook(style=look.style, prompt=look.prompt) for look in await packs.get_looks(pack.code))
        assert await kind_of(safety, DatasetOrder(class_label="my daughter", pack=pack.code, looks=looks)) is None


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_idea_that_the_bot_offers_passes(safety, locale):
    t = TEXTS.bound(locale)
    for idea in (idea for theme in Theme for idea in ideas_of(t, theme)):
        assert await kind_of(safety, idea.words) is None, idea.words


async def test_what_a_picture_should_not_show_is_no_part_of_the_wish(safety):
    assert await kind_of(safety, TextToImageOrder(prompt="a child at the lake", negative_prompt="nude, nsfw")) is None


async def test_the_label_and_the_looks_of_a_pack_are_judged_together(safety):
    looks = (PackLook(prompt="topless"),)
    assert await kind_of(safety, DatasetOrder(class_label="a woman", looks=looks)) == "adult"
    assert await kind_of(safety, DatasetOrder(class_label="школьница", looks=looks)) == "minor_adult"
    assert await kind_of(safety, DatasetOrder(class_label="голая женщина")) == "adult"


async def test_adult_words_pass_where_the_owner_allows_them_and_never_beside_a_minor(database, safety):
    await database.reading.execute('UPDATE "SafetyPolicy" SET adult_allowed = TRUE')
    assert await kind_of(safety, "a nude woman on a sofa") is None
    assert await kind_of(safety, "a nude woman on a sofa", is_minor=True) == "minor_adult"
    assert await kind_of(safety, "a nude woman and her little girl") == "minor_adult"
    assert await kind_of(safety, "rape") == "sexual_violence"


async def test_an_adult_style_is_made_only_where_it_is_allowed_and_never_of_somebody_under_age(database, safety, clock):
    await database.reading.execute("""UPDATE "Style" SET is_adult = TRUE WHERE code = 'noir'""")
    noir = await CatalogueRepository(database.reading).get_style("noir")
    assert noir is not None
    assert noir.is_adult
    order, pack = TextToImageOrder(style="noir"), DatasetOrder(class_label="me", looks=(PackLook(style="noir"),))
    assert await kind_of(safety, order, noir) == "adult"
    assert await kind_of(safety, pack) == "adult"
    await database.reading.execute('UPDATE "SafetyPolicy" SET adult_allowed = TRUE')
    clock.now += FRESH_SECONDS
    assert await kind_of(safety, order, noir) is None
    assert await kind_of(safety, order, noir, is_minor=True) == "minor_adult"
    assert await kind_of(safety, pack, is_minor=True) == "minor_adult"
    assert await kind_of(safety, TextToImageOrder(style="noir", prompt="a schoolboy"), noir) == "minor_adult"


async def test_a_change_of_the_owner_counts_within_half_a_minute_and_not_at_every_order(database, safety, clock):
    assert FRESH_SECONDS <= 30
    assert await kind_of(safety, "a dragon") is None
    await database.reading.execute(
        """INSERT INTO "SafetyRule" (code, locale, pattern, verdict) VALUES ('myth', 'en', 'dragon*', 'blocked')"""
    )
    clock.now += FRESH_SECONDS - 1
    assert await kind_of(safety, "a dragon") is None, "the rules are in memory still"
    clock.now += 1
    assert await kind_of(safety, "two dragons") == "myth"
    await database.reading.execute("""UPDATE "SafetyRule" SET is_active = FALSE WHERE code = 'myth'""")
    clock.now += FRESH_SECONDS
    assert await kind_of(safety, "two dragons") is None


async def test_a_rule_that_cannot_be_read_harms_no_other(database, safety):
    await database.reading.execute(
        """
        INSERT INTO "SafetyRule" (code, locale, pattern, verdict)
        VALUES ('broken', 'en', '(a+)+$', 'blocked'), ('broken', 'en', 'a*', 'blocked'),
               ('broken', 'en', '..', 'blocked')
        """
    )
    assert await kind_of(safety, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!") is None
    assert await kind_of(safety, "porn") == "adult"


async def test_many_orders_at_once_read_the_rules_once(database, clock):
    reads = 0

    class Counting(type(database)):  # type: ignore[misc]
        @property
        def reading(self):
            nonlocal reads
            reads += 1
            return database.reading

    safety = Safety(Counting.__new__(Counting), clock)
    await asyncio.gather(*(kind_of(safety, "a fox") for _ in range(20)))
    assert reads == 1


async def test_the_threshold_of_finished_pictures_is_the_owners(database, safety, clock):
    fox, nude = TextToImageOrder(prompt="a fox"), TextToImageOrder(prompt="a nude woman")
    assert await safety.nsfw_threshold(fox, style=None) == 0.8
    assert await safety.nsfw_threshold(nude, style=None) == 0.8
    await database.reading.execute('UPDATE "SafetyPolicy" SET adult_allowed = TRUE, nsfw_threshold = 0.6')
    clock.now += FRESH_SECONDS
    assert await safety.nsfw_threshold(fox, style=None) == 0.6
    assert await safety.nsfw_threshold(nude, style=None) == 1
    assert await safety.nsfw_threshold(nude, style=None, is_minor=True) == 0.6


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_kind_of_the_house_has_a_sentence_of_its_own_that_fits_an_alert(database, locale):
    t = TEXTS.bound(locale)
    rows = await database.reading.fetch("""SELECT DISTINCT code FROM "SafetyRule" WHERE verdict = 'blocked'""")
    kinds = {row["code"] for row in rows} | {"adult", "minor_adult"}
    sentences = {kind: error_text(t, PromptRefused(kind)) for kind in kinds | {"a_kind_of_the_owners"}}
    assert len(set(sentences.values())) == len(sentences)
    assert all(0 < len(sentence) <= 200 for sentence in sentences.values())
