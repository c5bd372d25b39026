"""The gallery, picture by picture."""

from uuid import uuid4

import pytest

from repository.tasks import Lane, TaskStatus
from services.orders import TextToImageOrder
from services.photos import store_picture
from services.tasks import Ending
from tests.integration.bot.conftest import draw

pytestmark = pytest.mark.asyncio


async def make(front, chat, prompt: str, pictures: int = 1) -> None:
    """An order that was made, without a worker."""
    house = front.house
    order = TextToImageOrder(prompt=prompt, style="look_1", num_images=pictures)
    await house.generations.request(await chat.person(), order, f"test:{uuid4()}")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    files = [
        await store_picture(house.storage, "outputs", draw(300 + place, 300), b"thumb", 300, 300, "image/png")
        for place in range(pictures)
    ]
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, files))


async def test_an_empty_gallery_offers_the_first_picture(anna):
    await anna.writes("/history")
    assert "Nothing here yet" in await anna.text()
    await anna.presses("Make a picture")
    assert "Send a photo" in await anna.text()


async def test_pages_turn_in_place_from_the_newest_to_the_oldest_and_back(front, anna):
    await make(front, anna, "the first <one>")
    await make(front, anna, "the second", pictures=2)
    await anna.writes("/history")
    shown = await anna.last()
    assert "the second" in shown["caption"]
    assert "Picture 1 of 2" in shown["caption"]
    assert "🎬 Look 01" in shown["caption"]
    await anna.presses("Older")
    assert "Picture 2 of 2" in await anna.text()
    await anna.presses("Older")
    assert "the first <one>" in await anna.text()
    assert "Older" not in str((await anna.last())["buttons"])
    await anna.presses("Newer")
    assert "Picture 2 of 2" in await anna.text()
    assert (await anna.last())["message_id"] == shown["message_id"]
    await anna.presses("Menu")
    assert "You have" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_a_picture_is_uploaded_once(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.writes("/history")
    first, second = await front.calls("sendPhoto")
    assert first["parameters"] != second["parameters"]
    assert await front.house.db.reading.fetchval('SELECT telegram_file_id FROM "File"') is not None


async def test_a_name_that_telegram_does_not_know_is_replaced_by_an_upload(front, anna):
    await make(front, anna, "a fox")
    await front.house.db.reading.execute("""UPDATE "File" SET telegram_file_id = 'of-another-bot'""")
    await anna.writes("/history")
    assert "a fox" in await anna.text()
    assert await front.house.db.reading.fetchval('SELECT telegram_file_id FROM "File"') != "of-another-bot"


async def test_a_picture_whose_bytes_are_gone_is_said_and_can_be_passed(front, anna):
    await make(front, anna, "a fox")
    await make(front, anna, "a hare")
    key = await front.house.db.reading.fetchval('SELECT storage_key FROM "File" ORDER BY generation_id DESC LIMIT 1')
    await front.house.storage.delete(key)
    await anna.writes("/history")
    assert "could not be opened" in await anna.text()
    await anna.presses("Older")
    assert "a fox" in await anna.text()


async def test_somebody_elses_page_is_not_shown(front, anna):
    ben = await front.meet("Ben")
    await make(front, anna, "a fox")
    generation_id = await front.house.db.reading.fetchval('SELECT generation_id FROM "Generation"')
    await front.bot.edit_message_reply_markup(
        chat_id=ben.id,
        message_id=(await ben.last())["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": f"page:{generation_id}:0"}]]},
    )
    answer = await ben.presses("?")
    assert "gone" in answer["text"]
