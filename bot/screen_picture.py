"""Pictures on the menu message: Telegram's own name for them where it is known, their bytes where it is not."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from aiogram.types import BufferedInputFile, InputFile
from redis.asyncio import Redis

from bot.stored_picture import shown_of
from repository.files import File
from services.errors import FileNotFound
from services.notifications import Notifications
from services.storage import Storage

NAMES_KEPT_FOR = timedelta(days=30)


class ScreenPicture(Protocol):
    """A picture that a screen can show."""

    @property
    def is_moving(self) -> bool:
        """Whether it is an animation to Telegram, else a photo: a name of the one is none of the other."""

    async def telegram_file_id(self) -> str | None:
        """Telegram's name for it, None where it was not sent yet or the name was lost."""

    async def upload(self) -> InputFile:
        """Its bytes. Raises FileNotFound where they are gone."""

    async def keep(self, telegram_file_id: str) -> None:
        """Remember Telegram's name, so that it is uploaded once."""


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A person's picture or photo."""

    file: File
    storage: Storage
    notifications: Notifications

    @property
    def is_moving(self) -> bool:
        """A solid shows itself from all sides."""
        return self.file.preview_key is not None

    async def telegram_file_id(self) -> str | None:
        """The name that its row keeps."""
        return self.file.telegram_file_id

    async def upload(self) -> InputFile:
        """The stored bytes, piece by piece. Raises FileNotFound."""
        try:
            return await shown_of(self.storage, self.file)
        except FileNotFoundError as error:
            raise FileNotFound from error

    async def keep(self, telegram_file_id: str) -> None:
        """Write the name into its row."""
        await self.notifications.keep_telegram_file_id(self.file, telegram_file_id)


@dataclass(frozen=True, slots=True)
class HousePicture:
    """A picture of the house itself: the same bytes for everybody, a JPEG. Redis may forget its name at any time."""

    content: bytes
    redis: Redis
    namespace: str
    bot_id: int
    """Names belong to a bot: another token uploads anew."""

    @property
    def is_moving(self) -> bool:
        """Never."""
        return False

    async def telegram_file_id(self) -> str | None:
        """The name in Redis."""
        name: bytes | None = await self.redis.get(self._key)
        return name.decode() if name else None

    async def upload(self) -> InputFile:
        """The bytes."""
        return BufferedInputFile(self.content, "picture.jpg")

    async def keep(self, telegram_file_id: str) -> None:
        """Write the name to Redis."""
        await self.redis.set(self._key, telegram_file_id, ex=NAMES_KEPT_FOR)

    @property
    def _key(self) -> str:
        return f"{self.namespace}:picture:{self.bot_id}:{hashlib.sha256(self.content).hexdigest()}"


@dataclass(frozen=True, slots=True)
class PassingPicture:
    """A JPEG that was drawn for one look: uploaded each time and remembered nowhere, the next may be another."""

    content: bytes

    @property
    def is_moving(self) -> bool:
        """Never."""
        return False

    async def telegram_file_id(self) -> str | None:
        """No name is kept."""
        return None

    async def upload(self) -> InputFile:
        """The bytes."""
        return BufferedInputFile(self.content, "picture.jpg")

    async def keep(self, telegram_file_id: str) -> None:
        """Nothing is kept."""


class ScreenPictures:
    """Makes pictures for screens, with what they need to be found again."""

    def __init__(
        self, storage: Storage, notifications: Notifications, redis: Redis, namespace: str, bot_id: int
    ) -> None:
        self._storage = storage
        self._notifications = notifications
        self._redis = redis
        self._namespace = namespace
        self._bot_id = bot_id

    def own(self, file: File) -> ScreenPicture:
        """A person's picture or photo."""
        return OwnPicture(file, self._storage, self._notifications)

    def house(self, content: bytes) -> ScreenPicture:
        """A JPEG of the house."""
        return HousePicture(content, self._redis, self._namespace, self._bot_id)
