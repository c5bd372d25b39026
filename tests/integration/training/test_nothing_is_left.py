"""Somebody goes the whole way to a model and is erased in the middle of things; then every table, the storage and
Redis are searched. And what a consent that is taken back, or thirty days, leave of a training that went on."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from repository.ledger import LedgerRepository
from repository.tasks import Lane, Task, TaskStatus
from repository.users import User
from services.accounts import Profile
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.errors import ProductError
from services.generation import Generations
from services.models.models import Models
from services.models.vendor_copies import VendorCopies
from services.orders import LoraSource, LoraUse, TextToImageOrder
from services.photos.expiry import PhotoExpiry
from services.photos.figures import EMBEDDING_LENGTH, PortraitFigures
from services.tasks import Tasks
from services.training.places import TrainingPlaces
from tests.conftest import within
from tests.integration.models.test_nothing_is_left import found_in_database, found_in_redis, stored
from tests.integration.runners import task_runner
from tests.integration.training.conftest import ObedientVendor, TrainingHouse, good_figures, lora, selfie
from workers.attempt import Attempt
from workers.backends.base import Trained
from workers.backends.preview import PreviewBackend
from workers.likeness import LikenessScoring
from workers.run_task import TaskRunner
from workers.vendor_copies import delete_due

NAMESPACE = "dreamphoto:test"
CLARA = 734_512_896
FIRST, NICK, FIRST_NAME, NEW_NAME, WISH = (
    "Clarabelle",
    "clq_nick",
    "Clara-in-spring",
    "Quinterwold",
    "a zeppelin at sea",
)
REOPENED = "Clara-in-autumn"
STRANGER = (0.9,) * EMBEDDING_LENGTH


class Strangers:
    """See somebody else on the first portrait, so that it is made again."""

    def __init__(self) -> None:
        self._looks = 0

    async def look_at_portrait(self, content: bytes) -> PortraitFigures:
        self._looks += 1
        seen = good_figures(1)
        return PortraitFigures(seen.sharpness, STRANGER if self._looks == 1 else seen.embedding)


class Deleting(ObedientVendor):
    """Deletes whatever it is asked to."""

    async def delete_copy(self, kind, vendor_id: str) -> bool:  # type: ignore[no-untyped-def]
        return True


@pytest.fixture
async def preview(house: TrainingHouse) -> AsyncIterator[TaskRunner]:
    """The default house, which paints from what it has trained and measures every portrait."""
    backend = PreviewBackend(parallel=2)
    house.places = TrainingPlaces(("preview",), ("preview",), ())
    house.tasks = Tasks(house.db, house.doorbell, picture_lane=Lane.CPU)
    yield task_runner(
        house.db, house.tasks, house.storage, [backend], LikenessScoring(Strangers()), places=house.places
    )
    await backend.aclose()


async def _run(house: TrainingHouse, runner: TaskRunner, lane: Lane) -> Task:
    (task,) = await house.tasks.claim(lane, 1)
    await runner.run(Attempt(task))
    ended = await house.now(task)
    assert ended.status is TaskStatus.COMPLETED, ended.error_code
    return ended


async def _model(house: TrainingHouse, runner: TaskRunner, person: User, name: str) -> int:
    """A model that was trained and has its samples."""
    set_id = await house.filled_set(person)
    await house.sets.describe(person, set_id, name=name)
    task = await house.training.request(person, set_id, f"train:{name}")
    await _run(house, runner, Lane.TRAINING)
    await _run(house, runner, Lane.CPU)
    return (await house.trained(task)).model_id


async def _names(house: TrainingHouse, user_id: int) -> list[str]:
    """Whatever is the person's own and stands somewhere: ids, trigger words, keys, names at vendors."""
    rows = await house.db.reading.fetch(
        """
        SELECT trigger_word AS name FROM "Model" WHERE user_id = $1
        UNION ALL SELECT weights_key FROM "ModelVersion" v JOIN "Model" m USING (model_id)
                  WHERE m.user_id = $1 AND weights_key IS NOT NULL
        UNION ALL SELECT key FROM "File", unnest(ARRAY[file_id::text, storage_key, thumbnail_key]) AS key
                  WHERE user_id = $1 AND key IS NOT NULL
        UNION ALL SELECT task_id::text FROM "Task" WHERE user_id = $1
        UNION ALL SELECT call_id::text FROM "VendorCall" c JOIN "Task" t USING (task_id) WHERE t.user_id = $1
        UNION ALL SELECT source_key FROM "File" WHERE user_id = $1 AND length(source_key) > 6
        """,
        user_id,
    )
    return [row["name"] for row in rows]


