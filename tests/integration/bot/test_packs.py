"""A pack in the chat: theme, photo, order, first photos, ZIP, and the packs that were made before."""

import asyncio
import io
import zipfile
from typing import Any

import pytest
from PIL import Image

import services.gallery.packs
from bot.delivery import Deliverer
from bot.features.packs.keyboards import MakePack, SendZip
from bot.outbox import Outbox
from bot.progress_turns import ProgressTurns
from repository.tasks import TaskStatus
from services.drafts.drafts import DraftContent
from services.drafts.pack_drafts import PackDraftContent
from services.errors import DraftNotFound
from services.photos.photos import make_thumbnail, store_picture
from services.task_endings import Ending
from tests.integration.bot.conftest import draw

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def anna(front):
    """The looks of the house's themes are on offer."""
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = TRUE""")
    return await front.meet()


def buttons_of(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def chosen(anna, selfie: bytes) -> None:
    """A theme on the screen, with a photo."""
    await anna.sends(selfie)
    await anna.writes("/pack")
    await anna.presses("Museum")


async def made(front, anna, pictures: int, status: TaskStatus = TaskStatus.COMPLETED):
    """The ordered pack, made by nobody's backend; returns its task."""
    (task,) = await front.house.tasks.claim(front.house.generations._lane, 1)
    files = [
        await store_picture(front.house.storage, "outputs", draw(64, 64), jpeg(place), 64, 64, "image/png", seed=place)
        for place in range(pictures)
    ]
    assert await front.house.tasks.end(task, Ending(status, files))
    return task


def jpeg(place: int) -> bytes:
    return make_thumbnail(Image.new("RGB", (64, 64), (place * 5, 90, 90)))


async def delivered(front) -> None:
    """The outbox has told everybody everything."""
    deliverer = Deliverer(front.bot, front.house.notifications, front.house.storage, front.house.texts, ProgressTurns())
    outbox = Outbox(front.house.notifications, deliverer, front.house.redis, "nobody rings")
    await outbox.deliver_due()
    while outbox._in_hand:
        await asyncio.wait(outbox._in_hand)


async def documents(front, anna) -> list[dict[str, Any]]:
    """What came as files, once everything on its way has come."""
    await front.dispatcher["parcels"].settle()
    return [message for message in await anna.from_bot() if message.get("document")]


async def download(front, message) -> bytes:
    answer = await front.http.get(message["document"]["url"])
    return answer.raise_for_status().content


async def test_the_themes_come_with_a_picture_and_buttons_to_each(front, anna):
    await anna.presses("Photo packs")
    shown = await anna.last()
    assert shown["photo"]
    assert "Which theme shall it be?" in shown["caption"]
    assert "💼 Career" in buttons_of(shown)
    assert "🗂 My packs" not in buttons_of(shown)
    await anna.presses("Menu")
    assert "You have 30 tokens" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_a_theme_says_what_is_in_it_what_it_costs_and_which_photo_it_takes(anna, selfie):
    await chosen(anna, selfie)
    shown = await anna.last()
    assert shown["photo"]
    for words in ("Museum", "Oil", "From your latest photo", "Price of 5 photos: 20 tokens · you have 30"):
        assert words in shown["caption"]
    assert {"✅ 5", "10", "20", "40", "✅ 1024 × 1024", "✨ Make · 20 tokens"} <= set(buttons_of(shown))
    await anna.presses("20")
    await anna.presses("512")
    shown = await anna.last()
    assert "You need 50 more tokens" in shown["caption"]
    assert {"✅ 20", "✅ 512 × 512", "✨ Make · 80 tokens"} <= set(buttons_of(shown))
    assert len(await anna.from_bot()) == 1


