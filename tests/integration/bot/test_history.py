"""The gallery, picture by picture and nine at a glance."""

import pytest
from redis.asyncio import Redis

from tests.integration.bot.making import file_ids, make, put_button

pytestmark = pytest.mark.asyncio


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
    assert "🎬 Look 01" in shown["caption"]
    assert "301 × 300" in shown["caption"]
    assert "Newer" not in str(shown["buttons"])
    await anna.presses("Older")
    assert "300 × 300" in await anna.text()
    await anna.presses("Older")
    assert "the first <one>" in await anna.text()
    assert "Older" not in str((await anna.last())["buttons"])
    await anna.presses("Newer")
    assert "300 × 300" in await anna.text()
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


async def test_a_place_of_somebody_else_shows_ones_own_pictures_alone(front, anna):
    ben = await front.meet("Ben")
    await make(front, anna, "a fox")
    generation_id = await front.house.db.reading.fetchval('SELECT generation_id FROM "Generation"')
    await put_button(front, ben, f"turn:{generation_id + 1}:0:1:g")
    answer = await ben.presses("?")
    assert answer["text"] == "No more pictures this way"
    assert "a fox" not in str(await ben.messages())


async def test_a_neighbour_that_was_deleted_meanwhile_is_passed_over(front, anna):
    for words in ("one", "two", "three"):
        await make(front, anna, words)
    await anna.writes("/history")
    _, two, three = await file_ids(front)
    person = await anna.person()
    await front.house.gallery.delete(person, two)
    await front.house.gallery.delete(person, three)
    await anna.presses("Older")
    assert "one" in await anna.text()


async def test_the_overview_shows_nine_and_a_number_opens_its_picture(front, anna):
    for number in range(11):
        await make(front, anna, f"fox {number}")
    await anna.writes("/history")
    first = await anna.last()
    await anna.presses("Older")
    await anna.presses("Overview")
    sheet = await anna.last()
    assert sheet["message_id"] == first["message_id"]
    assert [b["text"] for row in sheet["buttons"][:3] for b in row] == [str(number) for number in range(1, 10)]
    await anna.presses("4")
    assert "fox 6" in await anna.text(), "the sheet begins with the picture that was looked at"
    await anna.presses("Overview")
    await anna.presses("Newer")
    await anna.presses("9")
    assert "fox 2" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_the_overview_ends_where_the_pictures_end(front, anna):
    for number in range(10):
        await make(front, anna, f"fox {number}")
    await anna.writes("/history")
    await anna.presses("Overview")
    assert "Newer" not in str((await anna.last())["buttons"])
    await anna.presses("Older")
    last = await anna.last()
    assert [b["text"] for b in last["buttons"][0]] == ["1"]
    assert "Older" not in str(last["buttons"])
    await anna.presses("1")
    assert "fox 0" in await anna.text()


async def test_the_gallery_under_a_result_leaves_the_result_where_it_is(front, anna):
    await make(front, anna, "a fox")
    result = await front.bot.send_message(anna.id, "Here you are!")
    await put_button(front, anna, "open:history:1", result.message_id)
    await anna.presses("?")
    assert "a fox" in await anna.text()
    assert "Here you are!" in [message.get("text") for message in await anna.from_bot()]


async def test_turning_pages_works_without_anything_in_redis(front, anna):
    await make(front, anna, "one")
    await make(front, anna, "two")
    await anna.writes("/history")
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        await redis.flushall()
    await anna.presses("Older")
    assert "one" in await anna.text()
    assert len(await anna.from_bot()) == 1
