"""The filter of the gallery: put together, said, kept, cleared."""

from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from bot.dispatcher import build_dispatcher
from tests.integration.bot.making import file_ids, make, put_button

pytestmark = pytest.mark.asyncio


async def three(front, chat) -> None:
    """A lone tree of May, a fox and a favourite fox at sea of June."""
    await make(front, chat, "a lone tree")
    await make(front, chat, "a fox")
    await make(front, chat, "a fox at sea")
    tree, fox, sea = await file_ids(front)
    person = await chat.person()
    await front.house.gallery.set_favorite(person, sea, True)
    await front.house.gallery.set_tags(person, sea, ["sea"])
    await front.house.gallery.set_tags(person, tree, ["tree"])
    for file_id, month in ((tree, 5), (fox, 6), (sea, 6)):
        await front.house.db.reading.execute(
            """UPDATE "Generation" SET created_at = $2
               WHERE generation_id = (SELECT generation_id FROM "File" WHERE file_id = $1)""",
            file_id,
            datetime(2026, month, 15, tzinfo=UTC),
        )


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def test_favourites_have_a_command_and_are_said_and_cleared(front, anna):
    await three(front, anna)
    await anna.writes("/favorites")
    shown = await anna.last()
    assert "a fox at sea" in shown["caption"]
    assert shown["caption"].endswith("🔎 ❤️ Favourites")
    assert "Older" not in str(shown["buttons"])
    await anna.presses("Clear")
    assert "🔎" not in await anna.text()
    await anna.presses("Older")
    assert "a fox" in await anna.text()


async def test_no_favourites_and_no_pictures_are_two_things(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/favorites")
    assert "Press 🤍 under a picture" in await anna.text()
    await anna.presses("Show all")
    assert "a fox" in await anna.text()
    await anna.presses("Delete")
    await anna.presses("Yes, delete")
    await anna.presses("Menu")
    await anna.writes("/favorites")
    await anna.presses("Show all")
    await anna.presses("Make a picture")
    assert "Send a photo" in await anna.text()


async def test_the_filter_says_how_many_are_left_and_shows_the_newest_of_them(front, anna):
    await three(front, anna)
    await anna.writes("/history")
    await anna.presses("Filter")
    assert "Now: all of them" in await anna.text()
    assert "Show 3 pictures" in buttons(await anna.last())
    await anna.presses("By month")
    await anna.presses("June 2026")
    assert "Show 2 pictures" in buttons(await anna.last())
    await anna.presses("No photo")
    await anna.presses("Only favourites")
    assert "🔎 ❤️ Favourites · ✍️ No photo · June 2026" in await anna.text()
    assert "Show 1 picture" in buttons(await anna.last())
    await anna.presses("Only favourites")
    await anna.presses("Show 2 pictures")
    assert "a fox at sea" in await anna.text()
    await anna.presses("Older")
    assert "a fox" in await anna.text()
    assert "Older" not in str((await anna.last())["buttons"]), "the tree is of May"
    await anna.presses("Newer")
    assert "a fox at sea" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_a_tag_is_chosen_from_those_in_use_and_left_open_again(front, anna):
    await three(front, anna)
    await anna.writes("/history")
    await anna.presses("Filter")
    await anna.presses("By tag")
    assert "sea" in str(buttons(await anna.last()))
    await anna.presses("tree")
    assert "🏷 tree" in await anna.text()
    await anna.presses("🏷 tree")
    await anna.presses("Any")
    assert "Now: all of them" in await anna.text()


async def test_without_tags_the_choice_of_a_tag_explains_where_they_come_from(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Filter")
    answer = await anna.presses("By tag")
    assert answer["text"] == "No tags yet. You can add them under any picture."


async def test_words_are_typed_and_wrong_ones_explained(front, anna):
    await three(front, anna)
    await anna.writes("/history")
    await anna.presses("Filter")
    await anna.presses("Find words")
    await anna.writes("🎈")
    assert "I see no words here" in await anna.text()
    await anna.writes("x" * 101)
    assert "too long for a search" in await anna.text()
    await anna.writes("FOX se")
    assert "“FOX se”" in await anna.text()
    await anna.presses("Show 1 picture")
    assert "a fox at sea" in await anna.text()
    assert len(await anna.from_bot()) == 1


async def test_what_leaves_nothing_in_is_said_with_a_way_out(front, anna):
    await three(front, anna)
    await anna.writes("/favorites")
    await anna.presses("Filter")
    await anna.presses("Enlarged")
    assert "There are no such pictures. Leave something out." in await anna.text()
    assert not any(title.startswith("Show") for title in buttons(await anna.last()))
    await anna.presses("Clear")
    assert "Show 3 pictures" in buttons(await anna.last())


async def test_a_filter_outlives_the_bot_and_a_look_at_a_picture_and_its_marks(front, anna):
    await three(front, anna)
    await make(front, anna, "a new fox")
    await anna.writes("/favorites")
    front.dispatcher = build_dispatcher(front.house)
    await anna.presses("Note")
    await anna.writes("for mum")
    assert (await anna.text()).endswith("🔎 ❤️ Favourites")
    await anna.presses("Enlarge")
    await anna.presses("To the picture")
    assert "Newer" not in str((await anna.last())["buttons"])
    assert "❤️ Favourites" in await anna.text()


async def test_a_filter_that_redis_lost_is_none(front, anna):
    await three(front, anna)
    await anna.writes("/favorites")
    await anna.presses("Filter")
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        await redis.flushall()
    await anna.presses("Show 1 picture")
    assert "🔎" not in await anna.text()
    assert "Older" in str((await anna.last())["buttons"])


@pytest.mark.parametrize("data", ["narrow:kind:sculpture", "narrow:month:2026-13", "narrow:month:x", "narrow:tag:0000"])
async def test_a_value_that_nobody_offers_leaves_everything_in(front, anna, data):
    await three(front, anna)
    await anna.writes("/history")
    await put_button(front, anna, data)
    await anna.presses("?")
    assert "Now: all of them" in await anna.text()
    assert "Show 3 pictures" in buttons(await anna.last())
