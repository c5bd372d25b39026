"""A picture on its way from the storage to Telegram as a photo, piece by piece, and reduced where it is too heavy."""

import asyncio
import io
from collections.abc import AsyncGenerator

from aiogram import Bot
from aiogram.types import BufferedInputFile, InputFile
from PIL import Image

from repository.files import File
from services.storage import PIECE_BYTES, Storage

PHOTO_LIMIT = 10 * 1024 * 1024
"""Bytes that a photo may have (Bot API, sendPhoto)."""
SHOWN_SIDE = 2560
"""Pixels: Telegram keeps no larger photos, so that nothing is lost on the screen."""


class StoredPicture(InputFile):
    """Read anew for every try of an upload, and never whole in memory: twenty albums may be on their way at once."""

    def __init__(self, storage: Storage, key: str) -> None:
        super().__init__(filename=f"picture.{key.rsplit('.', 1)[-1]}", chunk_size=PIECE_BYTES)
        self._storage = storage
        self._key = key

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The pieces."""
        async for piece in self._storage.stream(self._key):
            yield piece


async def photo_of(storage: Storage, file: File) -> InputFile:
    """The picture as Telegram takes it for a photo. Raises FileNotFoundError where its bytes are gone."""
    if not await storage.has(file.storage_key):  # found out during the upload it would look like the network
        raise FileNotFoundError(file.storage_key)
    if file.size_bytes <= PHOTO_LIMIT:
        return StoredPicture(storage, file.storage_key)
    return BufferedInputFile(await asyncio.to_thread(_reduced, await storage.get(file.storage_key)), "picture.jpg")


def _reduced(content: bytes) -> bytes:
    """The same picture as a JPEG of the size that is shown; the file stays as it was made."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
        picture.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
        shown = picture.convert("RGB")
    shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=90)
    return out.getvalue()
