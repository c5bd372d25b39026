import asyncio
import random

import pytest

from repository.files import FileRepository
from services.errors import (
    ConsentMissing,
    FileNotFound,
    ModelNotFound,
    NotAPicture,
    SetFull,
    SetNotFound,
    SetNotOpen,
    SetOfOtherAim,
)
from services.orders import SubjectClass
from services.photos.expiry import PhotoExpiry
from tests.integration.sets.conftest import Collecting, selfie


async def test_an_album_of_ten_that_comes_at_once_is_kept_whole_and_in_its_order(house: Collecting):
    person, set_id = await house.started()
    numbers = list(range(10))
    random.Random(3).shuffle(numbers)
    files = await asyncio.gather(*(house.add(person, set_id, number, place=500 + number) for number in numbers))
    by_number = dict(zip(numbers, files, strict=True))

    view = await house.sets.view(person, set_id)
    assert [photo.file.file_id for photo in view.photos] == [by_number[number].file_id for number in range(10)]
    assert [photo.number for photo in view.photos] == list(range(1, 11))
    assert (view.waiting, view.set.revision, view.needs.good) == (10, 10, 0)
    for photo in view.photos:
        assert await house.storage.has(photo.file.storage_key)
        assert await house.storage.has(str(photo.file.thumbnail_key))
        assert photo.verdict is None
        assert photo.is_waiting
    assert await house.count("""SELECT count(*) FROM "PhotoAnalysis" WHERE state = 'waiting'""") == 10


async def test_photos_without_a_place_stand_in_the_order_in_which_they_came(house: Collecting):
    person, set_id = await house.started()
    files = [await house.add(person, set_id, number) for number in range(4)]
    view = await house.sets.view(person, set_id)
    assert [photo.file.file_id for photo in view.photos] == [file.file_id for file in files]


async def test_three_albums_interleaved_are_all_kept(house: Collecting):
    person, set_id = await house.started()
    albums = [[house.add(person, set_id, album * 10 + place) for place in range(10)] for album in range(3)]
    await asyncio.gather(*(photo for photos in zip(*albums, strict=True) for photo in photos))
    view = await house.sets.view(person, set_id)
    assert (len(view.photos), view.set.revision) == (30, 30)
    assert len({photo.file.sha256 for photo in view.photos}) == 30


async def test_albums_of_three_people_at_once_stay_apart(house: Collecting):
    started = [await house.started(user_id) for user_id in (100, 200, 300)]
    await asyncio.gather(*(house.add(person, set_id, number) for number in range(10) for person, set_id in started))
    for person, set_id in started:
        photos = (await house.sets.view(person, set_id)).photos
        assert {photo.file.user_id for photo in photos} == {person.user_id}
        assert len(photos) == 10


async def test_the_same_update_ten_times_at_once_brings_one_photo(house: Collecting):
    person, set_id = await house.started()
    files = await asyncio.gather(*(house.add(person, set_id, 1) for _ in range(10)))
    assert len({file.file_id for file in files}) == 1
    assert await house.rows() == {"sets": 1, "photos": 1, "analyses": 1, "files": 1, "noted": 0}
    assert len(house.stored()) == 2, "a picture and its thumbnail"
    assert (await house.sets.view(person, set_id)).set.revision == 1


async def test_no_set_grows_beyond_its_limit_however_many_photos_come_at_once(house: Collecting):
    person, set_id = await house.started()
    await house.limit("training_photos_max", 5)
    outcomes = await asyncio.gather(
        *(house.add(person, set_id, number) for number in range(12)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, SetFull)]
    assert len(refused) == 7
    assert refused[0].fields == {"limit": 5}
    assert await house.rows() == {"sets": 1, "photos": 5, "analyses": 5, "files": 5, "noted": 0}
    assert len(house.stored()) == 10, "what was refused is not kept"


async def test_the_same_photo_again_is_answered_by_a_full_set_too(house: Collecting):
    await house.limit("training_photos_max", 1)
    person, set_id = await house.started()
    file = await house.add(person, set_id, 1)
    assert (await house.add(person, set_id, 1)).file_id == file.file_id


