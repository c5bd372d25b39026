"""A picture on its way from the storage to Telegram, piece by piece."""

from collections.abc import AsyncGenerator

from aiogram import Bot
from aiogram.types import InputFile

from services.storage import PIECE_BYTES, Storage


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
