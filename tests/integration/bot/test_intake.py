"""Photos on their way in: single, in albums, as files, broken, too large, twice."""

import pytest

from tests.integration.bot.conftest import draw

pytestmark = pytest.mark.asyncio


async def photos_of(front, chat) -> int:
    return int(await front.house.db.reading.fetchval('SELECT count(*) FROM "File" WHERE user_id = $1', chat.id))


async def test_an_album_is_stored_whole_and_answered_once(front, anna):
    await anna.sends(*(draw(400 + place, 300) for place in range(5)))
    assert await photos_of(front, anna) == 5
    answers = await anna.from_bot()
    assert len(answers) == 1
    assert "using the first one" in answers[0]["caption"]


async def test_an_album_that_comes_again_after_a_crash_is_answered_by_the_same_photo(front, anna):
    await anna.sends(*(draw(400 + place, 300) for place in range(3)))
    await front.fault(redeliver=3)
    await front.handle_pending()
    assert await photos_of(front, anna) == 3
    assert len(await anna.from_bot()) == 1


async def test_bad_photos_of_an_album_are_mentioned_once_and_the_good_one_is_used(front, anna):
    await anna.sends(draw(100, 100), draw(101, 100), draw(400, 300), draw(102, 100))
    assert await photos_of(front, anna) == 1
    texts = [message["text"] or message["caption"] for message in await anna.from_bot()]
    assert sum("too small" in text for text in texts) == 1
    assert sum("Choose a style" in text for text in texts) == 1


async def test_a_picture_sent_as_a_file_is_taken(front, anna):
    await anna.sends_file("me.png", draw(), "image/png")
    assert "Choose a style" in await anna.text()
    assert await photos_of(front, anna) == 1


async def test_a_file_that_only_says_it_is_a_picture_is_refused(front, anna):
    await anna.sends_file("me.jpg", b"not a picture at all", "image/jpeg")
    assert "I can’t open this photo" in await anna.text()
    assert await photos_of(front, anna) == 0


async def test_a_file_of_another_kind_is_explained(anna):
    await anna.sends_file("report.pdf", b"%PDF-1.7", "application/pdf")
    assert "This is not a picture" in await anna.text()


async def test_a_file_over_the_limit_is_refused_before_any_download(front, anna):
    await anna.sends_file("huge.png", draw() + b"\0" * 6 * 1024 * 1024, "image/png")
    assert "up to 5 MB" in await anna.text()
    assert await front.calls("getFile") == []


async def test_the_same_photo_is_downloaded_and_stored_once(front, anna, selfie):
    await anna.sends(selfie)
    downloads = len(await front.calls("getFile"))
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert len(await front.calls("getFile")) == downloads
    assert await photos_of(front, anna) == 1


async def test_a_download_that_fails_in_passing_is_tried_again(front, anna, selfie):
    await front.fault(method="getFile", error_code=500, times=1)
    await anna.sends(selfie)
    assert "Choose a style" in await anna.text()


async def test_a_download_that_keeps_failing_is_said(front, anna, selfie):
    await front.fault(method="getFile", error_code=500, times=10)
    await anna.sends(selfie)
    assert "send it once more" in await anna.text()
    assert await photos_of(front, anna) == 0
