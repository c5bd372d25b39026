"""A model is trained anew with the photos of its last training: they are there at once, and go in their time."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.failpoints import Write
from repository.model_versions import ModelVersionRepository
from repository.tasks import TaskStatus
from repository.users import User
from services.errors import ModelInTraining, ModelNotFound, ProductError, SetNotOpen, SetOfOtherAim, TooFewPhotos
from services.models.models import Models
from services.orders import SubjectClass
from services.photos.expiry import PhotoExpiry
from services.photos.verdicts import VerdictCode
from services.training.sets import SetView
from tests.integration.training.conftest import ObedientVendor, TrainingHouse, good_figures
from workers.backends.base import ErrorKind, Failed


@dataclass
class Reopened:
    """Somebody whose model was trained with ten photos, and is to be trained anew."""

    house: TrainingHouse
    person: User
    model_id: int
    set_id: int
    folder: Path

    async def view(self) -> SetView:
        return await self.house.sets.view(self.person, self.set_id)

    def stored(self) -> int:
        """Photos and thumbnails that lie in the storage."""
        return len(list((self.folder / "training").glob("*")))

    async def expire(self) -> int:
        return await PhotoExpiry(self.house.db, self.house.storage).expire()

    async def files(self) -> int:
        return int(await self.house.db.reading.fetchval("""SELECT count(*) FROM "File" WHERE kind = 'training'"""))


async def trained(house: TrainingHouse, person: User, key: str = "a") -> int:
    """A model that is ready."""
    await house.asked(person, key=key)
    return (await house.trained(await house.run())).model_id


@pytest.fixture
async def reopened(house: TrainingHouse, tmp_path: Path) -> Reopened:
    person = await house.person()
    model_id = await trained(house, person)
    begun = await house.sets.begin(person, model_id)
    return Reopened(house, person, model_id, begun.set_id, tmp_path)


async def test_the_photos_of_the_last_training_are_there_with_their_verdicts_and_nobody_looks_at_them_again(
    reopened: Reopened,
) -> None:
    view = await reopened.view()
    assert (len(view.photos), len(view.from_before), view.needs.good, view.waiting) == (10, 10, 10, 0)
    assert view.kept_until is not None
    assert (view.model_name, view.set.subject_class) == ("Me", "woman")
    assert dict(view.set.characteristics) == {"hair_length": "long", "glasses": "yes"}
    assert reopened.stored() == 20, "they are shared, not copied"
    assert await reopened.house.db.reading.fetchval("""SELECT max(attempt) FROM "PhotoAnalysis" """) == 0


async def test_new_photos_are_judged_together_with_those_from_before(reopened: Reopened) -> None:
    near_duplicate = good_figures(1)
    double = await reopened.house.add_photo(reopened.person, reopened.set_id, near_duplicate)
    await reopened.house.add_photo(reopened.person, reopened.set_id)
    view = await reopened.view()
    assert (len(view.photos), len(view.from_before), view.needs.good) == (12, 10, 11)
    (verdict,) = [photo.verdict for photo in view.photos if photo.file.file_id == double.file_id]
    assert verdict is not None
    assert (verdict.code, verdict.like) == (VerdictCode.DUPLICATE, view.photos[0].file.file_id)
    assert len({photo.file.file_id for photo in view.photos}) == len(view.photos)


async def test_it_is_trained_with_old_and_new_ones_and_without_those_that_were_removed(reopened: Reopened) -> None:
    house = reopened.house
    gone = (await reopened.view()).photos[0].file
    await house.sets.remove_photo(reopened.person, reopened.set_id, gone.file_id)
    assert not await house.storage.has(gone.storage_key)
    new = await house.add_photo(reopened.person, reopened.set_id)
    task = await house.training.request(reopened.person, reopened.set_id, "b")
    version = (await house.trained(task)).version
    assert (version.photos, version.number, version.is_free) == (10, 2, True)
    order = await house.db.reading.fetchval("""SELECT order_json FROM "Task" WHERE task_id = $1""", task.task_id)
    assert str(new.file_id) in order
    assert str(gone.file_id) not in order
    assert (await house.run()).status is TaskStatus.COMPLETED


async def test_begun_ten_times_at_once_each_photo_is_there_once(reopened: Reopened) -> None:
    house = reopened.house
    await house.sets.give_up(reopened.person, reopened.set_id)
    begun = await asyncio.gather(*(house.sets.begin(reopened.person, reopened.model_id) for _ in range(10)))
    (reopened.set_id,) = {found.set_id for found in begun}
    assert len((await reopened.view()).photos) == 10


async def test_an_empty_set_that_two_presses_fill_at_once_has_each_photo_once(reopened: Reopened) -> None:
    house = reopened.house
    await house.sets.give_up(reopened.person, reopened.set_id)
    await house.sets.begin(reopened.person)
    begun = await asyncio.gather(*(house.sets.begin(reopened.person, reopened.model_id) for _ in range(5)))
    (reopened.set_id,) = {found.set_id for found in begun}
    assert len((await reopened.view()).photos) == 10


async def test_while_a_model_is_trained_its_photos_are_not_reopened(reopened: Reopened) -> None:
    house = reopened.house
    await house.training.request(reopened.person, reopened.set_id, "b")
    with pytest.raises(ModelInTraining):
        await house.sets.begin(reopened.person, reopened.model_id)
    assert await house.sets.current(reopened.person.user_id) is None, "nothing was begun"


async def test_a_set_that_is_given_up_takes_what_came_for_it_and_the_rest_stays_with_its_training(
    reopened: Reopened,
) -> None:
    house = reopened.house
    await house.add_photo(reopened.person, reopened.set_id)
    with pytest.raises(SetOfOtherAim):
        await house.sets.begin(reopened.person)
    await house.sets.give_up(reopened.person, reopened.set_id)
    assert (await reopened.files(), reopened.stored()) == (10, 20)
    reopened.set_id = (await house.sets.begin(reopened.person, reopened.model_id)).set_id
    assert len((await reopened.view()).from_before) == 10


async def test_a_set_that_is_discarded_takes_everything_and_the_next_one_begins_empty(reopened: Reopened) -> None:
    house = reopened.house
    await house.add_photo(reopened.person, reopened.set_id)
    await house.sets.discard(reopened.person, reopened.set_id)
    assert (await reopened.files(), reopened.stored()) == (0, 0)
    reopened.set_id = (await house.sets.begin(reopened.person, reopened.model_id)).set_id
    view = await reopened.view()
    assert (view.photos, view.kept_until, view.model_name) == ([], None, "Me")


async def test_whoever_only_looked_goes_on_to_another_model_and_nothing_is_known_of_that_one_yet(
    reopened: Reopened,
) -> None:
    house = reopened.house
    begun = await house.sets.begin(reopened.person)
    assert (begun.set_id, begun.model_id, begun.subject_class) == (reopened.set_id, None, None)
    assert dict(begun.characteristics) == {}
    assert (await reopened.view()).photos == []
    assert (await reopened.files(), reopened.stored()) == (10, 20)


async def test_of_two_models_each_has_its_own_photos(reopened: Reopened) -> None:
    house = reopened.house
    await house.sets.give_up(reopened.person, reopened.set_id)
    other = await trained(house, reopened.person, "other")
    assert (await house.sets.begin(reopened.person, other)).model_id == other
    reopened.set_id = (await house.sets.begin(reopened.person, reopened.model_id)).set_id
    assert {photo.file.file_id for photo in (await reopened.view()).photos} == await photos_of(reopened)


async def photos_of(reopened: Reopened) -> set[object]:
    """Those of the model's first training."""
    rows = await reopened.house.db.reading.fetch(
        """SELECT file_id FROM "ModelVersion" JOIN "TrainingPhoto" USING (set_id) WHERE model_id = $1""",
        reopened.model_id,
    )
    return {row["file_id"] for row in rows}