async def test_without_a_photo_it_asks_for_one_and_takes_the_one_that_is_sent(front, anna, selfie):
    await anna.writes("/pack")
    await anna.presses("Career")
    shown = await anna.last()
    assert "Send a photo here" in shown["caption"]
    assert not any("Make" in text for text in buttons_of(shown))
    await anna.sends(selfie)
    shown = await anna.last()
    assert "From your latest photo" in shown["caption"]
    assert "✨ Make · 20 tokens" in buttons_of(shown)
    await anna.presses("Show the photo")
    assert "The pack will be made from this photo" in await anna.text()
    await anna.sends(draw(colour="red"))
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    latest = await front.house.photos.latest(anna.id)
    assert str(latest.file_id) in task.order_json


async def test_a_photo_sent_to_the_list_of_themes_is_kept_for_the_theme(front, anna, selfie):
    red = draw(colour="red")
    await anna.sends(red)
    await anna.sends(selfie)
    await anna.writes("/pack")
    await anna.sends(red)  # known before: not the latest
    assert "I have the photo" in await anna.text()
    await anna.presses("Leading role")
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    first = await front.house.db.reading.fetchval("""SELECT file_id FROM "File" ORDER BY created_at LIMIT 1""")
    assert str(first) in task.order_json


async def test_a_file_that_is_no_picture_is_refused_and_the_card_stays_in_use(anna, selfie):
    await chosen(anna, selfie)
    await anna.sends_file("me.jpg", b"no picture", "image/jpeg")
    assert "I can’t open this photo" in await anna.text()
    await anna.sends(draw(colour="red"))
    assert "Museum" in await anna.text()


async def test_photos_of_another_step_still_open_the_gallery_of_styles(anna, selfie):
    await anna.writes("/pack")
    await anna.writes("/balance")
    await anna.sends(selfie)
    assert "Choose a style" in await anna.text()


