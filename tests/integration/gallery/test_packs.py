"""A pack from its theme to its ZIP files."""

import asyncio
import base64
import io
import tracemalloc
import zipfile
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from repository.files import NewFile
from repository.ledger import LedgerRepository
from repository.tasks import Lane, TaskStatus
from services.errors import BadCursor, DatasetEmpty, DatasetNotFound, FileNotFound, PackNotFound
from services.gallery.packs import Packs
from services.orders import DatasetOrder, TaskKind, parse_order
from services.photos.photos import Photos
from services.task_endings import Ending
from tests.integration.runners import task_runner
from tests.unit.preview.photos import portrait
from workers.attempt import Attempt
from workers.backends.preview import PreviewBackend
from workers.backends.preview.styles import Style


@pytest.fixture
async def preview():
    backend = PreviewBackend(parallel=2)
    yield backend
    await backend.aclose()


@pytest.fixture
def packs(house) -> Packs:
    return Packs(house.db, house.storage)


async def prices(house, tokens: int) -> None:
    await house.db.reading.execute("""UPDATE "Price" SET tokens = $1""", tokens)


async def run_next(house, backend) -> None:
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    await task_runner(house.db, house.tasks, house.storage, [backend]).run(Attempt(task))


async def with_pictures(house, person, contents: list[bytes]):
    """A pack that has these pictures, without a worker; returns its dataset."""
    await prices(house, 0)
    order = DatasetOrder(class_label="me", pack="career", num_images=max(1, min(len(contents), 100)), output_size=256)
    task = await house.generations.request(person, order, key=f"pack {uuid4()}")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    files = []
    for content in contents:
        key = f"outputs/{uuid4()}.jpg"
        await house.storage._store.put_async(key, content)
        files.append(NewFile(uuid4(), key, None, "image/jpeg", 256, 256, max(1, len(content)), b"hash", 1))
    await house.db.reading.execute(
        """UPDATE "Task" SET units = $2 WHERE task_id = $1""", task.task_id, max(1, len(files))
    )
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, files))
    return await Packs(house.db, house.storage).dataset_of_task(person, task.task_id)


async def test_at_least_four_themes_each_with_titles_and_looks_that_can_be_painted(packs, house):
    from repository.packs import PackRepository

    themes = await packs.themes()
    assert len(themes) >= 4
    for theme in themes:
        assert theme.title("ru") != theme.title("en")
        looks = await PackRepository(house.db.reading).get_looks(theme.code)
        assert len(looks) == theme.looks >= 4
        assert all(look.style in {style.value for style in Style} for look in looks)


async def test_a_pack_is_made_in_every_look_from_one_photo_and_paid_by_the_picture(house, packs, preview):
    person = await house.person()
    photo = await Photos(house.db, house.storage, 20).take(person.user_id, portrait())
    order = DatasetOrder(
        class_label="a woman", pack="four_seasons", file_id=photo.file_id, num_images=5, output_size=256
    )
    task = await house.generations.request(person, order, key="pack")
    assert (task.kind, task.units, task.price) == ("dataset", 5, 20)
    stored = parse_order(task.order_json)
    assert isinstance(stored, DatasetOrder)
    assert [look.style for look in stored.looks] == ["winter", "sakura", "golden_hour", "autumn"]
    waiting = await packs.dataset_of_task(person, task.task_id)
    assert (waiting.status, waiting.file_count, waiting.is_successful) == (TaskStatus.QUEUED, 0, None)
    await run_next(house, preview)
    dataset = await packs.dataset(person, waiting.dataset_id)
    assert (dataset.class_label, dataset.noise_level, dataset.output_size) == ("a woman", 0, 256)
    assert (dataset.file_count, dataset.is_successful, dataset.error_message) == (5, True, None)
    assert (dataset.device_used, dataset.output_directory, dataset.pack) == ("preview", "outputs", "four_seasons")
    assert dataset.generation_time is not None
    assert dataset.generation_time > 0
    assert dataset.updated_at >= dataset.created_at
    assert await house.balance() == (10, 0, 20)
    assert await LedgerRepository(house.db.reading).find_gaps() == []