async def test_nothing_is_left_of_somebody_who_went_the_whole_way_and_left_in_the_middle(
    house: TrainingHouse,
    preview: TaskRunner,
    arq,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    person = (await house.accounts.register(Profile(CLARA, NICK, FIRST, None, "en"))).person
    await LedgerRepository(house.db.reading).adjust(CLARA, 1000, "given to somebody")
    await house.consents.give(person)
    await house.db.reading.execute("""UPDATE "Limit" SET amount = 100 WHERE kind = 'open_tasks'""")
    models = Models(house.db, house.tasks, house.storage)
    model_id = await _model(house, preview, person, FIRST_NAME)
    to_reopen = await _model(house, preview, person, REOPENED)
    await models.rename(CLARA, model_id, NEW_NAME)
    await models.set_default(CLARA, model_id)
    house.places = TrainingPlaces(("replicate",), ("replicate",), ())
    house.vendor = Deleting("replicate")
    other = await house.asked(person, key="other")
    assert (await house.run()).status is TaskStatus.COMPLETED
    names = await _names(house, CLARA)
    await models.delete(person, (await house.trained(other)).model_id)
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "File" WHERE is_remade""") > 0
    generations = Generations(house.db, house.doorbell, Lane.CPU, random.Random(1))
    use = (LoraUse(source=LoraSource.PERSONAL, id=model_id),)
    order = TextToImageOrder(prompt=WISH, model="runware:101@1", loras=use)
    await generations.request(person, order, key="made")
    await _run(house, preview, Lane.CPU)
    await generations.request(person, order, key="waits")

    # Now a vendor trains it anew, a set is being collected, photos are on their way: and the person goes.
    house.vendor = Deleting(
        "replicate", brings=Trained(content=lora(), vendor_id="owner/model:2"), gate=asyncio.Event()
    )
    again = await house.asked(person, model_id, "again")
    task = await house.claimed()
    assert task.task_id == again.task_id
    retraining = asyncio.create_task(house.runner().run(Attempt(task)))
    await within(20, house.vendor.working)
    collecting = await house.sets.begin(person, to_reopen)
    assert len((await house.sets.view(person, collecting.set_id)).from_before) == 10
    for number in range(3):
        await house.sets.add_photo(person, collecting.set_id, selfie(900 + number), source_key=f"tg:of-clara-{number}")
    await arq.set(f"{NAMESPACE}:dialog:42:{CLARA}:{CLARA}:data", NEW_NAME)
    names += [
        *await _names(house, CLARA),
        str(CLARA),
        FIRST,
        NICK,
        FIRST_NAME,
        NEW_NAME,
        REOPENED,
        "Clara-in",
        WISH,
        "of-clara",
    ]
    task_ids = [str(row["task_id"]) for row in await house.db.reading.fetch("""SELECT task_id FROM "Task" """)]
    faces = [bytes(row["face"]) for row in await house.db.reading.fetch("""SELECT face FROM "ModelVersion" """)]
    for place in ("Model.trigger_word", "ModelVersion.face", "PhotoAnalysis.embedding", "VendorCall.call_id"):
        found = {one.partition(":")[0] for one in await found_in_database(house.db, names, faces)}
        assert place in found or place == "PhotoAnalysis.embedding"

    async def send_on() -> None:
        for number in range(20):
            try:
                key = f"tg:of-clara-late-{number}"
                await house.sets.add_photo(person, collecting.set_id, selfie(950 + number), source_key=key)
            except ProductError:
                return

    erasures = Erasures(house.db, house.tasks, house.storage, arq, NAMESPACE)
    _, receipt = await asyncio.gather(send_on(), erasures.erase(person))
    assert receipt.completed_at is not None
    house.vendor.gate.set()
    await retraining
    await ErasableFiles(house.db, house.storage).erase_noted()
    await delete_due(VendorCopies(house.db), {"replicate": house.vendor, "preview": house.vendor})

    found = await found_in_database(house.db, names, faces)
    # The books keep the number of a task that is gone, of an account with nobody behind it.
    in_books = {f"LedgerEntry.{column}: {name}" for column in ("task_id", "idempotency_key") for name in task_ids}
    assert set(found) <= in_books
    assert await found_in_redis(arq, names) == []
    assert stored(tmp_path) == set()
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "ErasableFile" """) == 0


async def test_photos_go_thirty_days_after_their_training_and_those_of_a_failed_one_with_their_new_set(
    house: TrainingHouse, vendor: ObedientVendor, tmp_path: Path
) -> None:
    person = await house.person()
    await house.asked(person)
    assert (await house.run()).status is TaskStatus.COMPLETED
    expiry = PhotoExpiry(house.db, house.storage)
    await house.let_days_pass(29)
    assert await expiry.expire() == 0
    assert len(list((tmp_path / "training").glob("*"))) == 20
    await house.let_days_pass(2)
    assert await expiry.expire() == 1
    assert list((tmp_path / "training").glob("*")) == []
    assert len(list((tmp_path / "weights").glob("*"))) == 1


async def test_bytes_of_a_photo_or_of_weights_whose_row_never_came_are_erased_after_a_day(
    house: TrainingHouse, tmp_path: Path
) -> None:
    person = await house.person()
    await house.asked(person)
    assert (await house.run()).status is TaskStatus.COMPLETED
    named = stored(tmp_path)
    for key in ("training/lost.jpg", "training/lost.small.jpg", "weights/lost.safetensors"):
        (tmp_path / key).write_bytes(b"a process died before it could name them")
    erasable = ErasableFiles(house.db, house.storage)
    assert await erasable.erase_strays(datetime.now(UTC)) == 0, "they may be named in a moment"
    assert await erasable.erase_strays(datetime.now(UTC) + timedelta(days=1, minutes=1)) == 3
    assert stored(tmp_path) == named
