"""The gallery: lists with filters and pages, marks on a picture, its full resolution, its end."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from config.failpoints import Write
from db.pool import Database
from repository.files import File
from repository.gallery import FIRST, GalleryRepository, Picture
from repository.gallery_orders import GalleryOrderRepository
from repository.gallery_ways import GalleryWayRepository, Place
from repository.generations import Generation
from repository.marks import MarkRepository
from repository.tasks import TaskStatus
from repository.users import User
from repository.words import search_query
from services.drafts.drafts import draft_of_key
from services.erasable import ErasableFiles
from services.errors import BadTag, NoteTooLong, PictureNotFound, TooManyTags
from services.gallery.cursors import cursor_of, read_place
from services.orders import TaskKind
from services.storage import Storage

MAX_TAGS = 20
"""Of one picture."""
MAX_TAG_LENGTH = 32
"""Characters."""
MAX_NOTES = 1000
"""Characters."""
MAX_PAGE = 100

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """Which pictures or orders to list; None and blank texts leave them all in."""

    kind: TaskKind | None = None
    favorite: bool | None = None
    """Pictures alone."""
    tag: str | None = None
    """Pictures alone."""
    text: str = ""
    """Words of the order, or their beginnings, all of them."""
    status: TaskStatus | None = None
    """Orders alone: whatever has pictures has ended."""
    model_id: int | None = None
    """Orders alone."""
    since: datetime | None = None
    until: datetime | None = None
    """Orders from `since` on and before `until`."""


EVERYTHING = GalleryFilter()


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """A page of pictures, newest first."""

    pictures: list[Picture]
    cursor: str | None
    """Where the next page begins; None: this was the last."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Where one can turn to from a page."""

    newer: bool
    older: bool


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """A page of orders, newest first."""

    orders: list[Generation]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Download:
    """A picture in full resolution, under a name of ours."""

    file: File
    file_name: str
    content: AsyncIterator[bytes]
    """Piece by piece: never whole in memory."""


