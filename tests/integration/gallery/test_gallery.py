"""Lists, marks, full resolution and the end of a picture."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from config.failpoints import Write
from repository.ledger import LedgerRepository
from repository.tasks import TaskStatus
from services.errors import BadCursor, BadTag, FileNotFound, NoteTooLong, TooManyTags
from services.gallery.pictures import EVERYTHING, Gallery, GalleryFilter
from services.orders import ImageToImageOrder, TaskKind
from tests.integration.gallery.conftest import Studio


async def ids(studio: Studio, wanted: GalleryFilter = EVERYTHING, user_id: int = 100) -> list[UUID]:
    """Every picture that a filter leaves in, over pages of two."""
    person, found, cursor = await studio.house.person(user_id), [], None
    while True:
        page = await studio.gallery.pictures(person, wanted, limit=2, cursor=cursor)
        assert len(page.pictures) <= 2
        found += [picture.file.file_id for picture in page.pictures]
        if (cursor := page.cursor) is None:
            return found


async def test_pictures_come_newest_first_each_once_over_all_pages(studio):
    made = [picture for number in range(3) for picture in await studio.make(f"fox {number}", pictures=3)]
    await studio.make("somebody else's", user_id=200)
    assert await ids(studio) == [picture.file.file_id for picture in reversed(made)]


async def test_a_page_that_ends_with_the_last_picture_has_no_next_one(studio):
    await studio.make(pictures=2)
    page = await studio.gallery.pictures(await studio.house.person(), limit=2)
    assert (len(page.pictures), page.cursor) == (2, None)


async def test_favourites_are_marked_once_and_listed(studio):
    person = await studio.house.person()
    first, second = await studio.make(pictures=2)
    for _ in range(2):
        await studio.gallery.set_favorite(person, first.file.file_id, True)
    page = await studio.gallery.favorites(person)
    assert [picture.file.file_id for picture in page.pictures] == [first.file.file_id]
    assert page.pictures[0].is_favorite
    await studio.gallery.set_favorite(person, first.file.file_id, False)
    assert await ids(studio, GalleryFilter(favorite=True)) == []
    assert len(await ids(studio)) == 2
    assert second.is_favorite is False


async def test_tags_are_plain_each_once_and_replace_those_before(studio):
    person, (picture,) = await studio.house.person(), await studio.make()
    file_id = picture.file.file_id
    assert await studio.gallery.set_tags(person, file_id, [" #Море ", "море", "Best  of", ""]) == ["best of", "море"]
    assert await studio.gallery.tags(person) == ["best of", "море"]
    assert await ids(studio, GalleryFilter(tag="МОРЕ")) == [file_id]
    await studio.gallery.set_tags(person, file_id, ["лес"])
    assert (await studio.gallery.picture(person, file_id)).tags == ["лес"]
    assert await ids(studio, GalleryFilter(tag="море")) == []


async def test_two_at_once_leave_one_whole_set_of_tags(studio):
    person, (picture,) = await studio.house.person(), await studio.make()
    sets = [[f"{number}-{part}" for part in range(3)] for number in range(8)]
    await asyncio.gather(*(studio.gallery.set_tags(person, picture.file.file_id, tags) for tags in sets))
    assert (await studio.gallery.picture(person, picture.file.file_id)).tags in sets


async def test_notes_are_kept_and_taken_away(studio):
    person, (picture,) = await studio.house.person(), await studio.make()
    await studio.gallery.set_notes(person, picture.file.file_id, "  for the wall\0 ")
    assert (await studio.gallery.picture(person, picture.file.file_id)).notes == "for the wall"
    await studio.gallery.set_notes(person, picture.file.file_id, " ")
    assert (await studio.gallery.picture(person, picture.file.file_id)).notes == ""


async def test_what_is_too_long_or_too_many_is_refused_and_nothing_changes(studio):
    person, (picture,) = await studio.house.person(), await studio.make()
    file_id = picture.file.file_id
    with pytest.raises(BadTag):
        await studio.gallery.set_tags(person, file_id, ["x" * 33])
    with pytest.raises(TooManyTags):
        await studio.gallery.set_tags(person, file_id, [str(number) for number in range(21)])
    with pytest.raises(NoteTooLong):
        await studio.gallery.set_notes(person, file_id, "x" * 1001)
    assert await studio.gallery.picture(person, file_id) == picture


async def test_pictures_are_found_by_the_beginnings_of_their_words(studio):
    (fox,) = await studio.make("Лиса в СНЕГУ, ёлки")
    (cat,) = await studio.make("a cat in the snow")
    assert await ids(studio, GalleryFilter(text="лис елк")) == [fox.file.file_id]
    assert await ids(studio, GalleryFilter(text="SNOW")) == [cat.file.file_id]
    assert await ids(studio, GalleryFilter(text="snow лиса")) == []
    assert await ids(studio, GalleryFilter(text=" ,.' & | ! ")) == [cat.file.file_id, fox.file.file_id]
    await studio.make("a cat in the snow", user_id=200)
    assert await ids(studio, GalleryFilter(text="snow")) == [cat.file.file_id]


async def test_filters_join(studio):
    person = await studio.house.person()
    (source,) = await studio.make("a fox at sea")
    order = ImageToImageOrder(file_id=source.file.file_id, prompt="a fox in oil")
    (restyled,) = await studio.make(order=order)
    for picture in (source, restyled):
        await studio.gallery.set_tags(person, picture.file.file_id, ["fox"])
    await studio.gallery.set_favorite(person, restyled.file.file_id, True)
    kind = TaskKind.IMAGE_TO_IMAGE
    one = [restyled.file.file_id]
    assert await ids(studio, GalleryFilter(kind=kind)) == one
    assert await ids(studio, GalleryFilter(kind=kind, favorite=True)) == one
    assert await ids(studio, GalleryFilter(kind=kind, tag="fox", favorite=True)) == one
    assert await ids(studio, GalleryFilter(kind=kind, tag="fox", text="fox", favorite=True)) == one
    assert await ids(studio, GalleryFilter(tag="fox", text="sea", favorite=True)) == []
    assert len(await ids(studio, GalleryFilter(tag="fox"))) == 2


async def test_a_span_of_time_is_half_open(studio):
    person = await studio.house.person()
    made = [(await studio.make(f"day {day}"))[0] for day in range(3)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day, picture in enumerate(made):
        await studio.house.db.reading.execute(
            """UPDATE "Generation" SET created_at = $2 WHERE generation_id = $1""",
            picture.file.generation_id,
            start + timedelta(days=day),
        )
    second = GalleryFilter(since=start + timedelta(days=1), until=start + timedelta(days=2))
    assert await ids(studio, second) == [made[1].file.file_id]
    assert [o.prompt_text for o in (await studio.gallery.orders(person, second)).orders] == ["day 1"]
    assert len(await ids(studio, GalleryFilter(until=start + timedelta(days=2)))) == 2
    assert await ids(studio, GalleryFilter(since=start + timedelta(days=9))) == []
    assert await ids(studio, GalleryFilter(until=start)) == []


async def test_orders_are_listed_by_how_they_ended(studio):
    person = await studio.house.person()
    await studio.make("made")
    await studio.make("broken", status=TaskStatus.FAILED)
    broken = await studio.gallery.orders(person, GalleryFilter(status=TaskStatus.FAILED))
    assert [order.prompt_text for order in broken.orders] == ["broken"]
    first = await studio.gallery.orders(person, limit=1)
    second = await studio.gallery.orders(person, limit=1, cursor=first.cursor)
    assert [page.orders[0].prompt_text for page in (first, second)] == ["broken", "made"]
    assert second.cursor is None
    both = GalleryFilter(text="made", kind=TaskKind.TEXT_TO_IMAGE, status=TaskStatus.COMPLETED)
    assert len((await studio.gallery.orders(person, both)).orders) == 1
    assert (await studio.gallery.orders(person, GalleryFilter(model_id=1))).orders == []
    assert len((await studio.gallery.orders(person, GalleryFilter(kind=TaskKind.TEXT_TO_IMAGE))).orders) == 2


async def test_a_deleted_picture_is_gone_with_its_bytes_and_the_books_stay(studio):
    person, house = await studio.house.person(), studio.house
    gone, kept = await studio.make(pictures=2)
    before = await LedgerRepository(house.db.reading).get_user_entries(person.user_id)
    await studio.gallery.set_tags(person, gone.file.file_id, ["x"])
    await studio.gallery.delete(person, gone.file.file_id)
    for key in (gone.file.storage_key, gone.file.thumbnail_key):
        assert not await house.storage.has(key)
    assert await house.storage.has(kept.file.storage_key)
    assert await ids(studio) == [kept.file.file_id]
    assert await studio.gallery.tags(person) == []
    assert await LedgerRepository(house.db.reading).get_user_entries(person.user_id) == before
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "ErasableFile" """) == 0
    with pytest.raises(FileNotFound):
        await studio.gallery.delete(person, gone.file.file_id)