async def test_that_they_are_before_the_person_again_does_not_keep_them_longer(reopened: Reopened) -> None:
    house = reopened.house
    await house.let_days_pass(29)
    await house.sets.describe(reopened.person, reopened.set_id, subject_class=SubjectClass.MAN)
    assert await reopened.expire() == 0
    new = await house.add_photo(reopened.person, reopened.set_id)
    await house.let_days_pass(2)
    before = await reopened.view()
    assert await reopened.expire() == 1
    view = await reopened.view()
    assert [photo.file.file_id for photo in view.photos] == [new.file_id]
    assert view.set.revision > before.set.revision, "the card says so"
    assert view.set.updated_at == before.set.updated_at, "nobody has said a word about the set"
    assert (await reopened.files(), reopened.stored()) == (1, 2)
    await house.let_days_pass(29)
    assert await reopened.expire() == 1
    assert (await reopened.files(), reopened.stored()) == (0, 0)


async def test_reopened_after_their_time_they_are_gone(reopened: Reopened) -> None:
    house = reopened.house
    await house.sets.give_up(reopened.person, reopened.set_id)
    await house.let_days_pass(31)
    assert await reopened.expire() == 1
    begun = await house.sets.begin(reopened.person, reopened.model_id)
    view = await house.sets.view(reopened.person, begun.set_id)
    assert (view.photos, view.kept_until, view.model_name) == ([], None, "Me")


