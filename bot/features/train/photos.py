"""The photos of a set, one after the other and sheet by sheet."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PIL import Image, ImageDraw

from bot.contact_sheets import EMPTY, empty_sheet, encoded, lay_out, number_badge, square
from services.errors import FileNotFound
from services.storage import Storage
from services.training.sets import JudgedPhoto, SetView

ON_SHEET = 9
SHEET_COLUMNS = 3
_SIDE = 300
"""Pixels of a photo on a sheet; thumbnails are 320 at their longer side."""
_FRAME = 6
"""Pixels."""
_GOOD, _BAD, _WAITING = (72, 187, 120), (229, 83, 83), (150, 155, 168)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The photos beside one; the last is beside the first."""

    before: UUID
    after: UUID
    are_others: bool


def is_bad(photo: JudgedPhoto) -> bool:
    """Whether it will not do: as it is, or because nobody could look at it."""
    return not photo.is_waiting and (photo.verdict is None or not photo.verdict.is_good)


def bad_photos(view: SetView) -> list[JudgedPhoto]:
    """Those that will not do."""
    return [photo for photo in view.photos if is_bad(photo)]


def photo_of(view: SetView, file_id: UUID) -> JudgedPhoto:
    """One photo of the set. Raises FileNotFound."""
    for photo in view.photos:
        if photo.file.file_id == file_id:
            return photo
    raise FileNotFound


def place_of(view: SetView, photo: JudgedPhoto) -> int:
    """How many photos stand before it."""
    return view.photos.index(photo)


def neighbours_of(view: SetView, photo: JudgedPhoto) -> Neighbours:
    """The photos beside it."""
    place = place_of(view, photo)
    before, after = view.photos[place - 1], view.photos[(place + 1) % len(view.photos)]
    return Neighbours(before.file.file_id, after.file.file_id, are_others=len(view.photos) > 1)


def pages_of(view: SetView) -> int:
    """Sheets."""
    return -(-len(view.photos) // ON_SHEET)


def on_page(view: SetView, page: int) -> Sequence[JudgedPhoto]:
    """The photos of a sheet, from 0."""
    return view.photos[page * ON_SHEET : (page + 1) * ON_SHEET]


async def sheet_of(storage: Storage, photos: Sequence[JudgedPhoto]) -> bytes:
    """A JPEG of the photos with their numbers, each framed in the colour of its verdict."""
    thumbnails = [await _thumbnail(storage, photo) for photo in photos]
    return await asyncio.to_thread(_draw, photos, thumbnails)


async def _thumbnail(storage: Storage, photo: JudgedPhoto) -> bytes | None:
    if photo.file.thumbnail_key is None:
        return None
    try:
        return await storage.get(photo.file.thumbnail_key)
    except FileNotFoundError:
        return None


def _draw(photos: Sequence[JudgedPhoto], thumbnails: Sequence[bytes | None]) -> bytes:
    layout = lay_out(len(photos) + -len(photos) % SHEET_COLUMNS, SHEET_COLUMNS, (_SIDE, _SIDE))
    sheet = empty_sheet(layout.size)
    draw = ImageDraw.Draw(sheet)
    for photo, thumbnail, place in zip(photos, thumbnails, layout.places, strict=False):
        sheet.paste(_tile(thumbnail), place)
        corner = (place[0] + _SIDE - 1, place[1] + _SIDE - 1)
        draw.rectangle((place, corner), outline=_colour(photo), width=_FRAME)
        number_badge(sheet, place, photo.number)
    return encoded(sheet)


def _tile(thumbnail: bytes | None) -> Image.Image:
    try:
        if thumbnail is not None:
            return square(thumbnail, _SIDE)
    except OSError:  # half a file on a full disk: the others are shown
        pass
    return Image.new("RGB", (_SIDE, _SIDE), EMPTY)


def _colour(photo: JudgedPhoto) -> tuple[int, int, int]:
    if photo.is_waiting:
        return _WAITING
    return _BAD if is_bad(photo) else _GOOD
