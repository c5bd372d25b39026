"""`/models`: the list, one model, its name, its place, its end and the receipt; and what admins see."""

import re

import pytest

from services.models.vendor_copies import VendorCopies
from tests.integration.bot.test_generate import buttons_of
from tests.integration.models.owning import TRIGGER, Owning
from tests.integration.models.test_vendor_copies import Vendor
from workers.vendor_copies import delete_due

pytestmark = pytest.mark.asyncio

REFERENCE = re.compile(r"DM-[A-Z2-9]{5}-[A-Z2-9]{5}")


@pytest.fixture
def owning(front) -> Owning:
    return Owning(front.house.db, front.house.storage)


async def all_texts(anna) -> str:
    return "\n".join(str(message.get("text") or message.get("caption")) for message in await anna.from_bot())


async def test_whoever_has_none_is_led_to_training(anna):
    await anna.presses("My models")
    assert "There are none yet" in await anna.text()
    assert "➕ Train a new model" in buttons_of(await anna.last())


async def test_the_list_says_where_each_stands_and_turns_pages(anna, owning):
    for number in range(6):
        await owning.train(anna.id, name=f"Old {number}", trigger=f"old0000{number}", days_ago=3)
    await owning.train(anna.id, name="New", trigger="new00001")
    await owning.train(anna.id, name="Broken", trigger="broken01", status="error", task_status="failed")
    await owning.train(anna.id, name="Coming", trigger="coming01", status="training", task_status="running")
    await anna.writes("/models")
    buttons = buttons_of(await anna.last())
    assert buttons[:3] == ["⏳ Coming · 40 %", "😔 Broken", "⭐ New"]
    await anna.presses("Older")
    assert "✅ Old 0" in buttons_of(await anna.last())
    await anna.presses("Newest")
    assert buttons_of(await anna.last()) == buttons


async def test_a_model_shows_its_best_pictures_and_how_good_it_is(front, anna, owning):
    owned = await owning.train(anna.id, name="Anna & <co>", photos=6)
    await owning.pictures(anna.id, owned.model_id, 0.5, None, 0.9)
    await anna.writes("/models")
    await anna.presses("Anna & <co>")
    text = await anna.text()
    for words in ("Anna & <co>", "with 6 photos", "3 pictures made with it", "Likeness: 70 %", "33 % of the pictures"):
        assert words in text
    assert TRIGGER not in await all_texts(anna)
    calls = await front.calls("editMessageMedia") + await front.calls("sendPhoto")
    assert calls, "a sheet of its pictures"


async def test_a_training_shows_how_far_it_is_and_can_be_stopped(front, anna, owning):
    owned = await owning.train(anna.id, status="training", task_status="running")
    await anna.writes("/models")
    await anna.presses("Me")
    assert "In training: 40 %" in await anna.text()
    buttons = buttons_of(await anna.last())
    assert "✋ Stop" in buttons
    assert "📸 Make photos with it" not in buttons
    await front.house.db.reading.execute("""UPDATE "Task" SET progress = 70""")
    await anna.presses("How far")
    assert "In training: 70 %" in await anna.text()
    await front.house.tasks.cancel(anna.id, owned.task_id)
    await anna.presses("How far")
    assert "being stopped" in await anna.text()
    assert "✋ Stop" not in buttons_of(await anna.last())


async def test_a_failed_training_says_why_what_came_back_and_what_still_works(anna, owning):
    owned = await owning.train(anna.id, days_ago=2)
    await owning.train(
        anna.id,
        model_id=owned.model_id,
        status="error",
        task_status="failed",
        error_code="unavailable",
        tokens=250,
        captured=0,
    )
    await anna.writes("/models")
    await anna.presses("Me")
    text = await anna.text()
    for words in ("could not be reached", "250 tokens came back", "works as ever", "2. did not work out", "in use"):
        assert words in text
    assert "🔁 Train again with more photos" in buttons_of(await anna.last())


async def test_a_name_is_asked_for_until_it_is_one(anna, owning):
    await owning.train(anna.id)
    await anna.writes("/models")
    await anna.presses("Me")
    await anna.presses("Rename")
    assert "What shall “Me” be called?" in await anna.text()
    await anna.writes("x" * 65)
    assert "1 to 64 characters" in await anna.text()
    await anna.writes("  Anna in\u200b spring ")
    assert "Anna in spring" in await anna.text()
    await anna.writes("a fox in the snow")
    assert "a fox in the snow" in await anna.text(), "the next words are a wish again"


async def test_another_model_can_be_used_always(anna, owning):
    await owning.train(anna.id, name="Old", trigger="old00001", days_ago=3)
    await owning.train(anna.id, name="New", trigger="new00001")
    await anna.writes("/models")
    await anna.presses("Old")
    answer = await anna.presses("Use always")
    assert "used from now on" in answer["text"]
    assert "Used when you choose no other" in await anna.text()
    assert "⭐ Use always" not in buttons_of(await anna.last())
    await anna.presses("My models")
    assert buttons_of(await anna.last())[:2] == ["✅ New", "⭐ Old"]