class Gallery:
    """What a person sees and does with their pictures."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage
        self._erasable = ErasableFiles(db, storage)

    async def picture(self, person: User, file_id: UUID) -> Picture:
        """The person's own picture with its marks. Raises PictureNotFound."""
        picture = await GalleryRepository(self._db.reading).get_picture(file_id, person.user_id)
        if picture is None:
            raise PictureNotFound
        return picture

    async def pictures(
        self, person: User, wanted: GalleryFilter = EVERYTHING, *, limit: int = 20, cursor: str | None = None
    ) -> PicturesPage:
        """A page of the person's pictures. Raises BadCursor.

        The filter that leaves the fewest in chooses the way: words, a tag, favourites, a kind. A filter by status or
        model belongs to orders and is not looked at.
        """
        gallery, user_id = GalleryRepository(self._db.reading), person.user_id
        after, oldest = await self._span(user_id, wanted, read_place(cursor))
        kind, tag = wanted.kind.value if wanted.kind else None, _plain_tag(wanted.tag) or None
        count = min(max(limit, 1), MAX_PAGE)
        if query := search_query(user_id, wanted.text):
            rows = await gallery.find_pictures(
                user_id, query, count + 1, after, oldest, kind=kind, favorite=wanted.favorite, tag=tag
            )
        elif tag:
            rows = await gallery.get_tagged(user_id, tag, count + 1, after, oldest, kind=kind, favorite=wanted.favorite)
        elif wanted.favorite:
            rows = await gallery.get_favorites(user_id, count + 1, after, oldest, kind=kind)
        elif kind:
            rows = await gallery.get_pictures_of_kind(user_id, kind, count + 1, after, oldest)
        else:
            rows = await gallery.get_pictures(user_id, count + 1, after, oldest)
        return PicturesPage(rows[:count], rows[count - 1].cursor if len(rows) > count else None)

    async def pictures_before(
        self, person: User, wanted: GalleryFilter, cursor: str, *, limit: int
    ) -> PicturesPage | None:
        """The page that ends just before the place of a cursor; None: there is nothing newer. Raises BadCursor."""
        newer = await self._newer(person.user_id, wanted, read_place(cursor), limit + 1)
        if not newer:
            return None
        return await self.pictures(
            person, wanted, limit=limit, cursor=cursor_of(newer[limit]) if len(newer) > limit else None
        )

    async def pictures_from(self, person: User, wanted: GalleryFilter, cursor: str, *, limit: int) -> PicturesPage:
        """The page that begins with the picture at a place, or with the next older one. Raises BadCursor."""
        newer = await self._newer(person.user_id, wanted, read_place(cursor), 1)
        return await self.pictures(person, wanted, limit=limit, cursor=cursor_of(newer[0]) if newer else None)

    async def turns(self, person: User, wanted: GalleryFilter, first: Picture, last: Picture) -> Turns:
        """Whether a page from `first` to `last` has newer and older neighbours."""
        newer = await self._newer(person.user_id, wanted, first.place, 1)
        older = await self.pictures(person, wanted, limit=1, cursor=last.cursor)
        return Turns(bool(newer), bool(older.pictures))

    async def favorites(self, person: User, *, limit: int = 20, cursor: str | None = None) -> PicturesPage:
        """A page of the person's favourites. Raises BadCursor."""
        return await self.pictures(person, GalleryFilter(favorite=True), limit=limit, cursor=cursor)

    async def orders(
        self, person: User, wanted: GalleryFilter = EVERYTHING, *, limit: int = 20, cursor: str | None = None
    ) -> OrdersPage:
        """A page of the person's orders, those without pictures too. Raises BadCursor."""
        orders, user_id = GalleryOrderRepository(self._db.reading), person.user_id
        (before, _), oldest = await self._span(user_id, wanted, read_place(cursor))
        kind = wanted.kind.value if wanted.kind else None
        count = min(max(limit, 1), MAX_PAGE)
        if query := search_query(user_id, wanted.text):
            rows = await orders.find_orders(
                user_id, query, count + 1, before, oldest, kind=kind, status=wanted.status, model_id=wanted.model_id
            )
        elif wanted.status:
            rows = await orders.get_orders_of_status(
                user_id, wanted.status, count + 1, before, oldest, kind=kind, model_id=wanted.model_id
            )
        elif kind:
            rows = await orders.get_orders_of_kind(user_id, kind, count + 1, before, oldest, model_id=wanted.model_id)
        elif wanted.model_id is not None:
            rows = await orders.get_orders_of_model(user_id, wanted.model_id, count + 1, before, oldest)
        else:
            rows = await orders.get_orders(user_id, count + 1, before, oldest)
        more = len(rows) > count
        return OrdersPage(rows[:count], f"{rows[count - 1].generation_id}.0" if more else None)

    async def months(self, person: User, *, limit: int = 24) -> list[datetime]:
        """The months of which the person has pictures, newest first, each as its first moment in UTC."""
        return await GalleryWayRepository(self._db.reading).get_months(person.user_id, limit)

    async def draft_of(self, person: User, picture: Picture) -> int | None:
        """The draft that brought a picture, or None where it was not ordered with one."""
        if picture.order_kind == TaskKind.DATASET:  # a pack is chosen anew, not ordered picture by picture
            return None
        ways = GalleryWayRepository(self._db.reading)
        return draft_of_key(await ways.get_order_key(picture.place[0], person.user_id))

    async def tags(self, person: User) -> list[str]:
        """The tags that the person uses, in their alphabet."""
        return await GalleryRepository(self._db.reading).get_tags(person.user_id)

    async def set_favorite(self, person: User, file_id: UUID, favorite: bool) -> None:
        """Mark a picture as a favourite, or no longer. Raises PictureNotFound."""
        marks = MarkRepository(self._db.writing(Write.PICTURE_MARK))
        if not await marks.set_favorite(file_id, person.user_id, favorite):
            raise PictureNotFound

    async def set_notes(self, person: User, file_id: UUID, notes: str) -> None:
        """Write the notes of a picture; blank ones take them away. Raises PictureNotFound, NoteTooLong."""
        plain = notes.strip().replace("\0", "")
        if len(plain) > MAX_NOTES:
            raise NoteTooLong(limit=MAX_NOTES)
        if not await MarkRepository(self._db.writing(Write.PICTURE_MARK)).set_notes(file_id, person.user_id, plain):
            raise PictureNotFound

    async def set_tags(self, person: User, file_id: UUID, tags: Sequence[str]) -> list[str]:
        """Give a picture these tags and no others; returns them as they are kept: small letters, each once.

        Raises PictureNotFound, BadTag, TooManyTags.
        """
        plain = sorted({tag for given in tags if (tag := _plain_tag(given))})
        if any(len(tag) > MAX_TAG_LENGTH for tag in plain):
            raise BadTag(limit=MAX_TAG_LENGTH)
        if len(plain) > MAX_TAGS:
            raise TooManyTags(limit=MAX_TAGS)
        async with self._db.transaction(Write.PICTURE_MARK) as tx:
            if not await MarkRepository(tx).set_tags(file_id, person.user_id, plain):
                raise PictureNotFound
        return plain

    async def delete(self, person: User, file_id: UUID) -> None:
        """Delete a picture: its row at once, its bytes right after or by the next sweep. Raises PictureNotFound.

        The order, its price and its story stay: what was paid for was made.
        """
        keys = await MarkRepository(self._db.writing(Write.PICTURE_DELETE)).delete_picture(file_id, person.user_id)
        if not keys:
            raise PictureNotFound
        await self._erasable.erase(keys)

    async def download(self, person: User, file_id: UUID) -> Download:
        """The picture as it was made, in full resolution. Raises PictureNotFound, where only its bytes are gone too."""
        file = (await self.picture(person, file_id)).file
        if not await self._storage.has(file.storage_key):
            raise PictureNotFound
        return Download(file, file_name_of(file), self._storage.stream(file.storage_key))

    async def thumbnail(self, picture: Picture) -> bytes | None:
        """A small JPEG of it, or None where there is none."""
        if picture.file.thumbnail_key is None:
            return None
        try:
            return await self._storage.get(picture.file.thumbnail_key)
        except FileNotFoundError:
            return None

    async def _newer(self, user_id: int, wanted: GalleryFilter, before: Place, limit: int) -> list[Place]:
        """The next newer places that a filter leaves in, the oldest of them first; ways are chosen as in `pictures`."""
        ways = GalleryWayRepository(self._db.reading)
        (end, _), oldest = await self._span(user_id, wanted, FIRST)
        before, newest = max(before, (oldest, -1)), end - 1
        kind, tag = wanted.kind.value if wanted.kind else None, _plain_tag(wanted.tag) or None
        if query := search_query(user_id, wanted.text):
            return await ways.find_newer(
                user_id, query, limit, before, newest, kind=kind, favorite=wanted.favorite, tag=tag
            )
        if tag:
            return await ways.get_newer_tagged(user_id, tag, limit, before, newest, kind=kind, favorite=wanted.favorite)
        if wanted.favorite:
            return await ways.get_newer_favorites(user_id, limit, before, newest, kind=kind)
        if kind:
            return await ways.get_newer_of_kind(user_id, kind, limit, before, newest)
        return await ways.get_newer(user_id, limit, before, newest)

    async def _span(self, user_id: int, wanted: GalleryFilter, after: tuple[int, int]) -> tuple[tuple[int, int], int]:
        """The place to go on after, and the oldest order that counts."""
        if wanted.since is None and wanted.until is None:
            return after, 0
        orders = GalleryOrderRepository(self._db.reading)
        oldest, newest = await orders.get_bounds(user_id, wanted.since or _BEGINNING, wanted.until or _END)
        return min(after, (newest + 1, 0)), oldest


def file_name_of(file: File) -> str:
    """The name under which an output leaves the house: dream-photo-57-1.jpg, dream-photo-3d-57.glb."""
    suffix = file.storage_key.rpartition(".")[2]
    if not file.is_picture:
        return f"dream-photo-3d-{file.generation_id}.{suffix}"
    return f"dream-photo-{file.generation_id}-{(file.position or 0) + 1}.{suffix}"


def _plain_tag(tag: str | None) -> str:
    return " ".join((tag or "").replace("\0", "").casefold().strip().lstrip("#").split())