async def test_bytes_that_a_crash_left_behind_go_with_the_next_round(studio):
    from repository.marks import MarkRepository
    from services.erasable import ErasableFiles

    (picture,) = await studio.make()
    house = studio.house
    keys = await MarkRepository(house.db.reading).delete_picture(picture.file.file_id, 100)  # and then it died
    assert await house.storage.has(picture.file.storage_key)
    assert await ErasableFiles(house.db, house.storage).erase_noted() == len(keys) == 2
    assert not await house.storage.has(picture.file.storage_key)
    assert await ErasableFiles(house.db, house.storage).erase_noted() == 0


async def test_bytes_that_never_got_a_row_go_after_a_day_and_no_others(studio):
    from services.erasable import STRAY_AGE, ErasableFiles

    (picture,) = await studio.make()
    house = studio.house
    await house.storage.put(Write.OUTPUT_STORE, "outputs/stray.jpg", b"stored, and then it died")
    erasable = ErasableFiles(house.db, house.storage)
    now = datetime.now(UTC)
    assert await erasable.erase_strays(now) == 0
    assert await erasable.erase_strays(now + STRAY_AGE + timedelta(minutes=1)) == 1
    assert not await house.storage.has("outputs/stray.jpg")
    assert await house.storage.has(picture.file.storage_key)


