"""What can be done with what was brought: numbers under an album, actions under a picture, the file of a large one."""

import io
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from repository.tasks import Lane, Task, TaskStatus
from services.orders import UpscaleOrder
from services.photos.photos import store_picture
from services.task_endings import Ending


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def enlarging(office, person) -> Task:
    """A task that enlarges a picture of the person, in a worker's hand."""
    task = await office.ended_task(person)
    async with office.delivering():
        await office.closed(task)
    [file] = (await office.generations.entry_of_task(person.user_id, task.task_id)).files
    await office.db.reading.execute("""UPDATE "Price" SET tokens = 3 WHERE kind = 'upscale'""")
    await office.generations.request(person, UpscaleOrder(file_id=file.file_id, factor=4), f"up:{uuid4()}")
    [task] = await office.tasks.claim(Lane.CPU, 1)
    return task


@pytest.mark.parametrize("pictures", [2, 4, 10])
async def test_each_picture_of_an_album_has_a_number_that_opens_it(office, anna, pictures):
    task = await office.ended_task(anna, pictures)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    words = (await office.chat(anna))[-1]
    numbers = [button for row in words["buttons"] for button in row if button["text"].isdigit()]
    files = (await office.generations.entry_of_task(anna.user_id, task.task_id)).files
    assert [button["text"] for button in numbers] == [str(number) for number in range(1, pictures + 1)]
    assert [button["data"] for button in numbers] == [f"pic:{file.file_id.hex}:r" for file in files]


async def test_a_single_picture_has_its_actions_at_hand(office, anna):
    task = await office.ended_task(anna)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    found = buttons(message)
    for action in ("Again", "Variations", "Favourite", "Enlarge", "Start from", "As a file", "More", "My pictures"):
        assert any(action in title for title in found), action


async def test_an_enlarged_picture_says_its_size_and_offers_the_file_first(office, anna):
    task = await enlarging(office, anna)
    await office.end(task)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    message = (await office.chat(anna))[-1]
    assert "Enlarged to 320 × 320" in message["caption"]
    assert "3 tokens charged" in message["caption"]
    assert buttons(message)[0] == "📎 As a file"


async def test_what_could_not_be_enlarged_can_be_tried_again(office, anna):
    task = await enlarging(office, anna)
    await office.end(task, 0, TaskStatus.FAILED, "internal")
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    message = (await office.chat(anna))[-1]
    assert "could not be enlarged" in message["text"]
    assert buttons(message)[0] == "🔍 Try again"


async def test_a_picture_that_is_too_heavy_for_a_photo_comes_reduced_and_stays_whole(office, anna):
    task = await office.running_task(anna)
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (3100, 3100, 3), np.uint8))
    content = io.BytesIO()
    noise.save(content, "JPEG", quality=95)
    assert len(content.getvalue()) > 10 * 1024 * 1024, "Telegram would refuse it"
    file = await store_picture(office.storage, "outputs", content.getvalue(), b"", 3100, 3100, "image/jpeg")
    assert await office.tasks.end(task, Ending(TaskStatus.COMPLETED, [file]))
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    assert max(message["photo"]["width"], message["photo"]["height"]) <= 2560
    assert await office.storage.get(file.storage_key) == content.getvalue()
