"""A model is trained anew while an order waits or is made: the order keeps the training that it was begun with."""

import asyncio

import pytest

from repository.likeness import LikenessRepository
from repository.model_entries import ModelEntryRepository
from repository.tasks import TaskStatus
from services.photos.figures import EMBEDDING_LENGTH, embedding_to_bytes
from tests.integration.likeness.conftest import SEED, Painter, Studio, pack, portrait

STRANGER = (0.1,) * EMBEDDING_LENGTH
"""The face of a training on photos that the first one knows nothing of."""


async def replace(studio: Studio, model_id: int) -> int:
    """A second training of the model is in use from now on; returns its version_id."""
    version_id = await studio.db.reading.fetchval(
        """
        INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, weights_key, weights_bytes,
                                    weights_sha256, face, finished_at)
        VALUES ($1, 2, 'ready', 12, 'flux1', 'models/second', 1, '\\x00', $2, now()) RETURNING version_id
        """,
        model_id,
        embedding_to_bytes(STRANGER),
    )
    sql = studio.db.reading
    await sql.execute(
        """INSERT INTO "ModelServing" (version_id, backend, vendor_id) VALUES ($1, 'preview', 'second')""", version_id
    )
    await sql.execute("""UPDATE "Model" SET version_id = $2 WHERE model_id = $1""", model_id, version_id)
    return int(version_id)


def drawn_with(painter: Painter) -> list[str]:
    """The vendor's name of the model in each call that was handed over."""
    return [lora.vendor_id for call in painter.submitted if call.offer is not None for lora in call.offer.loras]


async def test_an_order_that_waited_is_drawn_scored_and_counted_with_the_training_it_was_begun_with(
    studio: Studio, painter: Painter
):
    person, model_id = await studio.person(), await studio.model()
    first = await studio.db.reading.fetchval("""SELECT version_id FROM "Model" """)
    waiting = await studio.ordered(model_id=model_id)
    second = await replace(studio, model_id)
    await studio.work(waiting)
    assert drawn_with(painter) == ["demo"]
    (picture,) = await studio.pictures(waiting)
    assert picture.likeness == pytest.approx(0.9, abs=0.01), "by the face of the same training"
    await studio.generations.request(person, portrait(model_id), "after")
    await studio.work(await studio.claimed())
    assert set(drawn_with(painter)[1:]) == {"second"}, "an order from now on, and its remake"
    counted = await LikenessRepository(studio.db.reading).likeness_of_versions([first, second])
    assert {version: facts.portraits for version, facts in counted.items()} == {first: 1, second: 1}


async def test_a_pack_is_drawn_with_one_training_though_another_came_in_the_middle_and_its_worker_died(
    studio: Studio, painter: Painter
):
    person, model_id = await studio.person(), await studio.model()
    await studio.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
    task = await studio.generations.request(person, pack(model_id, 6), "pack")
    painter.gate, painter.ungated = asyncio.Event(), 1
    working = asyncio.create_task(studio.work(await studio.claimed()))
    async with asyncio.timeout(20):
        while len(await studio.tasks.kept_outputs(task)) < 1:
            await asyncio.wait({working}, timeout=0.01)
    handed_over = len(painter.submitted)
    await replace(studio, model_id)
    again = await studio.crash(task)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    painter.gate.set()
    await studio.work(again)
    assert (await studio.now(task)).status is TaskStatus.COMPLETED
    assert len(painter.submitted) > handed_over, "some of it was handed over after the replacement"
    assert set(drawn_with(painter)) == {"demo"}
    assert len(await studio.pictures(task)) == 6


async def test_a_picture_that_is_drawn_late_with_the_training_before_is_no_sample_of_the_new_one(
    studio: Studio, painter: Painter
):
    person, model_id = await studio.person(), await studio.model()
    late = await studio.ordered(model_id=model_id)
    await replace(studio, model_id)
    painter.alike = {SEED: None}
    await studio.generations.request(person, portrait(model_id), "after")
    newest = await studio.claimed()
    await studio.work(newest)
    painter.alike = {}
    await studio.work(late)
    samples = await ModelEntryRepository(studio.db.reading).get_samples(model_id, person.user_id, limit=2)
    pictures = [*await studio.pictures(newest), *await studio.pictures(late)]
    assert [sample.file_id for sample in samples] == [picture.file_id for picture in pictures]