async def test_noise_is_added_to_the_finished_pictures(house, preview):
    person = await house.person()
    made = []
    for level in (0, 0.1):
        order = DatasetOrder(class_label="sea", noise_level=level, num_images=1, output_size=256, seed=3)
        task = await house.generations.request(person, order, key=f"noise {level}")
        await run_next(house, preview)
        (file,) = (await house.generations.entry_of_task(person.user_id, task.task_id)).files
        content = await house.storage.get(file.storage_key)
        made.append(np.asarray(Image.open(io.BytesIO(content)), np.float32))
    plain, noised = made
    inside = (plain > 90) & (plain < 165)  # where nothing is cut off at black or white
    assert float((noised - plain)[inside].std()) / 255 == pytest.approx(0.1, rel=0.15)


async def test_a_stop_in_the_middle_charges_and_keeps_what_was_finished(house, packs, backend):
    person = await house.person()
    backend.gate, backend.ungated = asyncio.Event(), 2
    task = await house.generations.request(
        person, DatasetOrder(class_label="me", pack="cinema", num_images=5), key="pack"
    )
    (claimed,) = await house.tasks.claim(Lane.CPU, 1)
    attempt = Attempt(claimed)
    running = asyncio.create_task(house.runner().run(attempt))
    async with asyncio.timeout(20):
        while len(await house.tasks.kept_outputs(claimed)) < 2:
            await asyncio.wait({running}, timeout=0.01)
    await house.tasks.cancel(person.user_id, task.task_id)
    attempt.stop()
    await asyncio.wait_for(running, 20)
    dataset = await packs.dataset_of_task(person, task.task_id)
    assert (dataset.status, dataset.file_count, dataset.is_successful) == (TaskStatus.CANCELLED, 2, False)
    assert await house.balance() == (22, 0, 8)
    assert len(await packs.previews(person, dataset.dataset_id)) == 2


async def test_the_order_of_a_pack_says_what_is_wrong_with_it(house):
    person = await house.person()
    for wrong in (
        {"class_label": ""},
        {"class_label": "  "},
        {"noise_level": -0.01},
        {"noise_level": 1.01},
        {"noise_level": float("nan")},
        {"output_size": 100},
        {"num_images": 101},
    ):
        with pytest.raises(ValidationError):
            DatasetOrder.model_validate({"class_label": "me", **wrong})
    with pytest.raises(PackNotFound):
        await house.generations.request(person, DatasetOrder(class_label="me", pack="no_such"), key="a")
    with pytest.raises(FileNotFound):
        await house.generations.request(person, DatasetOrder(class_label="me", file_id=uuid4()), key="b")
    assert await house.balance() == (30, 0, 0)