async def test_nothing_is_collected_without_consent(house: Collecting):
    person, set_id = await house.started()
    assert await house.consents.given(person.user_id)
    await house.consents.withdraw(person)
    assert not await house.consents.given(person.user_id)
    with pytest.raises(ConsentMissing):
        await house.add(person, set_id, 1)
    with pytest.raises(ConsentMissing):
        await house.sets.begin(person)
    assert house.stored() == set()


async def test_what_is_no_picture_is_refused_and_not_kept(house: Collecting):
    person, set_id = await house.started()
    with pytest.raises(NotAPicture):
        await house.sets.add_photo(person, set_id, b"\xff\xd8 not a photo", source_key="training:1")
    assert house.stored() == set()
    assert (await house.rows())["files"] == 0


async def test_begun_ten_times_at_once_there_is_one_set(house: Collecting):
    person = await house.person()
    begun = await asyncio.gather(*(house.sets.begin(person) for _ in range(10)))
    assert len({found.set_id for found in begun}) == 1
    assert await house.sets.current(person.user_id) == begun[0]


async def test_an_open_set_without_photos_takes_a_new_aim_and_one_with_photos_keeps_its_own(house: Collecting):
    person, set_id = await house.started()
    model_id = await house.model(person)
    again = await house.sets.begin(person, model_id)
    assert (again.set_id, again.model_id) == (set_id, model_id)
    assert (await house.sets.current(person.user_id)) == again
    await house.add(person, set_id, 1)
    assert (await house.sets.begin(person, model_id)).set_id == set_id
    with pytest.raises(SetOfOtherAim) as refused:
        await house.sets.begin(person)
    assert refused.value.fields == {"set_id": set_id}


async def test_after_a_set_was_used_the_next_one_begins_and_the_old_one_takes_nothing(house: Collecting):
    person, set_id = await house.started(photos=2)
    await house.use(set_id)
    assert await house.sets.current(person.user_id) is None
    assert (await house.sets.begin(person)).set_id != set_id
    file_id = (await house.sets.view(person, set_id)).photos[0].file.file_id
    for attempt in (
        house.add(person, set_id, 7),
        house.sets.remove_photo(person, set_id, file_id),
        house.sets.describe(person, set_id, name="Me"),
        house.sets.discard(person, set_id),
    ):
        with pytest.raises(SetNotOpen):
            await attempt
    assert len((await house.sets.view(person, set_id)).photos) == 2


async def test_nobody_reaches_into_the_set_of_another(house: Collecting, stranger):
    ann, set_id = await house.started(100, photos=1)
    bob, other_id = await house.started(200, photos=1)
    file_id = (await house.sets.view(ann, set_id)).photos[0].file.file_id
    for attempt, refusal in (
        (house.add(bob, set_id, 5), SetNotOpen),
        (house.sets.remove_photo(bob, set_id, file_id), SetNotOpen),
        (house.sets.remove_photo(bob, other_id, file_id), FileNotFound),
        (house.sets.remove_photo(ann, set_id, stranger), FileNotFound),
        (house.sets.describe(bob, set_id, name="Mine"), SetNotOpen),
        (house.sets.discard(bob, set_id), SetNotOpen),
        (house.sets.view(bob, set_id), SetNotFound),
        (house.sets.begin(bob, await house.model(ann)), ModelNotFound),
        (house.analyses.request(bob.user_id, file_id), FileNotFound),
    ):
        with pytest.raises(refusal):
            await attempt
    assert await house.rows() == {"sets": 2, "photos": 2, "analyses": 2, "files": 2, "noted": 0}
    assert len(house.stored()) == 4


async def test_what_a_person_said_of_the_model_stays_and_what_was_not_said_is_left_alone(house: Collecting):
    person, set_id = await house.started()
    await house.sets.describe(person, set_id, subject_class=SubjectClass.WOMAN, characteristics={"glasses": "round"})
    await house.sets.describe(person, set_id, name="Me at 30")
    found = await house.sets.current(person.user_id)
    assert found is not None
    assert (found.subject_class, found.name) == (SubjectClass.WOMAN, "Me at 30")
    assert (dict(found.characteristics), found.revision) == ({"glasses": "round"}, 2)