async def test_a_picture_is_downloaded_whole_under_a_name_of_ours(studio):
    person, (picture,) = await studio.house.person(), await studio.make("../../etc/passwd")
    download = await studio.gallery.download(person, picture.file.file_id)
    content = b"".join([piece async for piece in download.content])
    assert content == await studio.house.storage.get(picture.file.storage_key)
    assert download.file_name == f"dream-photo-{picture.file.generation_id}-1.jpg"
    await studio.house.storage.delete(picture.file.storage_key)
    with pytest.raises(FileNotFound):
        await studio.gallery.download(person, picture.file.file_id)


@pytest.mark.parametrize("what", ["picture", "favorite", "notes", "tags", "delete", "download"])
async def test_nobody_touches_the_picture_of_somebody_else(studio, what):
    (theirs,) = await studio.make(user_id=200)
    me, gallery, file_id = await studio.house.person(100), studio.gallery, theirs.file.file_id
    asked = {
        "picture": lambda: gallery.picture(me, file_id),
        "favorite": lambda: gallery.set_favorite(me, file_id, True),
        "notes": lambda: gallery.set_notes(me, file_id, "mine"),
        "tags": lambda: gallery.set_tags(me, file_id, ["mine"]),
        "delete": lambda: gallery.delete(me, file_id),
        "download": lambda: gallery.download(me, file_id),
    }[what]
    with pytest.raises(FileNotFound):
        await asked()
    assert await gallery.picture(await studio.house.person(200), file_id) == theirs


async def test_a_photo_that_came_in_is_no_picture_of_the_gallery(studio, house):
    from services.photos.photos import Photos
    from tests.integration.bot.conftest import draw

    person = await house.person()
    photo = await Photos(house.db, house.storage, 20).take(person.user_id, draw())
    with pytest.raises(FileNotFound):
        await Gallery(house.db, house.storage).delete(person, photo.file_id)
    with pytest.raises(FileNotFound):
        await Gallery(house.db, house.storage).set_favorite(person, uuid4(), True)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", ".1", "1.x", "-1.0", "1.2.3", "9" * 11 + ".0", "²." + "1"])
async def test_a_cursor_that_is_none_of_ours_is_refused(studio, cursor):
    person = await studio.house.person()
    with pytest.raises(BadCursor):
        await studio.gallery.pictures(person, cursor=cursor)
    with pytest.raises(BadCursor):
        await studio.gallery.orders(person, cursor=cursor)
