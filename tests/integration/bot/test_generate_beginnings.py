"""From a picture that is there: another variation, another style for it. Nothing is spent by a press."""

import json
from uuid import uuid4

import pytest

from bot.features.generate.keyboards import Again, Restyle, Vary
from repository.tasks import Lane, TaskStatus
from services.orders import DatasetOrder, ImageToImageOrder, TextToImageOrder, UpscaleOrder
from services.photos.photos import store_picture
from services.task_endings import Ending
from tests.integration.bot.conftest import draw
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio


async def made(front, chat, order, pictures=1):
    """The file_ids of an order that was made, without a worker."""
    house = front.house
    await house.db.reading.execute("""UPDATE "User" SET tokens_left = 1000 WHERE user_id = $1""", chat.id)
    await house.generations.request(await chat.person(), order, f"test:{uuid4()}")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    files = [
        await store_picture(house.storage, "outputs", draw(320, 440 + place), b"thumb", 320, 440, "image/png")
        for place in range(pictures)
    ]
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, files))
    rows = await house.db.reading.fetch(
        """
        SELECT file_id FROM "File" JOIN "Generation" USING (generation_id) WHERE task_id = $1 ORDER BY position
        """,
        task.task_id,
    )
    return [row["file_id"] for row in rows]


async def result(front, chat, data):
    """A message that stays, with a button."""
    keyboard = {"inline_keyboard": [[{"text": "act", "callback_data": data.pack()}]]}
    sent = await front.bot.send_message(chat.id, "Here you are!", reply_markup=keyboard)
    return next(m for m in await chat.from_bot() if m["message_id"] == sent.message_id)


async def test_vary_opens_a_card_for_the_same_order_with_another_variation(front, anna, selfie):
    order = TextToImageOrder(
        prompt="a fox", negative_prompt="rain", style="look_1", num_images=2, width=1152, height=832, seed=7
    )
    (file_id, _) = await made(front, anna, order, pictures=2)
    shown = await result(front, anna, Vary(file_id=file_id))
    await anna.presses("act", shown)
    card = await anna.last()
    assert "a fox" in card["caption"]
    assert "Look 01" in card["caption"]
    assert "Without: rain" in card["caption"]
    assert "Variation" not in card["caption"]
    assert {"✅ 2", "✅ 🌄 Landscape"} <= set(buttons_of(card))
    assert any(message.get("text") == "Here you are!" for message in await anna.from_bot())
    assert await front.house.tasks.open_tasks(anna.id) == []
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert json.loads(task.order_json)["seed"] != 7


async def test_vary_of_an_enlarged_picture_varies_the_picture_that_it_was(front, anna):
    (file_id,) = await made(front, anna, TextToImageOrder(prompt="a fox"))
    (enlarged,) = await made(front, anna, UpscaleOrder(file_id=file_id))
    (again,) = await made(front, anna, UpscaleOrder(file_id=enlarged))
    await anna.presses("act", await result(front, anna, Vary(file_id=again)))
    assert "a fox" in await anna.text()


async def test_vary_of_a_packs_picture_takes_its_look(front, anna):
    pack = DatasetOrder(class_label="a woman", num_images=2)
    (_, second) = await made(front, anna, pack, pictures=2)
    await anna.presses("act", await result(front, anna, Vary(file_id=second)))
    assert "a woman" in await anna.text()
    assert "✅ 1" in buttons_of(await anna.last())


async def test_an_enlarged_photo_has_nothing_to_vary_and_says_so(front, anna, selfie):
    await anna.sends(selfie)
    photo = await front.house.db.reading.fetchval('SELECT file_id FROM "File"')
    (enlarged,) = await made(front, anna, UpscaleOrder(file_id=photo))
    answer = await anna.presses("act", await result(front, anna, Vary(file_id=enlarged)))
    assert answer["show_alert"]
    assert "Try it in another style" in answer["text"]


async def test_restyle_begins_with_the_picture_as_the_photo(front, anna):
    (file_id,) = await made(front, anna, TextToImageOrder(prompt="a fox"))
    await anna.presses("act", await result(front, anna, Restyle(file_id=file_id)))
    assert "Choose a style" in await anna.text()
    await anna.presses("Look 03")
    assert "From your photo" in await anna.text()
    assert "a fox" not in await anna.text()
    assert "✅ 📱 Portrait" in buttons_of(await anna.last())  # the picture's own shape
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    order = ImageToImageOrder.model_validate_json(task.order_json)
    assert (order.file_id, order.style) == (file_id, "look_3")


@pytest.mark.parametrize("kind", [Vary, Restyle])
async def test_pressed_twice_there_is_one_card(front, anna, kind):
    (file_id,) = await made(front, anna, TextToImageOrder(prompt="a fox"))
    shown = await result(front, anna, kind(file_id=file_id))
    await anna.presses("act", shown)
    await anna.presses("act", shown)
    others = [message for message in await anna.from_bot() if message["message_id"] != shown["message_id"]]
    assert len(others) == 1


@pytest.mark.parametrize("kind", [Vary, Restyle])
async def test_somebody_elses_picture_is_not_found(front, anna, kind):
    (file_id,) = await made(front, anna, TextToImageOrder(prompt="a fox"))
    ben = await front.meet("Ben")
    for wrong in (file_id, uuid4()):
        answer = await ben.presses("act", await result(front, ben, kind(file_id=wrong)))
        assert "gone" in answer["text"]


async def test_again_keeps_a_variation_that_was_chosen(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Fine tuning")
    await anna.presses("Variation number")
    await anna.writes("42")
    draft_id = await front.house.db.reading.fetchval('SELECT max(draft_id) FROM "Draft"')
    await anna.presses("act", await result(front, anna, Again(draft_id=draft_id)))
    assert "Variation no. 42" in await anna.text()
