"""From a photo or words to an order, and back under the result."""

import pytest
from aiogram.filters.callback_data import CallbackData

from bot.features.generate.card_keyboards import ChooseNumber, Make
from bot.features.generate.keyboards import Again, OtherStyle, ShowCard
from bot.features.pictures.results import result_keyboard
from repository.tasks import TaskStatus
from tests.texts import TEXTS

pytestmark = pytest.mark.asyncio


def buttons_of(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def test_a_photo_at_any_time_opens_the_gallery(anna, selfie):
    await anna.sends(selfie)
    assert "Choose a style" in await anna.text()
    await anna.presses("Look 00")
    text = await anna.text()
    assert "From your photo" in text
    assert "Look 00" in text
    assert "Price of 1 picture: 5 tokens · you have 30" in text


async def test_the_card_is_one_message_edited_in_place(front, anna, selfie):
    await anna.sends(selfie)
    gallery = await anna.last()
    await anna.presses("▶")
    assert "Part 2 of 2" in await anna.text()
    await anna.presses("Look 13")
    await anna.presses("Portrait")
    await anna.presses("3")
    card = await anna.last()
    assert card["message_id"] == gallery["message_id"]
    assert {"✅ 📱 Portrait", "✅ 3"} <= set(buttons_of(card))
    assert "✨ Make · 15 tokens" in buttons_of(card)
    assert len(await anna.from_bot()) == 1
    assert card["reply_to"] is not None


async def test_a_photo_with_a_caption_goes_straight_to_the_card(anna, selfie):
    await anna.sends(selfie, caption="in <b>space</b>")
    assert "Your picture" in await anna.text()
    assert "in <b>space</b>" in await anna.text()


async def test_words_beside_the_gallery_become_the_description(anna, selfie):
    await anna.sends(selfie)
    await anna.writes("  a   knight\nin armour ")
    assert "a knight in armour" in await anna.text()
    assert "From your photo" in await anna.text()


async def test_words_beside_a_style_can_be_taken_away_again(anna, selfie):
    await anna.sends(selfie, caption="in space")
    await anna.presses("Style")
    await anna.presses("Look 01")
    await anna.presses("Change words")
    assert "in space" in await anna.text()
    await anna.presses("Remove the words")
    assert "Look 01" in await anna.text()
    assert "in space" not in await anna.text()


async def test_a_picture_can_be_made_of_words_alone(front, anna):
    await anna.presses("Make a picture")
    assert "Send a photo" in await anna.text()
    await anna.presses("just words")
    await anna.writes("🎈🎈🎈 ...")
    assert "I see no words here" in await anna.text()
    await anna.writes("x" * 1001)
    assert "1,001 characters" in await anna.text()
    await anna.writes("a lighthouse at dusk")
    assert "No photo, from words" in await anna.text()
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert task.kind == "text_to_image"
    assert "a lighthouse at dusk" in task.order_json


async def test_an_order_holds_its_price_and_stop_gives_it_back(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 03")
    await anna.presses("2")
    await anna.presses("Make")
    assert "Order received" in await anna.text()
    person = await anna.person()
    assert (person.tokens_left, person.tokens_held) == (20, 10)
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert (task.units, task.kind) == (2, "image_to_image")
    answer = await anna.presses("Stop")
    assert answer["text"] == "Stopped. 10 tokens are back on your balance."
    assert (await anna.person()).tokens_left == 30


async def test_the_progress_message_is_known_to_the_outbox_and_left_alone_by_the_next_screen(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    progress = await anna.last()
    (task,) = await front.house.tasks.open_tasks(anna.id)
    noted = await front.house.notifications.progress_message(task.task_id)
    assert noted == (anna.id, progress["message_id"])
    assert await front.house.notifications.stale_progress(10) == [], "it says already what there is to say"
    await anna.writes("/help")
    assert (await anna.from_bot())[0]["message_id"] == progress["message_id"]


async def test_a_second_press_of_make_finds_the_first_task(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    assert (await anna.person()).tokens_held == 5
    (shown,) = await anna.from_bot()
    assert shown["text"].startswith("⏳ Order received")


async def test_a_press_on_a_card_whose_order_is_being_made_says_so(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    card = await anna.last()
    order = next(button["data"] for row in card["buttons"] for button in row if "Make" in button["text"])
    await anna.presses("Make")
    await anna.writes("/balance")
    balance = await anna.last()
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id,
        message_id=balance["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": order}]]},
    )
    answer = await anna.presses("?")
    assert answer["text"] == "This is already being made."
    assert (await anna.last())["message_id"] == balance["message_id"]


async def test_make_pressed_after_the_end_offers_a_new_card_and_spends_nothing(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await front.house.tasks.cancel(anna.id, task.task_id)
    await front.fault(redeliver=1)
    await front.handle_pending()
    _, told, card = await anna.from_bot()
    assert told["text"].startswith("This picture is already made")
    assert card["caption"].startswith("Your picture")
    assert (await anna.person()).tokens_held == 0


async def test_too_few_tokens_are_counted_on_the_card_and_in_the_alert(front, anna, selfie):
    await front.house.db.reading.execute('UPDATE "Price" SET tokens = 12')
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("3")
    assert "You need 6 more tokens" in await anna.text()
    answer = await anna.presses("Make")
    assert answer["show_alert"]
    assert answer["text"] == "You need 6 more tokens: the price is 36, and you have 30. Buy more: /buy"
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_stopping_a_running_task_says_what_will_be_charged(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    (task,) = await front.house.tasks.claim(front.house.generations._lane, 1)
    answer = await anna.presses("Stop")
    assert answer["text"] == "Stopping. You pay only for what is already made; the rest comes back."
    assert (await front.house.tasks.get(anna.id, task.task_id)).cancel_requested_at is not None


async def test_again_and_other_style_open_a_new_card_below_the_result(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 05")
    draft_id = await front.house.db.reading.fetchval('SELECT max(draft_id) FROM "Draft"')
    t = TEXTS.bound("en")
    result = await front.bot.send_message(anna.id, "Here you are!", reply_markup=result_keyboard(t, draft_id))
    shown = next(m for m in await anna.from_bot() if m["message_id"] == result.message_id)
    await anna.presses("Again", shown)
    assert "Look 05" in await anna.text()
    await anna.presses("Another style", shown)
    assert "Choose a style" in await anna.text()
    assert (await anna.from_bot())[0]["text"] == "Here you are!"
    assert len(await anna.from_bot()) == 2
    assert (await anna.person()).tokens_held == 0


async def test_a_change_after_the_order_is_a_new_draft(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    draft_id = await front.house.db.reading.fetchval('SELECT max(draft_id) FROM "Draft"')
    await anna.writes("/start")
    menu = await anna.last()
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id, message_id=menu["message_id"], reply_markup=result_keyboard(TEXTS.bound("en"), draft_id)
    )
    await anna.presses("Again")
    await anna.presses("4")
    assert "✨ Make · 20 tokens" in buttons_of(await anna.last())


async def test_somebody_elses_draft_is_not_found(front, anna, selfie):
    ben = await front.meet("Ben")
    await anna.sends(selfie)
    await anna.presses("Look 00")
    draft_id = await front.house.db.reading.fetchval('SELECT max(draft_id) FROM "Draft"')
    foreign: list[CallbackData] = [
        ShowCard(draft_id=draft_id),
        ChooseNumber(draft_id=draft_id, num_images=2),
        Make(draft_id=draft_id),
        Again(draft_id=draft_id),
        OtherStyle(draft_id=draft_id),
    ]
    for data in foreign:
        await front.bot.edit_message_reply_markup(
            chat_id=ben.id,
            message_id=(await ben.last())["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "theirs", "callback_data": data.pack()}]]},
        )
        answer = await ben.presses("theirs")
        assert "This card is out of date" in answer["text"], data
    assert await front.house.tasks.open_tasks(ben.id) == []


async def test_a_style_that_is_gone_is_refused_and_said(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = FALSE WHERE code = 'look_0'""")
    answer = await anna.presses("Make")
    assert answer["text"] == "This style is gone. Please choose another."
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_every_status_of_a_task_that_stop_meets_has_an_answer(front, anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    progress = await anna.last()
    await anna.presses("Stop", progress)
    (task_id,) = [row["task_id"] for row in await front.house.db.reading.fetch('SELECT task_id FROM "Task"')]
    await front.house.db.reading.execute('UPDATE "Task" SET status = $1', TaskStatus.COMPLETED.value)
    answer = await anna.presses_data(progress["message_id"], f"stop:{task_id.hex}")
    assert answer["text"] == "Nothing left to stop: it is all done."