async def test_make_pressed_twice_orders_one_pack(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    assert "Order received" in await anna.text()
    await front.fault(redeliver=1)
    await front.handle_pending()
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert (task.kind, task.units) == ("dataset", 5)
    assert (await anna.person()).tokens_held == 20
    answer = await anna.presses("Stop")
    assert answer["text"] == "Stopped. 20 tokens are back on your balance."


async def test_an_ordered_pack_stays_as_it_was_ordered(front, anna, selfie):
    """A press on an old card makes a new draft, also in another language."""
    await chosen(anna, selfie)
    card = await anna.last()
    data = next(b["data"] for row in card["buttons"] for b in row if "Make" in b["text"])
    await anna.presses("Make")
    draft_id = MakePack.unpack(data).draft_id
    before = await front.house.pack_drafts.read(await anna.person(), draft_id)
    changed = await front.house.pack_drafts.change(await anna.person(), draft_id, num_images=40)
    assert changed.draft_id != draft_id
    assert await front.house.pack_drafts.read(await anna.person(), draft_id) == before
    await made(front, anna, 5)
    await front.fault(redeliver=1)
    await front.handle_pending()
    texts = [str(message.get("text") or message.get("caption")) for message in await anna.from_bot()]
    assert any("This pack is already made" in text for text in texts)
    assert (await anna.person()).tokens_left == 10


async def test_too_few_tokens_are_told_and_nothing_is_ordered(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("40")
    answer = await anna.presses("Make")
    assert answer["show_alert"]
    assert answer["text"].startswith("You need 130 more tokens")
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_a_pack_comes_as_one_album_words_and_ways_to_the_rest(front, anna, selfie):
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
    await chosen(anna, selfie)
    await anna.presses("40")
    await anna.presses("Make")
    await made(front, anna, 40)
    await delivered(front)
    *before, words = await anna.from_bot()
    assert len([message for message in before if message.get("photo")]) == 10
    assert "These are the first 10 of 40 photos" in words["text"]
    assert buttons_of(words) == ["📥 Get the ZIP", "🖼 See all", "📦 Photo packs", "‹ Menu"]
    assert not any("Making" in str(message.get("text")) for message in before), "the progress is gone"
    await anna.presses("See all")
    assert "Museum" in await anna.text()
    await anna.presses("Photo packs", words)
    assert "🗂 My packs" in buttons_of(await anna.last())
    assert words["message_id"] in [message["message_id"] for message in await anna.from_bot()]


async def test_a_delivery_that_died_after_the_album_brings_the_words_alone(front, anna, selfie):
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
    await chosen(anna, selfie)
    await anna.presses("20")
    await anna.presses("Make")
    await made(front, anna, 20)
    await front.house.db.reading.execute("""UPDATE "Notification" SET albums_sent = 1""")
    await delivered(front)
    assert await front.calls("sendMediaGroup") == []
    assert "These are the first 10 of 20 photos" in await anna.text()


async def test_the_zip_has_every_photo_under_names_of_ours(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    await delivered(front)
    answer = await anna.presses("ZIP")
    assert answer["text"] == "Packing the ZIP file, it comes in a moment."
    (document,) = await documents(front, anna)
    with zipfile.ZipFile(io.BytesIO(await download(front, document))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"dream-photo-museum-{number:04}.png" for number in range(1, 6)]
    actions = [call["parameters"]["action"] for call in await front.calls("sendChatAction")]
    assert "upload_document" in actions


async def test_a_large_pack_comes_in_parts_that_say_so(front, anna, selfie, monkeypatch):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    size = await front.house.db.reading.fetchval("""SELECT max(size_bytes) FROM "File" WHERE kind = 'output'""")
    whole = services.gallery.packs.Packs.zip_parts
    monkeypatch.setattr(
        services.gallery.packs.Packs, "zip_parts", lambda packs, *asked: whole(packs, *asked, limit=2 * size + 1000)
    )
    await delivered(front)
    answer = await anna.presses("ZIP")
    assert answer["text"] == "The pack is large: 3 ZIP files come one after another."
    parts = await documents(front, anna)
    assert [part["caption"] for part in parts] == [f"📥 ZIP file {number} of 3" for number in (1, 2, 3)]
    assert [part["document"]["file_name"][-10:] for part in parts] == [f"{n}-of-3.zip" for n in (1, 2, 3)]


async def test_a_second_press_while_the_zip_is_on_its_way_sends_no_second_one(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    await delivered(front)
    result = await anna.last()
    await front.fault(method="sendDocument", delay=0.5, times=1)
    first, second = [await anna.presses("ZIP", result) for _ in range(2)]
    assert first["text"] == "Packing the ZIP file, it comes in a moment."
    assert second["text"] == "The ZIP file is on its way already, please wait a moment."
    assert len(await documents(front, anna)) == 1
    await anna.presses("ZIP", result)
    assert len(await documents(front, anna)) == 2, "afterwards it may be asked for again"


async def test_other_presses_are_answered_while_a_zip_is_on_its_way(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    await delivered(front)
    await front.fault(method="sendDocument", delay=2, times=1)
    await anna.presses("ZIP")
    await asyncio.wait_for(anna.writes("/balance"), 1.5)
    assert "Your balance" in await anna.text()
    assert len(await documents(front, anna)) == 1


async def test_a_telegram_that_is_away_is_tried_again_and_then_the_button_stays(front, anna, selfie):
    front.dispatcher["parcels"]._pause = 0
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    await delivered(front)
    result = await anna.last()
    await front.fault(method="sendDocument", error_code=502, times=2)
    await anna.presses("ZIP", result)
    assert len(await documents(front, anna)) == 1
    await front.fault(method="sendDocument", error_code=502, times=3)
    await anna.presses("ZIP", result)
    assert len(await documents(front, anna)) == 1
    assert "The ZIP file did not come through" in await anna.text()
    await anna.presses("Send it again")
    assert len(await documents(front, anna)) == 2


async def test_a_stop_of_the_bot_tells_who_waits_for_a_zip(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 5)
    await delivered(front)
    await front.fault(method="sendDocument", delay=60, times=1)
    await anna.presses("ZIP")
    await asyncio.wait_for(front.dispatcher["parcels"].aclose(), 5)
    assert "The ZIP file did not come through" in await anna.text()
    await front.fault(clear=True)
    await anna.presses("Send it again")
    assert len(await documents(front, anna)) == 1


async def test_what_was_made_of_a_failed_pack_can_be_taken_away(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await made(front, anna, 2, TaskStatus.FAILED)
    await delivered(front)
    assert "2 of 5 were made" in await anna.text()
    await anna.presses("ZIP")
    (document,) = await documents(front, anna)
    with zipfile.ZipFile(io.BytesIO(await download(front, document))) as archive:
        assert len(archive.namelist()) == 2


async def test_a_pack_without_photos_offers_no_zip(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    task = await made(front, anna, 0, TaskStatus.FAILED)
    await delivered(front)
    assert "It did not work out" in await anna.text()
    last = await anna.last()
    assert not any("ZIP" in text for text in buttons_of(last))
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id,
        message_id=last["message_id"],
        reply_markup={
            "inline_keyboard": [[{"text": "?", "callback_data": SendZip(task_id=task.task_id).pack()}]],
        },
    )
    answer = await anna.presses("?")
    assert answer["text"] == "There are no pictures in this pack yet."


async def test_earlier_packs_are_listed_by_pages_each_with_its_pictures(front, anna, selfie):
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
    for theme in ["Museum", "Career"] * 4:
        await anna.sends(selfie)
        await anna.writes("/pack")
        await anna.presses(theme)
        await anna.presses("5")
        await anna.presses("Make")
        await made(front, anna, 5)
    await anna.writes("/pack")
    await anna.presses("My packs")
    rows = buttons_of(await anna.last())
    assert [text.split(" · ")[0] for text in rows[:6]] == ["💼 Career", "🖼 Museum"] * 3
    await anna.presses("Older")
    assert [text.split(" · ")[0] for text in buttons_of(await anna.last())[:2]] == ["💼 Career", "🖼 Museum"]
    await anna.presses("Museum")
    shown = await anna.last()
    assert shown["photo"]
    assert "5 of 5 photos made · 1024 × 1024" in shown["caption"]
    await anna.presses("ZIP")
    assert len(await documents(front, anna)) == 1
    await anna.presses("My packs", shown)
    assert "My packs" in await anna.text()


async def test_a_pack_in_the_making_can_be_stopped_from_the_list(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    await anna.writes("/pack")
    await anna.presses("My packs")
    await anna.presses("Museum")
    assert "still being made" in await anna.text()
    await anna.presses("Stop")
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_the_packs_of_somebody_else_are_nobodys_business(front, anna, selfie):
    await chosen(anna, selfie)
    await anna.presses("Make")
    task = await made(front, anna, 5)
    ben = await front.meet("Ben")
    last = await ben.last()
    dataset = await front.house.packs.dataset_of_task(await anna.person(), task.task_id)
    draft_id = await front.house.db.reading.fetchval("""SELECT max(draft_id) FROM "Draft" """)
    for data, words in (
        (f"zip:{task.task_id}", "I can’t find this pack any more"),
        (f"pack:{dataset.dataset_id}", "I can’t find this pack any more"),
        (f"pcard:{draft_id}", "This card is out of date"),
        (f"pmake:{draft_id}", "This card is out of date"),
        (f"card:{draft_id}", "This card is out of date"),
        ("theme:no_such_theme", "This pack is gone"),
    ):
        await front.bot.edit_message_reply_markup(
            chat_id=ben.id,
            message_id=last["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},
        )
        answer = await ben.presses("?")
        assert words in answer["text"], data


async def test_the_draft_of_a_pack_is_no_draft_of_a_picture_and_the_other_way_round(front, anna):
    person = await anna.person()
    pack = await front.house.pack_drafts.begin(person, PackDraftContent(pack="career", class_label="me"))
    picture = await front.house.drafts.begin(person, DraftContent(prompt="a fox"))
    with pytest.raises(DraftNotFound):
        await front.house.drafts.read(person, pack.draft_id)
    with pytest.raises(DraftNotFound):
        await front.house.pack_drafts.read(person, picture.draft_id)