async def test_ordered_again_they_are_kept_as_long_as_is_promised_after_that_training(reopened: Reopened) -> None:
    house = reopened.house
    await house.let_days_pass(29)
    await house.add_photo(reopened.person, reopened.set_id)
    await house.training.request(reopened.person, reopened.set_id, "b")
    await house.let_days_pass(2)
    assert await reopened.expire() == 1, "the first training's time is over"
    assert (await house.run()).status is TaskStatus.COMPLETED, "and the second has all its photos"
    assert reopened.stored() == 22
    await house.let_days_pass(29)
    assert await reopened.expire() == 0
    await house.let_days_pass(2)
    assert await reopened.expire() == 1
    assert (await reopened.files(), reopened.stored()) == (0, 0)


async def test_a_set_that_is_left_for_long_leaves_nothing(reopened: Reopened) -> None:
    await reopened.house.add_photo(reopened.person, reopened.set_id)
    await reopened.house.let_days_pass(31)
    assert await reopened.expire() == 2
    assert (await reopened.files(), reopened.stored()) == (0, 0)
    assert await reopened.house.sets.current(reopened.person.user_id) is None


async def test_whoever_orders_while_time_takes_the_photos_from_before_is_told_or_keeps_them(
    reopened: Reopened,
) -> None:
    house = reopened.house
    await house.let_days_pass(31)
    asked, _ = await asyncio.gather(
        house.training.request(reopened.person, reopened.set_id, "b"), reopened.expire(), return_exceptions=True
    )
    if isinstance(asked, BaseException):
        assert isinstance(asked, TooFewPhotos | SetNotOpen), "its photos went, or the whole set with them"
        assert await reopened.files() == 0
    else:
        assert (await house.run()).status is TaskStatus.COMPLETED
        assert await reopened.files() == 10


async def test_time_waits_for_whoever_orders_and_leaves_the_photos_to_that_training(reopened: Reopened) -> None:
    """The order holds its set while time looks for what is over."""
    house = reopened.house
    await house.let_days_pass(31)
    async with house.db.transaction(Write.TASK_REQUEST) as ordering:
        await ordering.execute("""SELECT FROM "TrainingSet" WHERE set_id = $1 FOR UPDATE""", reopened.set_id)
        expiring = asyncio.create_task(reopened.expire())
        await house.wait_until_blocked(expiring)
        versions = ModelVersionRepository(ordering)
        assert await versions.use_set(reopened.set_id, []) == 0
        await versions.add(
            reopened.model_id,
            reopened.set_id,
            subject_class="woman",
            is_free=False,
            photos=10,
            architecture="flux1",
            stop_units=0,
            face=None,
        )
    assert await expiring == 1
    assert (await reopened.files(), reopened.stored()) == (10, 20)


