"""A picture on its way to Telegram as a document: as it was made, piece by piece, under a name of ours."""

from collections.abc import AsyncGenerator
from uuid import UUID

from aiogram import Bot
from aiogram.types import InputFile

from repository.users import User
from services.gallery.pictures import Gallery
from services.storage import PIECE_BYTES


class PictureDocument(InputFile):
    """Read anew for every try of an upload."""

    def __init__(self, gallery: Gallery, person: User, file_id: UUID, file_name: str) -> None:
        super().__init__(filename=file_name, chunk_size=PIECE_BYTES)
        self._gallery = gallery
        self._person = person
        self._file_id = file_id

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The pieces. Raises FileNotFound."""
        download = await self._gallery.download(self._person, self._file_id)
        async for piece in download.content:
            yield piece