async def test_photos_are_made_with_a_model_from_its_screen(anna, owning):
    await owning.train(anna.id, name="Anna")
    await anna.writes("/models")
    await anna.presses("Anna")
    await anna.presses("Make photos with it")
    await anna.presses("Look 00")
    assert "👤 Model: Anna" in await anna.text()


async def test_deleting_says_what_goes_and_stays_and_leaves_a_receipt_that_can_be_looked_at_later(front, anna, owning):
    owned = await owning.train(anna.id, photos=4)
    await owning.pictures(anna.id, owned.model_id, 0.8, 0.7)
    await owning.copy(owned.version_id, "replicate", "model", "m1")
    await owning.copy(owned.version_id, "runware", "model", "m2")
    await anna.writes("/models")
    await anna.presses("Me")
    await anna.presses("Delete the model")
    question = await anna.text()
    for words in (
        "4 photos it was trained with",
        "2 copies at companies",
        "2 pictures made with it",
        "records of tokens",
    ):
        assert words in question
    assert buttons_of(await anna.last())[0] == "‹ No, keep it"
    await anna.presses("Yes, delete")
    receipt = await anna.text()
    for words in (
        "The model is deleted",
        "photos it was trained with: 4",
        "⏳ Replicate: the model",
        "⏳ Runware: the model",
    ):
        assert words in receipt
    reference = REFERENCE.search(receipt)[0]
    await delete_due(VendorCopies(front.house.db), {"replicate": Vendor(), "runware": Vendor(deletes=False)})
    await anna.presses("How far")
    later = await anna.text()
    assert "✅ Replicate: the model – deleted" in later
    assert "⚠️ Runware: the model – stays there under a number" in later
    await anna.presses("My models")
    assert "There are none yet" in await anna.text()
    assert later in await all_texts(anna), "the receipt stays in the chat"
    await anna.writes(f"/models {reference.lower()}")
    assert await anna.text() == later
    await anna.writes("/models DM-AAAAA-AAAAA")
    assert "I know of no deletion" in await all_texts(anna)


async def test_the_same_press_handled_again_shows_the_same_receipt(front, anna, owning):
    await owning.train(anna.id)
    await anna.writes("/models")
    await anna.presses("Me")
    await anna.presses("Delete the model")
    await anna.presses("Yes, delete")
    reference = REFERENCE.search(await anna.text())[0]
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert reference in await anna.text()
    assert await front.house.db.reading.fetchval("""SELECT count(*) FROM "ModelReceipt" """) == 1


async def test_a_model_of_somebody_else_is_gone(front, anna, owning):
    other = await front.meet("Boris")
    theirs = await owning.train(other.id, name="Boris")
    await anna.writes("/models")
    for press in ("mymodel:{0}:0", "mname:{0}", "mfirst:{0}", "mask:{0}", "mdel:{0}:DM-AAAAA-AAAAA"):
        data = press.format(theirs.model_id)
        await front.bot.edit_message_reply_markup(
            chat_id=anna.id,
            message_id=(await anna.last())["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},
        )
        assert "can’t find this model" in (await anna.presses("?"))["text"]
    assert (await front.house.models.own(other.id, theirs.model_id)).name == "Boris"


async def test_admins_see_numbers_and_everybody_else_silence(front, anna, owning):
    owned = await owning.train(anna.id)
    await owning.train(anna.id, trigger="fail0001", status="error", task_status="failed")
    await owning.train(anna.id, trigger="runs0001", status="training", task_status="running")
    await owning.pictures(anna.id, owned.model_id, 0.6)
    await owning.copy(None, "replicate", "model", "m1", "doomed")
    await anna.writes("/admin_models")
    before = await anna.from_bot()
    await front.house.db.reading.execute("""UPDATE "User" SET is_admin = true""")
    await anna.writes("/admin_models")
    assert len(await anna.from_bot()) == len(before) + 1, "to whoever is no admin nothing was said"
    text = await anna.text()
    for words in (
        "Ready: 1 · in training: 1 · failed: 1",
        "3 trainings, 1 ready, 1 failed, success 50 %",
        "Mean likeness: 60 % of 1 picture",
        "1 being deleted",
        str(anna.id),
    ):
        assert words in text
    assert TRIGGER not in text


async def test_it_is_told_in_russian_too(front, owning):
    anna = await front.meet("Аня", language_code="ru")
    owned = await owning.train(anna.id, name="Я")
    await owning.pictures(anna.id, owned.model_id, 0.71)
    await anna.writes("/models")
    assert "Мои модели" in await anna.text()
    await anna.presses("⭐ Я")
    assert "Сходство: 71 %" in await anna.text()
    await anna.presses("Удалить модель")
    assert "4 фото, по которым она обучалась" in await anna.text()
    await anna.presses("Да, удалить")
    assert "Модель удалена" in await anna.text()


async def test_of_pictures_without_any_face_no_share_is_told(anna, owning):
    owned = await owning.train(anna.id, name="Anna")
    await owning.pictures(anna.id, owned.model_id, None, None)
    await anna.writes("/models")
    await anna.presses("Anna")
    text = await anna.text()
    assert "No face found on the pictures, so likeness can’t be measured" in text
    assert "100 %" not in text
