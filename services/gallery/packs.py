"""Packs: themes of many photos, their previews, and the ZIP files that carry them."""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

import structlog
from zipstream import ZipStream

from db.pool import Database
from repository.files import File, FileRepository
from repository.packs import Dataset, Look, Pack, PackRepository
from repository.users import User
from services.cursors import read_number
from services.errors import DatasetEmpty, DatasetNotFound, PackNotFound
from services.storage import Storage

TELEGRAM_UPLOAD = 49_000_000
"""Bytes: Telegram takes 50 MB from a bot; what is left is room for the form around the file."""
PREVIEWS = 4
MAX_PREVIEWS = 12
MAX_PAGE = 100

_PER_FILE = 300
"""Bytes at most that a picture adds to a ZIP beside itself: two headers and twice its short name."""
_AT_A_TIME = 50
"""Rows read at a time while a ZIP is streamed."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DatasetsPage:
    """A page of orders of many photos, newest first."""

    datasets: list[Dataset]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ZipPart:
    """One ZIP file of a pack: the pictures from one place to another."""

    file_name: str
    first: int
    last: int
    """Places within the order, both included."""
    count: int
    max_bytes: int
    """The ZIP is no larger."""


class Packs:
    """What a person sees and takes away of their packs. Ordering one is `Generations.request` with a DatasetOrder."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def themes(self) -> list[Pack]:
        """The themes on offer, in their order."""
        return await PackRepository(self._db.reading).get_packs()

    async def looks(self, pack: str) -> list[Look]:
        """The looks of a theme on offer, in their order. Raises PackNotFound."""
        looks = await PackRepository(self._db.reading).get_looks(pack)
        if not looks:
            raise PackNotFound
        return looks

    async def dataset(self, person: User, dataset_id: int) -> Dataset:
        """The person's own order and what became of it so far. Raises DatasetNotFound."""
        found = await PackRepository(self._db.reading).get_dataset(dataset_id, person.user_id)
        if found is None:
            raise DatasetNotFound
        return found

    async def dataset_of_task(self, person: User, task_id: UUID) -> Dataset:
        """The person's own order that a task makes. Raises DatasetNotFound."""
        found = await PackRepository(self._db.reading).get_dataset_of_task(task_id, person.user_id)
        if found is None:
            raise DatasetNotFound
        return found

    async def datasets(self, person: User, *, limit: int = 20, cursor: str | None = None) -> DatasetsPage:
        """A page of the person's orders. Raises BadCursor."""
        count = min(max(limit, 1), MAX_PAGE)
        before = read_number(cursor)
        rows = await PackRepository(self._db.reading).get_user_datasets(person.user_id, limit=count + 1, before=before)
        more = len(rows) > count
        return DatasetsPage(rows[:count], str(rows[count - 1].dataset_id) if more else None)

    async def previews(self, person: User, dataset_id: int, *, count: int = PREVIEWS) -> list[str]:
        """Small pictures of a pack as base64 JPEGs, spread over it; none while nothing is made.

        Raises DatasetNotFound.
        """
        dataset = await self.dataset(person, dataset_id)
        sizes = await FileRepository(self._db.reading).get_output_sizes(dataset.generation_id)
        wanted = min(max(count, 1), MAX_PREVIEWS, len(sizes))
        small: list[str] = []
        for number in range(wanted):
            place, _ = sizes[number * len(sizes) // wanted]
            (file,) = await FileRepository(self._db.reading).get_outputs_between(
                dataset.generation_id, place, place, limit=1
            )
            with suppress(FileNotFoundError):
                content = await self._storage.get(file.thumbnail_key or file.storage_key)
                small.append(base64.b64encode(content).decode())
        return small

    async def zip_whole(self, person: User, dataset_id: int) -> ZipPart:
        """The pack as one ZIP, for a download. Raises DatasetNotFound, DatasetEmpty."""
        (part,) = await self._parts(person, dataset_id, limit=None)
        return part

    async def zip_parts(self, person: User, dataset_id: int, *, limit: int = TELEGRAM_UPLOAD) -> list[ZipPart]:
        """The pack as ZIP files of at most `limit` bytes each, in order; a larger picture has one for itself.

        Raises DatasetNotFound, DatasetEmpty.
        """
        return await self._parts(person, dataset_id, limit=limit)

    async def zip_stream(self, person: User, dataset_id: int, part: ZipPart) -> AsyncIterator[bytes]:
        """The bytes of a ZIP file, made while they are read: one picture is in memory, however many there are.

        The names within are ours. A picture that is deleted meanwhile is left out. Raises DatasetNotFound.
        """
        dataset = await self.dataset(person, dataset_id)
        return self._zipped(dataset, part)

    async def _zipped(self, dataset: Dataset, part: ZipPart) -> AsyncIterator[bytes]:
        archive = ZipStream()  # stored as they are: JPEG does not get smaller
        async for file in self._files(dataset.generation_id, part.first, part.last):
            try:
                content = await self._storage.get(file.storage_key)
            except FileNotFoundError:
                _log.warning("pack.bytes_gone", file_id=str(file.file_id))
                continue
            archive.add(content, f"{_stem(dataset)}-{(file.position or 0) + 1:04}.{_suffix(file)}")
            for piece in archive.file():
                yield piece
        for piece in archive.finalize():
            yield piece

    async def _files(self, generation_id: int, first: int, last: int) -> AsyncIterator[File]:
        while True:
            files = await FileRepository(self._db.reading).get_outputs_between(
                generation_id, first, last, limit=_AT_A_TIME
            )
            for file in files:
                yield file
            if len(files) < _AT_A_TIME:
                return
            first = (files[-1].position or 0) + 1

    async def _parts(self, person: User, dataset_id: int, *, limit: int | None) -> list[ZipPart]:
        dataset = await self.dataset(person, dataset_id)
        sizes = await FileRepository(self._db.reading).get_output_sizes(dataset.generation_id)
        if not sizes:
            raise DatasetEmpty
        groups = _split(sizes, limit)
        stem = f"{_stem(dataset)}-{dataset.created_at.astimezone(UTC):%Y%m%d}-{dataset.dataset_id}"
        return [
            ZipPart(
                f"{stem}.zip" if len(groups) == 1 else f"{stem}-{number}-of-{len(groups)}.zip",
                group[0][0],
                group[-1][0],
                len(group),
                sum(size + _PER_FILE for _, size in group) + _PER_FILE,
            )
            for number, group in enumerate(groups, start=1)
        ]


def _split(sizes: Sequence[tuple[int, int]], limit: int | None) -> list[list[tuple[int, int]]]:
    """Places and sizes in groups that fit the limit, in order."""
    groups: list[list[tuple[int, int]]] = [[]]
    total = _PER_FILE
    for place, size in sizes:
        if groups[-1] and limit is not None and total + size + _PER_FILE > limit:
            groups.append([])
            total = _PER_FILE
        groups[-1].append((place, size))
        total += size + _PER_FILE
    return groups


def _stem(dataset: Dataset) -> str:
    """The beginning of names in and of ZIP files: ours, never words that a person sent."""
    return f"dream-photo-{dataset.pack or 'pack'}"


def _suffix(file: File) -> str:
    return file.storage_key.rpartition(".")[2]
