"""Tags and notes: pressed, typed, wrong, cancelled."""

import pytest
from redis.asyncio import Redis

from tests.integration.bot.conftest import draw
from tests.integration.bot.making import make, press_twice

pytestmark = pytest.mark.asyncio


async def marks(front, chat, file) -> tuple[list[str], str]:
    picture = await front.house.gallery.picture(await chat.person(), file.file_id)
    return picture.tags, picture.notes


async def test_tags_are_typed_in_one_message_and_shown_under_the_picture(front, anna):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Tags")
    assert "Write them in one message" in await anna.text()
    await anna.writes("Sea, best of")
    assert "🏷 best of · sea" in await anna.text()
    assert (await marks(front, anna, file))[0] == ["best of", "sea"]
    assert len(await anna.from_bot()) == 1
    await anna.presses("Tags")
    await anna.writes("#summer sea")
    assert (await marks(front, anna, file))[0] == ["best of", "sea", "summer"]


async def test_tags_in_use_are_given_and_taken_with_a_press(front, anna):
    (other,) = await make(front, anna, "a hare")
    (file,) = await make(front, anna, "a fox")
    await front.house.gallery.set_tags(await anna.person(), other.file_id, ["sea <3"])
    await anna.writes("/history")
    await anna.presses("Tags")
    first, second = await press_twice(front, anna, "sea <3")
    assert first["text"] == second["text"] == "Tag “sea <3” added"
    assert (await marks(front, anna, file))[0] == ["sea <3"], "the same press twice gives it once"
    assert "Now: sea <3" in await anna.text()
    assert (await anna.presses("✅ sea <3"))["text"] == "Tag “sea <3” removed"
    assert (await marks(front, anna, file))[0] == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("🎈 !!!", "I see no tags here"),
        ("x" * 33, "at most 32 characters"),
        (" ".join(f"tag{number}" for number in range(21)), "at most 20 tags"),
    ],
)
async def test_wrong_tags_are_explained_where_they_are_asked_for(front, anna, typed, problem):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Tags")
    await anna.writes(typed)
    assert problem in await anna.text()
    assert (await marks(front, anna, file))[0] == []
    await anna.writes("sea")
    assert (await marks(front, anna, file))[0] == ["sea"]
    assert len(await anna.from_bot()) == 1


async def test_a_note_is_typed_shown_changed_and_dropped(front, anna):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Note")
    await anna.writes("for <mum> & dad")
    assert "📝 for <mum> & dad" in await anna.text()
    await anna.presses("Note")
    assert "for <mum> & dad" in await anna.text()
    await anna.writes("x" * 1001)
    assert "1,001 characters, and 1,000 fit" in await anna.text()
    assert (await marks(front, anna, file))[1] == "for <mum> & dad"
    await anna.presses("Remove the note")
    assert (await marks(front, anna, file))[1] == ""
    assert "📝" not in await anna.text()


async def test_the_longest_note_words_and_tags_fit_a_caption(front, anna):
    (file,) = await make(front, anna, "w" * 1000)
    person = await anna.person()
    await front.house.gallery.set_notes(person, file.file_id, "n" * 1000)
    await front.house.gallery.set_tags(person, file.file_id, [f"{number}".ljust(32, "t") for number in range(20)])
    await anna.writes("/history")
    assert len(await anna.text()) <= 1024
    for ask in ("Tags", "Note"):
        await anna.presses(ask)
        assert len(await anna.text()) <= 1024
        await anna.presses("To the picture")


async def test_back_and_cancel_leave_the_question_and_words_are_words_again(front, anna):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Note")
    await anna.presses("To the picture")
    await anna.writes("a red hat")
    assert "You wrote:" in await anna.text()
    await anna.writes("/history")
    await anna.presses("Tags")
    await anna.writes("/cancel")
    assert "Step cancelled" in await anna.text()
    await anna.writes("a red hat")
    assert await marks(front, anna, file) == ([], "")


async def test_a_file_instead_of_words_is_answered_and_a_photo_is_still_a_photo(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/history")
    for ask in ("Tags", "Note"):
        await anna.presses(ask)
        await anna.sends_file("song.mp3", b"ID3", "audio/mpeg")
        assert "I need words here" in await anna.text()
        await anna.presses("To the picture")
    await anna.presses("Note")
    await anna.sends(draw())
    assert "Choose a style" in await anna.text()


async def test_a_picture_that_is_deleted_while_its_note_is_typed_gives_way_to_another(front, anna):
    await make(front, anna, "kept")
    (file,) = await make(front, anna, "gone")
    await anna.writes("/history")
    await anna.presses("Note")
    await front.house.gallery.delete(await anna.person(), file.file_id)
    await anna.writes("for mum")
    assert "kept" in await anna.text()


async def test_a_redis_that_lost_everything_costs_the_question_and_nothing_else(front, anna):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Tags")
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        await redis.flushall()
    await anna.writes("sea")
    assert "You wrote:" in await anna.text()
    assert (await marks(front, anna, file))[0] == []
    tags_screen = next(m for m in await anna.from_bot() if m.get("caption"))
    await anna.presses("To the picture", tags_screen)
    assert "a fox" in await anna.text()
