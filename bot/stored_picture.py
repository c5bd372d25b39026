"""A file on its way from the storage to Telegram, piece by piece: a photo, reduced where it is too heavy; the moving
picture of a solid; a document."""

import asyncio
import io
from collections.abc import AsyncGenerator

from aiogram import Bot
from aiogram.types import BufferedInputFile, InputFile, Message
from PIL import Image

from repository.files import File
from services.storage import PIECE_BYTES, Storage

PHOTO_LIMIT = 10 * 1024 * 1024
"""Bytes that a photo may have (Bot API, sendPhoto)."""
SHOWN_SIDE = 2560
"""Pixels: Telegram keeps no larger photos, so that nothing is lost on the screen."""
DOCUMENT_LIMIT = 50 * 1024 * 1024
"""Bytes that a bot may send (Bot API, sendDocument)."""


class StoredPicture(InputFile):
    """Read anew for every try of an upload, and never whole in memory: twenty albums may be on their way at once."""

    def __init__(self, storage: Storage, key: str, file_name: str | None = None) -> None:
        super().__init__(filename=file_name or f"picture.{key.rsplit('.', 1)[-1]}", chunk_size=PIECE_BYTES)
        self._storage = storage
        self._key = key

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The pieces."""
        async for piece in self._storage.stream(self._key):
            yield piece


async def shown_of(storage: Storage, file: File) -> InputFile:
    """What is shown of a file: a picture as Telegram takes it for a photo, of a solid the picture that turns it around.

    Raises FileNotFoundError where the bytes are gone.
    """
    if file.preview_key is not None:
        return await stored(storage, file.preview_key)
    whole = await stored(storage, file.storage_key)
    if file.size_bytes <= PHOTO_LIMIT:
        return whole
    return BufferedInputFile(await asyncio.to_thread(_reduced, await storage.get(file.storage_key)), "picture.jpg")


async def stored(storage: Storage, key: str, file_name: str | None = None) -> InputFile:
    """The bytes as they are. Raises FileNotFoundError: found out during the upload it would look like the network."""
    if not await storage.has(key):
        raise FileNotFoundError(key)
    return StoredPicture(storage, key, file_name)


def telegram_name_of(message: Message) -> str | None:
    """Telegram's name for the picture that a message shows, moving or still."""
    if message.animation is not None:
        return message.animation.file_id
    return message.photo[-1].file_id if message.photo else None


def _reduced(content: bytes) -> bytes:
    """The same picture as a JPEG of the size that is shown; the file stays as it was made."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
        picture.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
        shown = picture.convert("RGB")
    shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=90)
    return out.getvalue()