async def test_a_removed_photo_is_gone_with_its_bytes_and_the_rest_stays(house: Collecting):
    person, set_id = await house.started(photos=3)
    second = (await house.sets.view(person, set_id)).photos[1].file
    await house.sets.remove_photo(person, set_id, second.file_id)
    view = await house.sets.view(person, set_id)
    assert [photo.number for photo in view.photos] == [1, 2]
    assert second.file_id not in {photo.file.file_id for photo in view.photos}
    assert (view.waiting, view.set.revision) == (2, 4)
    assert await house.rows() == {"sets": 1, "photos": 2, "analyses": 2, "files": 2, "noted": 0}
    assert len(house.stored()) == 4
    with pytest.raises(FileNotFound):
        await house.sets.remove_photo(person, set_id, second.file_id)


async def test_a_photo_removed_five_times_at_once_goes_once(house: Collecting):
    person, set_id = await house.started(photos=2)
    first = (await house.sets.view(person, set_id)).photos[0].file
    outcomes = await asyncio.gather(
        *(house.sets.remove_photo(person, set_id, first.file_id) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FileNotFound"] * 4 + ["NoneType"]
    assert (await house.sets.view(person, set_id)).set.revision == 3


async def test_a_discarded_set_leaves_nothing(house: Collecting):
    person, set_id = await house.started(photos=3)
    await house.sets.discard(person, set_id)
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}
    assert house.stored() == set()
    assert await house.sets.current(person.user_id) is None


@pytest.mark.parametrize("round_", range(3))
async def test_a_set_discarded_in_the_middle_of_an_album_leaves_nothing(house: Collecting, round_):
    person, set_id = await house.started()
    album = [asyncio.create_task(house.add(person, set_id, number)) for number in range(10)]
    await album[round_]
    await house.sets.discard(person, set_id)
    outcomes = await asyncio.gather(*album, return_exceptions=True)
    assert all(not isinstance(outcome, Exception) or isinstance(outcome, SetNotOpen) for outcome in outcomes)
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}
    assert house.stored() == set()


@pytest.mark.parametrize("round_", range(3))
async def test_a_consent_withdrawn_in_the_middle_of_an_album_leaves_nothing(house: Collecting, round_):
    person, set_id = await house.started()
    looking = asyncio.create_task(house.serve(house.analyser()))
    album = [asyncio.create_task(house.add(person, set_id, number)) for number in range(10)]
    await album[round_]
    counts = await house.consents.withdraw(person)
    outcomes = await asyncio.gather(*album, return_exceptions=True)
    looking.cancel()
    kept = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert all(isinstance(outcome, ConsentMissing) for outcome in outcomes if isinstance(outcome, Exception))
    assert counts == {
        "training_photos": len(kept),
        "analyses": len(kept),
        "training_sets": 1,
        "faces": 0,
        "trainings": 0,
    }
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}
    assert house.stored() == set()
    assert set((await house.consents.withdraw(person)).values()) == {0}


async def test_a_withdrawn_consent_takes_the_photos_of_used_sets_and_every_face_and_nobody_elses(house: Collecting):
    ann, set_id = await house.started(100, photos=2)
    bob, _ = await house.started(200, photos=1)
    model_id = await house.model(ann)
    await house.use(set_id)
    await house.look_at_all()
    await house.db.reading.execute(
        """
        INSERT INTO "ModelVersion" (version_id, model_id, number, set_id, status, photos, architecture, weights_key,
                                    weights_bytes, weights_sha256, face)
        VALUES (1, $1, 1, $2, 'ready', 2, 'flux1', 'weights/1', 9, '', decode(repeat('00', 512), 'hex'))
        """,
        model_id,
        set_id,
    )
    await house.db.reading.execute(
        """INSERT INTO "VendorCopy" (version_id, backend, kind, vendor_id) VALUES (1, 'v', 'photos', 'a'),
           (1, 'v', 'model', 'b')"""
    )
    assert await house.consents.withdraw(ann) == {
        "training_photos": 2,
        "analyses": 2,
        "training_sets": 0,
        "faces": 1,
        "trainings": 0,
    }
    assert (await house.sets.view(ann, set_id)).photos == []
    assert await house.count("""SELECT count(*) FROM "ModelVersion" WHERE face IS NULL AND status = 'ready'""") == 1
    states = await house.db.reading.fetch("""SELECT kind, state FROM "VendorCopy" """)
    assert {row["kind"]: row["state"] for row in states} == {"photos": "doomed", "model": "kept"}
    assert await house.rows() == {"sets": 2, "photos": 1, "analyses": 1, "files": 1, "noted": 0}
    assert len(house.stored()) == 2, "Bob's"
    assert await house.consents.given(bob.user_id)


