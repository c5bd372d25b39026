"""The photos of a training as the trainer takes them: a zip with a text of the same name beside each photo.

It is written to a file photo by photo and sent piece by piece, so that it is never in memory; the same order gives the
same bytes, and the form around it is always the same.
"""

import io
import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Mapping
from typing import IO
from uuid import UUID

from PIL import Image

from services.orders import TrainOrder
from workers.backends.replicate.formats import MEGAPIXEL
from workers.backends.replicate.pictures import shrunk

_BEFORE_ALL_TIME = (1980, 1, 1, 0, 0, 0)
"""The moment of every entry: a zip knows none before it."""
_IN_MEMORY_BYTES = 1024 * 1024
"""A smaller archive needs no file."""
_PIECE_BYTES = 256 * 1024
_BOUNDARY = "dream-photo-5f0d1b8e3c7a4962"
_HEAD = (
    f"--{_BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="content"; filename="photos.zip"\r\n'
    "Content-Type: application/zip\r\n\r\n"
).encode()
_TAIL = f"\r\n--{_BOUNDARY}--\r\n".encode()

FORM_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"
"""The media type of the form in which an archive travels."""


class PhotoMissing(Exception):
    """The call came without a photo of its order."""


def archive_of(order: TrainOrder, inputs: Mapping[UUID, bytes]) -> IO[bytes]:
    """The archive, open at its beginning; it is gone once it is closed. Not for the event loop.

    Raises PhotoMissing, workers.backends.replicate.pictures.UnreadablePicture.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, prefix="dreamphoto-")  # noqa: SIM115 - given away
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for number, photo in enumerate(order.photos, start=1):
                content = inputs.get(photo.file_id)
                if content is None:
                    raise PhotoMissing(str(photo.file_id))
                archive.writestr(_entry(f"{number:03}.jpg"), _as_trained(content))
                archive.writestr(_entry(f"{number:03}.txt"), photo.words.encode())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def form_length(archive: IO[bytes]) -> int:
    """Bytes of the form around an archive."""
    size = archive.seek(0, os.SEEK_END)
    archive.seek(0)
    return len(_HEAD) + size + len(_TAIL)


async def form_pieces(archive: IO[bytes]) -> AsyncIterator[bytes]:
    """The form around an archive, piece by piece; what was just written is read from memory by the system."""
    yield _HEAD
    while piece := archive.read(_PIECE_BYTES):
        yield piece
    yield _TAIL


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _BEFORE_ALL_TIME)
    entry.create_system = 3  # the same bytes on every system
    entry.external_attr = 0o600 << 16
    return entry


def _as_trained(content: bytes) -> bytes:
    """The photo as a JPEG of at most a megapixel: more the trainer does not look at. Raises UnreadablePicture."""
    return content if _is_ready(content) else shrunk(content).content


def _is_ready(content: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            return picture.mode == "RGB" and picture.width * picture.height <= MEGAPIXEL and picture.load() is not None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False  # of another format, or of none
