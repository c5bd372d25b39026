"""An upscale and a restyle from order to gallery, by the preview backend itself."""

import asyncio

import pytest
from PIL import Image

from repository.ledger import LedgerRepository
from repository.tasks import Lane, TaskStatus
from services.errors import FileNotFound, PictureTooLarge
from services.generation import upscale_factors
from services.orders import ImageToImageOrder, TaskKind, UpscaleOrder
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import BackendCall, Failed, Finished, Progress
from workers.backends.preview import PreviewBackend


@pytest.fixture
async def preview():
    backend = PreviewBackend(parallel=2)
    yield backend
    await backend.aclose()


async def run_next(house, preview) -> None:
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    await task_runner(house.db, house.tasks, house.storage, [preview]).run(Attempt(task))


async def test_an_output_is_made_four_times_as_large_and_keeps_its_words(studio, preview):
    person, house = await studio.house.person(), studio.house
    (source,) = await studio.make("a fox in the snow")
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 3 WHERE kind = 'upscale'""")
    task = await house.generations.request(person, UpscaleOrder(file_id=source.file.file_id, factor=4), key="up")
    assert (task.lane, task.price, task.kind) == (Lane.CPU, 3, "upscale")
    await run_next(house, preview)
    entry = await house.generations.entry_of_task(person.user_id, task.task_id)
    (large,) = entry.files
    assert (large.width, large.height) == (256, 256)
    assert (entry.generation.kind, entry.generation.prompt_text) == ("upscale", "a fox in the snow")
    assert await house.balance() == (27, 0, 3)
    assert await LedgerRepository(house.db.reading).find_gaps() == []
    page = await studio.gallery.pictures(person)
    assert [picture.order_kind for picture in page.pictures] == [TaskKind.UPSCALE, TaskKind.TEXT_TO_IMAGE]


async def test_a_picture_of_ones_own_can_be_restyled(studio, preview):
    person, house = await studio.house.person(), studio.house
    (source,) = await studio.make()
    order = ImageToImageOrder(file_id=source.file.file_id, style="sakura", width=256, height=256)
    task = await house.generations.request(person, order, key="restyle")
    await run_next(house, preview)
    entry = await house.generations.entry_of_task(person.user_id, task.task_id)
    assert entry.generation.status is TaskStatus.COMPLETED
    assert entry.generation.style == "sakura"


async def test_nobody_enlarges_or_restyles_the_picture_of_somebody_else(studio):
    (theirs,) = await studio.make(user_id=200)
    me, file_id = await studio.house.person(100), theirs.file.file_id
    for order in (UpscaleOrder(file_id=file_id), ImageToImageOrder(file_id=file_id, style="oil")):
        with pytest.raises(FileNotFound):
            await studio.house.generations.request(me, order, key="mine")
    assert await studio.house.tasks.open_tasks(me.user_id) == []


async def test_what_would_pass_4096_pixels_is_refused_before_anything_is_held(studio):
    person, (source,) = await studio.house.person(), await studio.make()
    before = await studio.house.balance()
    for side, factors in ((1024, [2, 4]), (1152, [2]), (2048, [2]), (2049, [])):
        await studio.house.db.reading.execute("""UPDATE "File" SET width = $1""", side)
        picture = await studio.gallery.picture(person, source.file.file_id)
        assert upscale_factors(picture.file) == factors
    with pytest.raises(PictureTooLarge) as refused:
        await studio.house.generations.request(person, UpscaleOrder(file_id=source.file.file_id), key="up")
    assert refused.value.fields == {"limit": 4096}
    assert await studio.house.balance() == before


async def test_a_source_that_was_deleted_meanwhile_gives_all_tokens_back(studio, preview):
    person, house = await studio.house.person(), studio.house
    (source,) = await studio.make()
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 3 WHERE kind = 'upscale'""")
    task = await house.generations.request(person, UpscaleOrder(file_id=source.file.file_id), key="up")
    await studio.gallery.delete(person, source.file.file_id)
    await run_next(house, preview)
    ended = await house.tasks.get(person.user_id, task.task_id)
    assert (ended.status, ended.error_code) == (TaskStatus.FAILED, "photo_gone")
    assert await house.balance() == (30, 0, 0)


async def test_a_stop_is_heard_between_two_tiles(preview):
    from tests.unit.upscaling.test_upscale import encoded

    order = UpscaleOrder(file_id="00000000-0000-4000-8000-000000000001", factor=4)
    call = BackendCall(order.file_id, {order.file_id: encoded(1000, 1000)})
    ref = await preview.submit(call, order)
    told = []
    async with asyncio.timeout(60):
        async for item in preview.follow(ref):
            told.append(item)
            if isinstance(item, Progress) and item.percent >= 3:
                await preview.cancel(ref)
    percents = [item.percent for item in told if isinstance(item, Progress)]
    assert max(percents) < 20, "it stopped after the tile that it was at"
    assert isinstance(told[-1], Failed)
    assert told[-1].code == "cancelled"


async def test_the_larger_picture_is_the_same_picture(preview):
    import io

    import numpy as np

    from tests.unit.upscaling.test_upscale import encoded

    order = UpscaleOrder(file_id="00000000-0000-4000-8000-000000000001", factor=2)
    ref = await preview.submit(BackendCall(order.file_id, {order.file_id: encoded(160, 120)}), order)
    answer = [item async for item in preview.follow(ref)][-1]
    assert isinstance(answer, Finished)
    large = Image.open(io.BytesIO(answer.outputs[0].content)).resize((160, 120), Image.Resampling.BOX)
    source = Image.open(io.BytesIO(encoded(160, 120)))
    assert float(np.abs(np.asarray(large, float) - np.asarray(source, float)).mean()) < 3
