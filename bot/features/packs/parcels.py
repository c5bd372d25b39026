"""Packs on their way as ZIP files, beside everything else: minutes of upload hold up nobody's next press."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
)
from aiogram.types import InputFile
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.chat_actions import keep_showing
from bot.features.packs.keyboards import zip_again_keyboard
from bot.polling import PASSING
from bot.texts import Translate
from repository.packs import Dataset
from repository.users import User
from services.errors import ProductError
from services.gallery.packs import Packs, ZipPart

AT_ONCE = 4
"""Uploads side by side: each may take all that the line gives."""
UPLOAD_SECONDS = 900
TRIES = 3
PAUSE = 2.0
"""Seconds before another try."""
MARK_SECONDS = 20
"""How long a process that dies keeps a pack from being sent again."""
LAST_WORD = 1.0
"""Seconds, at a stop, to say that the ZIP does not come."""

_log = structlog.get_logger(__name__)


class ZipFile(InputFile):
    """A part of a pack, zipped while it is sent, and anew for every try: one picture is in memory."""

    def __init__(self, packs: Packs, person: User, dataset_id: int, part: ZipPart) -> None:
        super().__init__(filename=part.file_name)
        self._packs = packs
        self._person = person
        self._dataset_id = dataset_id
        self._part = part

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The pieces."""
        async for piece in await self._packs.zip_stream(self._person, self._dataset_id, self._part):
            yield piece


class Parcels:
    """Sends packs. A process that dies leaves one unsent: the button sends it again."""

    def __init__(self, packs: Packs, redis: Redis, namespace: str, *, pause: float = PAUSE) -> None:
        self._packs = packs
        self._redis = redis
        self._namespace = namespace
        self._pause = pause
        self._room = asyncio.Semaphore(AT_ONCE)
        self._on_their_way: set[asyncio.Task[None]] = set()

    async def send(self, bot: Bot, person: User, t: Translate, dataset: Dataset, parts: Sequence[ZipPart]) -> bool:
        """Begin to send the parts in order; False: this pack is on its way already, from whichever process."""
        mark = f"{self._namespace}:zip:{person.user_id}:{dataset.dataset_id}"
        if not await self._redis.set(mark, b"1", nx=True, ex=MARK_SECONDS):
            return False
        sending = asyncio.create_task(self._see_through(bot, person, t, dataset, parts, mark))
        self._on_their_way.add(sending)
        sending.add_done_callback(self._on_their_way.discard)
        return True

    async def settle(self) -> None:
        """Wait for what is on its way."""
        while self._on_their_way:
            await asyncio.wait(self._on_their_way)

    async def aclose(self) -> None:
        """Leave what is on its way, and say so to the people who wait for it."""
        for sending in self._on_their_way:
            sending.cancel()
        await self.settle()

    async def _see_through(
        self, bot: Bot, person: User, t: Translate, dataset: Dataset, parts: Sequence[ZipPart], mark: str
    ) -> None:
        try:
            async with keep_showing(bot, person.user_id, ChatAction.UPLOAD_DOCUMENT), self._marked(mark), self._room:
                for number, part in enumerate(parts, start=1):
                    caption = t("zip-part", part=number, parts=len(parts)) if len(parts) > 1 else None
                    await self._send_part(bot, person, dataset, part, caption)
            _log.info("zip.sent", dataset_id=dataset.dataset_id, parts=len(parts))
        except TelegramForbiddenError as error:
            _log.info("zip.blocked", error=error.message)
        except ProductError as error:  # the pack, or its person, was erased meanwhile
            _log.info("zip.nothing_left", code=error.code)
        except asyncio.CancelledError:
            await self._say_it_does_not_come(bot, person, t, dataset)
            raise
        except Exception:  # noqa: BLE001 - the door's edge: nobody else hears of it
            _log.exception("zip.not_sent", dataset_id=dataset.dataset_id)
            await self._say_it_does_not_come(bot, person, t, dataset)

    async def _send_part(self, bot: Bot, person: User, dataset: Dataset, part: ZipPart, caption: str | None) -> None:
        """Raises what Telegram raises at the last try."""
        for tries_left in reversed(range(TRIES)):
            try:
                await bot.send_document(
                    person.user_id,
                    ZipFile(self._packs, person, dataset.dataset_id, part),
                    caption=caption,
                    request_timeout=UPLOAD_SECONDS,
                )
            except TelegramEntityTooLarge:  # a network error to aiogram, and yet the same at every try
                raise
            except PASSING as error:
                if not tries_left:
                    raise
                _log.warning("zip.again", error=str(error))
                await asyncio.sleep(self._pause)
            else:
                return

    async def _say_it_does_not_come(self, bot: Bot, person: User, t: Translate, dataset: Dataset) -> None:
        with suppress(TelegramAPIError, TimeoutError):
            async with asyncio.timeout(LAST_WORD):
                await bot.send_message(
                    person.user_id, t("zip-not-sent"), reply_markup=zip_again_keyboard(t, dataset.task_id)
                )

    @asynccontextmanager
    async def _marked(self, mark: str) -> AsyncIterator[None]:
        """Keep the mark for as long as the block takes. Where Redis is away a second press may send it twice."""
        renewing = asyncio.create_task(self._renew(mark))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})
            with suppress(RedisError, OSError):
                await self._redis.delete(mark)

    async def _renew(self, mark: str) -> None:
        while True:
            await asyncio.sleep(MARK_SECONDS / 4)
            with suppress(RedisError, OSError):
                await self._redis.set(mark, b"1", ex=MARK_SECONDS)