async def test_a_new_training_that_fails_gives_old_and_new_photos_back(
    reopened: Reopened, vendor: ObedientVendor
) -> None:
    house = reopened.house
    await house.add_photo(reopened.person, reopened.set_id)
    vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    await house.training.request(reopened.person, reopened.set_id, "b")
    assert (await house.run()).status is TaskStatus.FAILED
    again = await house.sets.begin(reopened.person, reopened.model_id)
    reopened.set_id = again.set_id
    assert len((await reopened.view()).from_before) == 11
    assert (await reopened.files(), reopened.stored()) == (11, 22)
    await house.let_days_pass(31)
    await reopened.expire()
    assert (await reopened.files(), reopened.stored()) == (0, 0)


async def test_a_consent_that_is_taken_back_takes_them_wherever_they_are(reopened: Reopened) -> None:
    await reopened.house.add_photo(reopened.person, reopened.set_id)
    counts = await reopened.house.consents.withdraw(reopened.person)
    assert (counts["training_photos"], counts["analyses"], counts["training_sets"]) == (11, 11, 1)
    assert (await reopened.files(), reopened.stored()) == (0, 0)
    await reopened.house.consents.give(reopened.person)
    begun = await reopened.house.sets.begin(reopened.person, reopened.model_id)
    assert (await reopened.house.sets.view(reopened.person, begun.set_id)).photos == []


async def test_a_model_that_is_deleted_takes_them_wherever_they_are(reopened: Reopened) -> None:
    house = reopened.house
    await house.add_photo(reopened.person, reopened.set_id)
    models = Models(house.db, house.tasks, house.storage)
    assert (await models.foresee(100, reopened.model_id))["training_photos"] == 11
    receipt = await models.delete(reopened.person, reopened.model_id)
    assert receipt.counts["training_photos"] == 11
    assert (await reopened.files(), reopened.stored()) == (0, 0)
    assert await house.sets.current(reopened.person.user_id) is None


@pytest.mark.parametrize("round_", range(4))
async def test_a_model_that_is_deleted_while_it_is_reopened_or_ordered_leaves_nothing(
    reopened: Reopened, round_: int
) -> None:
    house = reopened.house
    models = Models(house.db, house.tasks, house.storage)
    if round_ % 2:
        await house.sets.give_up(reopened.person, reopened.set_id)
    begin = house.sets.begin(reopened.person, reopened.model_id)
    order = house.training.request(reopened.person, reopened.set_id, "b")
    outcomes = await asyncio.gather(
        begin, order, models.delete(reopened.person, reopened.model_id), return_exceptions=True
    )
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(failure, ProductError) for failure in failures), failures
    assert (await reopened.files(), reopened.stored()) == (0, 0)
    with pytest.raises(ModelNotFound):
        await house.sets.begin(reopened.person, reopened.model_id)


async def test_a_press_that_dies_before_its_end_leaves_nothing_and_the_next_one_finds_all(
    reopened: Reopened, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = reopened.house
    await house.sets.give_up(reopened.person, reopened.set_id)

    def dies(write: Write) -> None:
        raise ConnectionError(write)

    for point in ("before", "after"):
        with monkeypatch.context() as dying:
            dying.setattr(house.db._failpoints, point, dies)
            with pytest.raises(ConnectionError):
                await house.sets.begin(reopened.person, reopened.model_id)
        current = await house.sets.current(reopened.person.user_id)
        assert (current is None) == (point == "before")
        if current is not None:
            assert len((await house.sets.view(reopened.person, current.set_id)).photos) == 10
    again = await house.sets.begin(reopened.person, reopened.model_id)
    assert len((await house.sets.view(reopened.person, again.set_id)).photos) == 10