async def test_training_photos_are_never_the_latest_photo_and_an_erasure_counts_them_apart(house: Collecting):
    person, _ = await house.started(photos=3)
    assert await FileRepository(house.db.reading).get_latest_photo(person.user_id) is None
    assert (await house.erasures.foresee(person))["training_photos"] == 3
    receipt = await house.erasures.erase(person)
    assert (receipt.counts["photos"], receipt.counts["training_photos"]) == (0, 3)
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}
    assert await house.count("""SELECT count(*) FROM "Consent" """) == 0
    assert house.stored() == set()


async def test_a_person_erased_in_the_middle_of_an_album_leaves_nothing(house: Collecting):
    person, set_id = await house.started()
    looking = asyncio.create_task(house.serve(house.analyser()))
    album = [asyncio.create_task(house.add(person, set_id, number)) for number in range(10)]
    await album[2]
    await house.erasures.erase(person)
    outcomes = await asyncio.gather(*album, return_exceptions=True)
    looking.cancel()
    assert all(not isinstance(outcome, Exception) or isinstance(outcome, ConsentMissing) for outcome in outcomes)
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}
    assert house.stored() == set()


async def test_bytes_that_a_row_names_are_never_strays_weights_of_models_among_them(house: Collecting):
    person, set_id = await house.started(photos=1)
    file = (await house.sets.view(person, set_id)).photos[0].file
    await house.db.reading.execute(
        """INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, weights_key, weights_bytes,
                                       weights_sha256) VALUES ($1, 1, 'ready', 1, 'flux1', 'weights/1', 9, '')""",
        await house.model(person),
    )
    keys = [file.storage_key, str(file.thumbnail_key), "weights/1", "training/nobody.jpg"]
    assert await FileRepository(house.db.reading).find_unreferenced(keys) == ["training/nobody.jpg"]


def test_selfies_of_the_tests_differ():
    assert len({selfie(number) for number in range(30)}) == 30


@pytest.mark.parametrize("how", ["removed", "discarded", "given up"])
async def test_a_message_that_is_told_again_does_not_bring_back_a_photo_that_was_taken_out(house: Collecting, how: str):
    person, set_id = await house.started()
    file = await house.add(person, set_id, 1)
    match how:
        case "removed":
            await house.sets.remove_photo(person, set_id, file.file_id)
        case "discarded":
            await house.sets.discard(person, set_id)
        case _:
            await house.sets.give_up(person, set_id)
    open_set = (await house.sets.begin(person)).set_id
    stored = house.stored()
    with pytest.raises(FileNotFound):
        await house.add(person, open_set, 1)
    assert (await house.sets.view(person, open_set)).photos == []
    assert house.stored() == stored, "nor does it leave bytes"
    assert await house.add(person, open_set, 2), "another message does"
    other = await house.person(101)
    assert await house.add(other, (await house.sets.begin(other)).set_id, 1), "and so does somebody else's"


async def test_what_brought_a_removed_photo_is_a_digest_that_is_forgotten(house: Collecting):
    person, set_id = await house.started()
    removed = """SELECT count(*) FROM "RemovedPhoto" """
    for number in range(2):
        await house.sets.remove_photo(person, set_id, (await house.add(person, set_id, number)).file_id)
    await house.db.reading.execute(
        """
        UPDATE "RemovedPhoto" SET removed_at = now() - interval '3 days'
        WHERE key_digest = sha256(convert_to('training:0', 'UTF8'))
        """
    )
    await PhotoExpiry(house.db, house.storage).expire()
    assert await house.count(removed) == 1
    await house.erasures.erase(person)
    assert await house.count(removed) == 0
