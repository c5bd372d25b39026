"""Training photos go when their time is over; what scores portraits stays with the model."""

import pytest

from services.photos.expiry import PhotoExpiry
from tests.integration.models.conftest import ANNA
from tests.integration.models.owning import FACE

pytestmark = pytest.mark.asyncio


@pytest.fixture
def expiry(house) -> PhotoExpiry:
    return PhotoExpiry(house.db, house.storage)


async def test_photos_go_thirty_days_after_their_training_with_what_was_measured_on_them(
    house, owning, models, expiry, anna
):
    old = await owning.train(ANNA, days_ago=31)
    young = await owning.train(ANNA, trigger="bbbb2222", days_ago=29)
    assert await expiry.expire() == 1
    assert await expiry.expire() == 0
    for photo in old.photos:
        assert not await house.storage.has(f"training/{photo}.jpg")
        assert not await house.storage.has(f"training/{photo}.small.jpg")
    for key in young.keys:
        assert await house.storage.has(key)
    left = await house.db.reading.fetch("""SELECT file_id FROM "PhotoAnalysis" """)
    assert {row["file_id"] for row in left} == set(young.photos)
    face, key = await house.db.reading.fetchrow(
        """SELECT face, weights_key FROM "ModelVersion" WHERE version_id = $1""", old.version_id
    )
    assert bytes(face) == FACE
    assert await house.storage.has(key)
    assert (await models.own(ANNA, old.model_id)).is_ready


async def test_photos_of_a_training_that_is_under_way_stay_however_long_it_waits(house, owning, expiry, anna):
    owned = await owning.train(ANNA, status="training", task_status="running", days_ago=60)
    assert await expiry.expire() == 0
    assert await house.storage.has(owned.keys[0])


async def test_a_set_that_was_begun_and_left_goes_and_one_that_is_being_collected_stays(house, owning, expiry, anna):
    await owning.open_set(ANNA, days_ago=29)
    assert await expiry.expire() == 0
    await house.db.reading.execute("""UPDATE "TrainingSet" SET updated_at = now() - interval '31 days'""")
    assert await expiry.expire() == 1
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "TrainingSet" """) == 0
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "File" """) == 0


async def test_a_photo_that_a_newer_training_used_too_goes_with_that_one(house, owning, expiry, anna):
    old = await owning.train(ANNA, days_ago=31)
    new = await owning.train(ANNA, model_id=old.model_id, days_ago=3)
    shared = old.photos[0]
    await house.db.reading.execute(
        """INSERT INTO "TrainingPhoto" (set_id, file_id, place) VALUES ($1, $2, 9)""", new.set_id, shared
    )
    await expiry.expire()
    assert await house.storage.has(f"training/{shared}.jpg")
    await house.db.reading.execute(
        """UPDATE "TrainingSet" SET updated_at = now() - interval '40 days'; UPDATE "ModelVersion" SET
        finished_at = now() - interval '31 days'"""
    )
    assert await expiry.expire() == 1
    assert not await house.storage.has(f"training/{shared}.jpg")


async def test_the_owner_sets_how_long_photos_are_kept(house, owning, expiry, anna):
    await owning.train(ANNA, days_ago=8)
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 7 WHERE kind = 'training_photo_days'""")
    assert await expiry.expire() == 1
