"""Portraits are looked at: what is seen is kept and sorts them, and what is not seen costs nobody a picture."""

import asyncio

import pytest

from repository.likeness import LikenessRepository
from repository.tasks import TaskStatus
from services.orders import LoraSource, LoraUse, TextToImageOrder
from tests.integration.likeness.conftest import SEED, Painter, Studio, portrait
from workers.eyes.errors import EyesFailed, UnreadablePhoto


async def test_portraits_are_scored_and_numbered_best_first(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.6, SEED + 1: 0.95, SEED + 2: None, SEED + 3: 0.8}
    task = await studio.ordered(4)
    await studio.work(task)
    pictures = await studio.pictures(task)
    assert [picture.seed for picture in pictures] == [SEED + 1, SEED + 3, SEED, SEED + 2]
    assert [picture.position for picture in pictures] == [0, 1, 2, 3]
    assert [picture.has_face for picture in pictures] == [True, True, True, False]
    assert [picture.likeness for picture in pictures[:3]] == pytest.approx([0.95, 0.8, 0.6], abs=0.01)
    assert len(await studio.calls(task)) == 1


async def test_where_no_face_is_found_that_is_said_and_is_not_zero(studio: Studio, painter: Painter):
    painter.alike = {SEED: None}
    task = await studio.ordered()
    await studio.work(task)
    (picture,) = await studio.pictures(task)
    assert (picture.has_face, picture.likeness, picture.is_remade) == (False, None, False)
    assert len(await studio.calls(task)) == 1, "nothing is known of it that a second one could be better than"


@pytest.mark.parametrize("fault", [EyesFailed("died"), UnreadablePhoto("odd")])
async def test_blind_eyes_cost_nobody_a_picture(studio: Studio, fault: Exception):
    studio.eyes.faults = [fault] * 2
    task = await studio.ordered()
    await studio.work(task)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    (picture,) = await studio.pictures(task)
    assert (picture.has_face, picture.likeness) == (None, None)
    assert studio.eyes.looks == (2 if isinstance(fault, EyesFailed) else 1)


async def test_eyes_that_fail_once_are_asked_again(studio: Studio):
    studio.eyes.faults = [EyesFailed("died")]
    task = await studio.ordered()
    await studio.work(task)
    (picture,) = await studio.pictures(task)
    assert picture.likeness == pytest.approx(0.9, abs=0.01)


async def test_slow_eyes_hold_up_one_picture_for_a_moment_and_no_other(studio: Studio):
    studio.eyes.asleep, studio.patience = asyncio.Event(), 0.05
    task = await studio.ordered(4)
    await studio.work(task)
    assert (await studio.now(task)).units_made == 4
    assert {picture.has_face for picture in await studio.pictures(task)} == {None}
    assert studio.eyes.looks == 1, "the others do not wait for what is behind"


async def test_pictures_without_a_model_or_with_several_are_not_looked_at(studio: Studio):
    person = await studio.person()
    one, other = await studio.model(name="One"), await studio.model(name="Other")
    await studio.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    both = portrait(one).model_copy(
        update={"loras": tuple(LoraUse(source=LoraSource.PERSONAL, id=model_id) for model_id in (one, other))}
    )
    for key, order in (("plain", TextToImageOrder(prompt="a fox")), ("both", both)):
        await studio.generations.request(person, order, key)
        await studio.work(await studio.claimed())
    assert studio.eyes.looks == 0


async def test_without_the_face_of_its_training_a_portrait_is_made_and_not_scored(studio: Studio):
    await studio.person()
    task = await studio.ordered(model_id=await studio.model(has_face=False))
    await studio.work(task)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert studio.eyes.looks == 0


async def test_likeness_is_counted_for_each_training_and_for_everybody(studio: Studio, painter: Painter):
    painter.alike = {SEED: 0.2, SEED + 1: 0.8, SEED + 2: None}
    painter.alike |= {seed + 1_000_003: 0.1 for seed in painter.alike}
    task = await studio.ordered(3)
    await studio.work(task)
    version_id = await studio.db.reading.fetchval("""SELECT version_id FROM "ModelVersion" """)
    counted = await LikenessRepository(studio.db.reading).likeness_of_versions([version_id, version_id + 1])
    assert list(counted) == [version_id]
    found = counted[version_id]
    assert (found.portraits, found.without_face, found.remade) == (3, 1, 1)
    assert found.likeness == pytest.approx(0.5, abs=0.01)
    for figures in (await studio.own_statistics(), await studio.global_statistics()):
        assert figures.portraits == 3
        assert figures.likeness == pytest.approx(0.5, abs=0.01)
        assert figures.below_line == pytest.approx(0.5)
        assert figures.remade == pytest.approx(1 / 3)
