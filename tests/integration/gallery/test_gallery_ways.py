"""The ways back: to newer pictures under every filter, to a page that holds a place, to months and drafts."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.drafts.drafts import DraftContent, Drafts
from services.gallery.pictures import EVERYTHING, GalleryFilter
from services.orders import TaskKind
from tests.integration.gallery.conftest import Studio

FILTERS = {
    "all": EVERYTHING,
    "kind": GalleryFilter(kind=TaskKind.TEXT_TO_IMAGE),
    "favourites": GalleryFilter(favorite=True),
    "favourites of a kind": GalleryFilter(favorite=True, kind=TaskKind.TEXT_TO_IMAGE),
    "tag": GalleryFilter(tag="sea"),
    "tag of favourites": GalleryFilter(tag="sea", favorite=True),
    "words": GalleryFilter(text="fo"),
    "words with a tag": GalleryFilter(text="fox", tag="sea"),
    "span": GalleryFilter(since=datetime(2026, 1, 3, tzinfo=UTC), until=datetime(2026, 1, 6, tzinfo=UTC)),
    "nothing": GalleryFilter(kind=TaskKind.DATASET),
}


@pytest.fixture
async def many(studio: Studio) -> Studio:
    """Eight days of two pictures; every second order is of foxes, the marks lie over both."""
    person = await studio.house.person()
    for day in range(1, 9):
        pictures = await studio.make("a fox" if day % 2 else "a hare", pictures=2)
        await studio.make("somebody else's fox", user_id=200)
        await studio.house.db.reading.execute(
            """UPDATE "Generation" SET created_at = $2 WHERE generation_id = $1""",
            pictures[0].place[0],
            datetime(2026, 1, day, tzinfo=UTC),
        )
        await studio.gallery.set_favorite(person, pictures[day % 2].file.file_id, day % 3 != 0)
        await studio.gallery.set_tags(person, pictures[0].file.file_id, ["sea"] if day < 6 else ["sky"])
    return studio


async def listed(studio: Studio, wanted: GalleryFilter) -> list[UUID]:
    page = await studio.gallery.pictures(await studio.house.person(), wanted, limit=100)
    return [picture.file.file_id for picture in page.pictures]


@pytest.mark.parametrize("name", FILTERS)
async def test_going_back_meets_the_same_pictures_as_going_on(many, name):
    wanted, person, gallery = FILTERS[name], await many.house.person(), many.gallery
    onwards = await listed(many, wanted)
    if not onwards:
        return
    picture = await gallery.picture(person, onwards[-1])
    back = [picture.file.file_id]
    while page := await gallery.pictures_before(person, wanted, picture.cursor, limit=1):
        [picture] = page.pictures
        back.append(picture.file.file_id)
    assert back == onwards[::-1]


@pytest.mark.parametrize("name", FILTERS)
async def test_neighbours_are_promised_only_where_there_are_some(many, name):
    wanted, person, gallery = FILTERS[name], await many.house.person(), many.gallery
    onwards = [await gallery.picture(person, file_id) for file_id in await listed(many, wanted)]
    for place, picture in enumerate(onwards):
        turns = await gallery.turns(person, wanted, picture, picture)
        assert (turns.newer, turns.older) == (place > 0, place < len(onwards) - 1)


async def test_a_page_back_ends_just_before_and_the_first_one_is_full(many):
    person, onwards = await many.house.person(), await listed(many, EVERYTHING)
    picture = await many.gallery.picture(person, onwards[7])
    page = await many.gallery.pictures_before(person, EVERYTHING, picture.cursor, limit=5)
    assert [one.file.file_id for one in page.pictures] == onwards[2:7]
    page = await many.gallery.pictures_before(person, EVERYTHING, page.pictures[0].cursor, limit=5)
    assert [one.file.file_id for one in page.pictures] == onwards[:5], "two are newer; the page begins at the newest"
    assert await many.gallery.pictures_before(person, EVERYTHING, page.pictures[0].cursor, limit=5) is None


async def test_a_page_can_begin_with_a_picture(many):
    person, onwards = await many.house.person(), await listed(many, FILTERS["tag"])
    for place, file_id in enumerate(onwards):
        picture = await many.gallery.picture(person, file_id)
        page = await many.gallery.pictures_from(person, FILTERS["tag"], picture.cursor, limit=3)
        assert [one.file.file_id for one in page.pictures] == onwards[place : place + 3]


async def test_the_months_are_those_that_have_pictures(many):
    person = await many.house.person()
    [old], [gone] = await many.make("old"), await many.make("gone")
    for picture, year in ((old, 2024), (gone, 2025)):
        await many.house.db.reading.execute(
            """UPDATE "Generation" SET created_at = $2 WHERE generation_id = $1""",
            picture.place[0],
            datetime(year, 12, 31, 23, 59, tzinfo=UTC),
        )
    await many.gallery.delete(person, gone.file.file_id)
    assert await many.gallery.months(person) == [datetime(2026, 1, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC)]
    assert await many.gallery.months(person, limit=1) == [datetime(2026, 1, 1, tzinfo=UTC)]
    assert await many.gallery.months(await many.house.person(300)) == []


async def test_a_picture_leads_to_the_draft_that_brought_it(studio):
    person = await studio.house.person()
    draft = await Drafts(studio.house.db).begin(person, DraftContent(prompt="a fox"))
    [drafted] = await studio.make(order=draft.order(), key=draft.key)
    [elsewhere] = await studio.make("a hare")
    assert await studio.gallery.draft_of(person, drafted) == draft.draft_id
    assert await studio.gallery.draft_of(person, elsewhere) is None


async def test_a_thumbnail_that_is_gone_is_none(studio):
    [picture] = await studio.make()
    assert await studio.gallery.thumbnail(picture) == b"thumb"
    await studio.house.storage.delete(picture.file.thumbnail_key)
    assert await studio.gallery.thumbnail(picture) is None
