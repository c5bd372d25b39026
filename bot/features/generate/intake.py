"""A photo, at any time and in any state: taken in, stored, then a card."""

import asyncio
import io
from contextlib import suppress

import aiohttp
import structlog
from aiogram import Bot, F, Router
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNetworkError, TelegramServerError
from aiogram.types import Document, Message, PhotoSize

from bot.features.generate.albums import Albums
from bot.features.generate.composer import Composer
from bot.screen import Screen
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words
from repository.files import File
from repository.users import User
from services.drafts.drafts import Draft, DraftContent, Drafts
from services.errors import DraftNotFound, PhotoRefused, PhotoTooHeavy
from services.photos.photos import Photos

TELEGRAM_LIMIT_MB = 20
"""The largest file that a bot may download (Bot API, getFile)."""
TRIES = 3
_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")

_log = structlog.get_logger(__name__)


def build_router() -> Router:
    """Where photos come in."""
    router = Router(name="intake")
    router.message.register(receive_photo, F.photo)
    router.message.register(receive_photo, brings_picture_file)
    return router


class NotFetched(Exception):
    """Telegram did not hand out the file."""


def limit_mb(photos: Photos) -> int:
    """The largest photo that can come in through Telegram, in megabytes."""
    return min(TELEGRAM_LIMIT_MB, photos.limit_mb)


def brings_picture_file(message: Message) -> bool:
    """Whether a message brings a file that says it is a picture; the bytes are checked later."""
    document = message.document
    if document is None:
        return False
    named_so = (document.file_name or "").lower().endswith(_PICTURE_SUFFIXES)
    return named_so or (document.mime_type or "").startswith("image/")


async def receive_photo(
    message: Message,
    bot: Bot,
    person: User,
    t: Translate,
    photos: Photos,
    drafts: Drafts,
    screen: Screen,
    albums: Albums,
    composer: Composer,
) -> None:
    """Store the photo before its update counts as handled; the first good one of an album opens a card.

    While a picture is being composed it is the new photo of that picture; whatever was chosen stays.
    """
    photo = await take_photo_or_tell(message, bot, person, t, photos, albums)
    if photo is None or not await albums.speaks(person.user_id, message.media_group_id, message.message_id):
        return
    words = clean_words(message.caption or "")[:MAX_WORDS]
    draft, choices_kept = await _draft_with(photo, words, person, screen, drafts)
    notes = []
    if choices_kept:
        notes.append(t("photo-replaced"))
    if message.media_group_id:
        notes.append(t("gallery-album"))
    note = "\n\n".join(notes) or None
    await composer.show(screen, t, person, draft, note=note, reply_to=message.message_id)


async def _draft_with(photo: File, words: str, person: User, screen: Screen, drafts: Drafts) -> tuple[Draft, bool]:
    """The draft on the screen with this photo, or a new one; and whether choices that were made are kept.

    words: of the photo's caption; they take the place of a description, an empty caption leaves it.
    """
    draft_id = (await screen.remembered()).get("draft_id")
    if draft_id is not None:
        with suppress(DraftNotFound):
            before = await drafts.read(person, int(draft_id))
            changes = {"file_id": photo.file_id} | ({"prompt": words} if words else {})
            is_another = before.content.file_id != photo.file_id
            return await drafts.change(person, before.draft_id, **changes), before.content.is_enough and is_another
    return await drafts.begin(person, DraftContent(file_id=photo.file_id, prompt=words)), False


async def take_photo_or_tell(
    message: Message, bot: Bot, person: User, t: Translate, photos: Photos, albums: Albums
) -> File | None:
    """The stored photo; None where there is none, and the person was told. Of an album one refusal is told.

    Raises PhotoRefused.
    """
    try:
        return await _take_photo(message, bot, person, photos)
    except (PhotoRefused, NotFetched) as error:
        if not await albums.speaks(person.user_id, message.media_group_id, message.message_id, "refusal"):
            return None
        if isinstance(error, PhotoRefused):
            raise
        await message.answer(t("photo-not-fetched"))
        return None


async def _take_photo(message: Message, bot: Bot, person: User, photos: Photos) -> File:
    """The stored photo. Raises PhotoRefused, NotFetched; then nothing is stored."""
    sent = sent_with(message)
    source_key = f"telegram:{sent.file_unique_id}"
    known = await photos.find(person.user_id, source_key)
    if known is not None:
        return known
    if message.media_group_id is None:
        with suppress(TelegramAPIError):  # a courtesy
            await bot.send_chat_action(message.chat.id, ChatAction.TYPING)
    content = await fetch(bot, sent, photos)
    telegram_file_id = sent.file_id if isinstance(sent, PhotoSize) else None
    return await photos.take(person.user_id, content, source_key=source_key, telegram_file_id=telegram_file_id)


def sent_with(message: Message) -> PhotoSize | Document:
    """The photo or the file that a message brings."""
    sent = message.photo[-1] if message.photo else message.document
    assert sent is not None  # the filters let nothing else in
    return sent


async def fetch(bot: Bot, sent: PhotoSize | Document, photos: Photos) -> bytes:
    """The bytes; what is too heavy is refused before the download. Raises PhotoTooHeavy, NotFetched."""
    if (sent.file_size or 0) > limit_mb(photos) * 1024 * 1024:
        raise PhotoTooHeavy(limit_mb=limit_mb(photos))
    for attempt in range(1, TRIES + 1):
        content = io.BytesIO()
        try:
            await bot.download(sent, destination=content)
        except TelegramBadRequest as error:
            if "too big" in error.message:
                raise PhotoTooHeavy(limit_mb=limit_mb(photos)) from error
            raise NotFetched from error
        except (TelegramNetworkError, TelegramServerError, aiohttp.ClientError, TimeoutError) as error:
            _log.warning("photo.not_fetched", attempt=attempt, error=str(error))
            await asyncio.sleep(0.2 * attempt)
        else:
            return content.getvalue()
    raise NotFetched
