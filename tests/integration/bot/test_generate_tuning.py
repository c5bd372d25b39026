"""Words, ideas and fine tuning of a card, and what changes under it."""

import json

import pytest

from tests.integration.bot.conftest import draw
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def card(anna, selfie):
    """A card for a photo and a style."""
    await anna.sends(selfie)
    await anna.presses("Look 00")


async def order_of(front, chat) -> dict:
    """The order that Make sends."""
    await chat.presses("Make")
    tasks = await front.house.tasks.open_tasks(chat.id)
    return dict(json.loads(max(tasks, key=lambda task: task.created_at).order_json))


async def test_the_card_shows_the_style_else_the_photo_else_words(front, anna, selfie):
    await anna.sends(selfie, caption="in space")
    by_photo = await anna.last()
    assert (by_photo["photo"]["width"], by_photo["photo"]["height"]) == (640, 480)
    await anna.presses("Style")
    await anna.presses("Look 01")
    by_style = await anna.last()
    assert by_style["photo"]["width"] == 940
    assert by_style["message_id"] == by_photo["message_id"]
    await anna.writes("/generate")
    await anna.presses("just words")
    await anna.writes("a fox")
    assert "a fox" in (await anna.last())["text"]


async def test_a_card_whose_photo_is_gone_is_still_a_card(front, anna, selfie):
    await anna.sends(selfie, caption="in space")
    await front.house.db.reading.execute('UPDATE "File" SET telegram_file_id = NULL')
    await front.house.storage.delete(await front.house.db.reading.fetchval('SELECT storage_key FROM "File"'))
    await anna.presses("Landscape")
    assert "✅ 🌄 Landscape" in buttons_of(await anna.last())