async def test_looks_cannot_be_smuggled_in_and_the_same_key_gives_the_same_pack(house):
    person = await house.person()
    order = DatasetOrder.model_validate({"class_label": "me", "num_images": 2, "looks": [{"prompt": "free"}]})
    task = await house.generations.request(person, order, key="a")
    stored = parse_order(task.order_json)
    assert isinstance(stored, DatasetOrder)
    assert stored.looks == ()
    assert (await house.generations.request(person, order, key="a")).task_id == task.task_id
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "Dataset" """) == 1


async def test_lists_page_by_page_and_nobody_sees_the_pack_of_somebody_else(house, packs):
    person, other = await house.person(100), await house.person(200)
    made = [await with_pictures(house, person, [b"x"]) for _ in range(3)]
    theirs = await with_pictures(house, other, [b"x"])
    first = await packs.datasets(person, limit=2)
    second = await packs.datasets(person, limit=2, cursor=first.cursor)
    assert [d.dataset_id for d in first.datasets + second.datasets] == [d.dataset_id for d in reversed(made)]
    assert second.cursor is None
    for asked in (packs.dataset, packs.previews, packs.zip_whole, packs.zip_parts):
        with pytest.raises(DatasetNotFound):
            await asked(person, theirs.dataset_id)
    with pytest.raises(BadCursor):
        await packs.datasets(person, cursor="x")


async def test_previews_are_small_pictures_spread_over_the_pack(house, packs):
    person = await house.person()
    dataset = await with_pictures(house, person, [bytes([number]) * 9 for number in range(10)])
    previews = [base64.b64decode(preview) for preview in await packs.previews(person, dataset.dataset_id, count=5)]
    assert [preview[0] for preview in previews] == [0, 2, 4, 6, 8]


async def test_a_zip_has_every_picture_whole_under_names_of_ours(house, packs):
    person = await house.person()
    contents = [bytes([number]) * 5000 for number in range(120)]
    dataset = await with_pictures(house, person, contents)
    part = await packs.zip_whole(person, dataset.dataset_id)
    data = b"".join([piece async for piece in await packs.zip_stream(person, dataset.dataset_id, part)])
    assert len(data) <= part.max_bytes
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"dream-photo-career-{number:04}.jpg" for number in range(1, 121)]
        assert [archive.read(name) for name in archive.namelist()] == contents
    assert part.file_name.endswith(f"-{dataset.dataset_id}.zip")


async def test_a_pack_too_large_for_telegram_comes_in_several_zips_each_below_the_limit(house, packs):
    person = await house.person()
    contents = [bytes([number]) * (9000 if number == 3 else 2000) for number in range(10)]
    dataset = await with_pictures(house, person, contents)
    parts = await packs.zip_parts(person, dataset.dataset_id, limit=8000)
    names: list[str] = []
    for number, part in enumerate(parts, start=1):
        data = b"".join([piece async for piece in await packs.zip_stream(person, dataset.dataset_id, part)])
        assert len(data) <= part.max_bytes
        assert len(data) <= 8000 or part.count == 1
        assert part.file_name.endswith(f"-{number}-of-{len(parts)}.zip")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert len(archive.namelist()) == part.count
            names += archive.namelist()
    assert names == [f"dream-photo-career-{number:04}.jpg" for number in range(1, 11)]
    assert len(await packs.zip_parts(person, dataset.dataset_id)) == 1


async def test_a_picture_that_is_gone_is_left_out_and_an_empty_pack_has_no_zip(house, packs):
    person = await house.person()
    dataset = await with_pictures(house, person, [b"a" * 100, b"b" * 100])
    files = await house.generations.entry_of_task(person.user_id, dataset.task_id)
    part = await packs.zip_whole(person, dataset.dataset_id)
    await house.storage.delete(files.files[0].storage_key)
    data = b"".join([piece async for piece in await packs.zip_stream(person, dataset.dataset_id, part)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["dream-photo-career-0002.jpg"]
    empty = await with_pictures(house, person, [])
    with pytest.raises(DatasetEmpty):
        await packs.zip_whole(person, empty.dataset_id)


async def test_the_memory_of_a_zip_stays_flat_from_ten_to_a_thousand_photos(house, packs):
    person = await house.person()
    content = np.random.default_rng(1).bytes(60_000)

    async def peak(dataset_id: int) -> int:
        part = await packs.zip_whole(person, dataset_id)
        tracemalloc.start()
        size = 0
        async for piece in await packs.zip_stream(person, dataset_id, part):
            size += len(piece)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size >= part.count * len(content)
        return most

    few, many = [await with_pictures(house, person, [content] * count) for count in (10, 1000)]
    await peak(few.dataset_id)  # what is imported and prepared once
    few_peak, many_peak = await peak(few.dataset_id), await peak(many.dataset_id)
    assert many_peak < few_peak + 2_000_000, "bytes; the thousand photos are sixty million"


async def test_a_pack_stands_in_the_gallery_as_one_order_of_its_kind(studio, house):
    from services.gallery.pictures import GalleryFilter

    person = await house.person()
    await with_pictures(house, person, [b"x", b"y"])
    page = await studio.gallery.pictures(person, GalleryFilter(kind=TaskKind.DATASET, text="me"))
    assert [picture.order_kind for picture in page.pictures] == ["dataset", "dataset"]