async def test_the_longest_words_fit_every_screen(anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    for words in ("1" + "🎈" * 999, "1" + "<&>" * 333, '"' * 999 + "1"):
        await anna.writes(words)
        assert "Your picture" in await anna.text()
        await anna.presses("Change words")
        assert "Describe the picture" in await anna.text()
        await anna.presses("Back")
        await anna.presses("Fine tuning")
        await anna.presses("What should not be there")
        await anna.writes(words)
        assert "Fine tuning" in await anna.text()
        await anna.presses("Back")
        assert "Without" in await anna.text()
        assert len(await anna.from_bot()) == 1


async def test_what_is_unwanted_reaches_the_order_and_can_be_dropped(front, anna, card):
    await anna.presses("Fine tuning")
    assert "Nothing in particular" in await anna.text()
    await anna.presses("What should not be there")
    await anna.writes("🎈")
    assert "I see no words here" in await anna.text()
    await anna.writes("glasses, <b>lettering</b>")
    assert "glasses, <b>lettering</b>" in await anna.text()
    await anna.presses("Remove")
    assert "Nothing in particular" in await anna.text()
    await anna.presses("What should not be there")
    await anna.writes("glasses")
    await anna.presses("Back")
    assert "Without: glasses" in await anna.text()
    assert (await order_of(front, anna))["negative_prompt"] == "glasses"


async def test_an_order_without_tuning_names_nothing_unwanted(front, anna, card):
    order = await order_of(front, anna)
    assert "negative_prompt" not in order
    assert order["strength"] == 0.7


async def test_a_variation_is_typed_checked_and_dropped(front, anna, card):
    await anna.presses("Fine tuning")
    assert "a new one each time" in await anna.text()
    await anna.presses("Variation number")
    for wrong in ("many", "-1", "2147483648"):
        await anna.writes(wrong)
        assert "I need a whole number from 0 to 2,147,483,647" in await anna.text()
    await anna.writes("№ 42")
    assert "Variation number: 42" in await anna.text()
    await anna.presses("Any")
    assert "a new one each time" in await anna.text()
    await anna.presses("Variation number")
    await anna.writes("2147483647")
    await anna.presses("Back")
    assert "Variation no. 2147483647" in await anna.text()
    assert (await order_of(front, anna))["seed"] == 2147483647


async def test_the_likeness_is_offered_for_a_photo_only_and_reaches_the_order(front, anna, card):
    await anna.presses("Fine tuning")
    await anna.presses("Closer")
    assert "✅ Closer" in buttons_of(await anna.last())
    await anna.presses("Back")
    assert "Closer to the photo" in await anna.text()
    assert (await order_of(front, anna))["strength"] == 0.35
    await anna.writes("/generate")
    await anna.presses("just words")
    await anna.writes("a fox")
    await anna.presses("Fine tuning")
    assert not any("Closer" in text for text in buttons_of(await anna.last()))


async def test_a_sticker_where_something_is_asked_is_answered_by_the_question(front, anna, card):
    await anna.presses("Fine tuning")
    await anna.presses("Variation number")
    await anna.sends_file("a.pdf", b"%PDF", "application/pdf")
    assert "I need a whole number" in await anna.text()
    await anna.presses("Back")
    await anna.presses("What should not be there")
    await anna.sends_file("b.pdf", b"%PDF-1", "application/pdf")
    assert "I need words here" in await anna.text()


async def test_an_idea_becomes_the_description(front, anna, card):
    await anna.presses("Add words")
    await anna.presses("Ideas")
    assert "How to describe it well" in await anna.text()
    await anna.presses("Fairy tale")
    await anna.presses("1 · A knight")
    assert "a knight in silver armour" in await anna.text()
    assert "Look 00" in await anna.text()
    assert len(await anna.from_bot()) == 1
    assert (await order_of(front, anna))["prompt"].startswith("a knight in silver armour")


async def test_ideas_without_a_photo_are_about_other_things(anna):
    await anna.presses("Make a picture")
    await anna.presses("just words")
    await anna.presses("Ideas")
    assert "A lighthouse" in str(buttons_of(await anna.last()))
    await anna.presses("To the description")
    assert "Describe the picture" in await anna.text()
    await anna.presses("Back")
    assert "Send a photo" in await anna.text()


@pytest.mark.parametrize("opened", [(), ("Style",), ("Fine tuning",), ("Add words",), ("Add words", "Ideas")])
async def test_words_typed_on_any_screen_become_the_description(anna, card, opened):
    for button in opened:
        await anna.presses(button)
    await anna.writes("a knight")
    assert "Your picture" in await anna.text()
    assert "a knight" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_a_new_photo_takes_the_place_of_the_old_one_and_choices_stay(front, anna, card):
    await anna.presses("Portrait")
    await anna.presses("3")
    await anna.writes("in space")
    await anna.presses("Fine tuning")
    await anna.sends(draw(500, 700, "red"))
    text = await anna.text()
    assert "Using the new photo. Everything else is as you chose." in text
    assert "Look 00" in text
    assert "in space" in text
    assert {"✅ 📱 Portrait", "✅ 3"} <= set(buttons_of(await anna.last()))
    newest = await front.house.db.reading.fetchval("""SELECT file_id FROM "File" ORDER BY created_at DESC LIMIT 1""")
    assert (await order_of(front, anna))["file_id"] == str(newest)


async def test_a_new_photo_with_a_caption_brings_new_words(anna, card):
    await anna.writes("in space")
    await anna.sends(draw(500, 700, "red"), caption="in a forest")
    assert "in a forest" in await anna.text()
    assert "in space" not in await anna.text()
    assert "Look 00" in await anna.text()


async def test_a_photo_joins_a_description_that_had_none(front, anna):
    await anna.presses("Make a picture")
    await anna.presses("just words")
    await anna.writes("in space")
    await anna.sends(draw(500, 700, "red"))
    assert "From your photo" in await anna.text()
    assert (await order_of(front, anna))["kind"] == "image_to_image"


async def test_an_album_while_composing_uses_its_first_photo_and_says_so_once(anna, card):
    await anna.sends(*(draw(400 + place, 300) for place in range(3)))
    (shown,) = await anna.from_bot()
    assert shown["caption"].count("I am using the first one") == 1
    assert "Everything else is as you chose" in shown["caption"]


async def test_a_photo_after_leaving_begins_anew(anna, card):
    await anna.writes("/cancel")
    await anna.sends(draw(500, 700, "red"))
    assert "Choose a style" in await anna.text()


async def test_a_press_that_comes_twice_changes_nothing_more(front, anna, card):
    for button in ("Fine tuning", "Balanced", "Back", "Landscape", "Style", "Look 02", "Add words"):
        await anna.presses(button)
        before = await anna.last()
        await front.fault(redeliver=1)
        await front.handle_pending()
        after = [message for message in await anna.from_bot() if message["message_id"] == before["message_id"]]
        assert [(m["caption"], m["buttons"]) for m in after] == [(before["caption"], before["buttons"])]
    assert len(await anna.from_bot()) == 1
