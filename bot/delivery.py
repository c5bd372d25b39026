"""Brings one ending to its person: albums of at most ten, then the words and the buttons, each marked when sent."""

from collections.abc import Sequence
from contextlib import suppress

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods import SendAnimation, SendMessage, SendPhoto
from aiogram.types import InlineKeyboardMarkup, InputFile, InputMediaPhoto, Message

from bot.endings import ending_text
from bot.features.buy.news import news_message
from bot.features.packs.result import is_pack, only_the_first, pack_ending_keyboard, pack_ending_text
from bot.features.pictures.results import ending_keyboard
from bot.features.solids.keyboards import solid_result_keyboard
from bot.progress_turns import ProgressTurns
from bot.stored_picture import DOCUMENT_LIMIT, shown_of, stored, telegram_name_of
from bot.texts import Texts, Translate
from bot.training_endings import is_of_a_training, training_ending_keyboard, training_ending_text
from repository.files import File
from services.gallery.pictures import file_name_of
from services.notifications import ALBUM_SIZE, Delivery, News, Notifications
from services.orders import TaskKind
from services.storage import Storage

_log = structlog.get_logger(__name__)


class OthersTurn(Exception):
    """Another process delivers this message now."""


CONFETTI = "5046509860389126442"
"""Telegram's message effect 🎉, for private chats."""


class Deliverer:
    """Sends pictures and words. Raises what Telegram, the storage or the database raise."""

    def __init__(
        self, bot: Bot, notifications: Notifications, storage: Storage, texts: Texts, turns: ProgressTurns
    ) -> None:
        self._bot = bot
        self._notifications = notifications
        self._storage = storage
        self._texts = texts
        self._turns = turns

    async def deliver(self, delivery: Delivery) -> None:
        """Tell a person how a task ended; what is marked as sent is not sent again. Raises OthersTurn."""
        t = self._texts.bound(delivery.person.locale)
        text, keyboard = _text(t, delivery), _keyboard(t, delivery)
        if is_pack(delivery):
            delivery = only_the_first(delivery)
        match delivery.files:
            case []:
                await self._turn_progress_into(delivery, text, keyboard)
                return
            case [file] if _is_solid(delivery):
                await self._send_solid(delivery, file, text, keyboard)
            case [file]:
                if not delivery.notification.albums_sent:
                    await self._send_one(delivery, file, text, keyboard)
            case files:
                await self._send_albums(delivery, files)
                await self._send_words(delivery, text, keyboard)
        await self._remove_progress(delivery)

    async def tell(self, news: News) -> None:
        """Tell a person of money or tokens. A crash right after it tells them once more."""
        text, keyboard = news_message(self._texts.bound(news.person.locale), news)
        await self._bot.send_message(news.person.user_id, text, reply_markup=keyboard)

    async def tell_without_pictures(self, delivery: Delivery) -> None:
        """Say that Telegram did not take the pictures, and where they are."""
        t = self._texts.bound(delivery.person.locale)
        text = t("ending-solid-not-sent") if _is_solid(delivery) else t("ending-not-sent")
        await self._turn_progress_into(delivery, text, _keyboard(t, delivery))

    async def _send_one(self, delivery: Delivery, file: File, text: str, keyboard: InlineKeyboardMarkup) -> None:
        await self._say_uploading(delivery, [file])
        photo = SendPhoto(
            chat_id=delivery.person.user_id, photo=await self._input(file), caption=text, reply_markup=keyboard
        )
        await self._note(delivery, 1, [file], [await self._celebrate(delivery, photo)])

    async def _send_solid(self, delivery: Delivery, file: File, text: str, keyboard: InlineKeyboardMarkup) -> None:
        """The solid as it turns, with the words, and then its file; marked as albums are, so that none comes twice."""
        person_id, sent = delivery.person.user_id, delivery.notification.albums_sent
        if sent < 1:
            await self._say_uploading(delivery, [file], ChatAction.UPLOAD_VIDEO)
            turning = SendAnimation(
                chat_id=person_id,
                animation=await self._input(file),
                width=file.width,
                height=file.height,
                caption=text,
                reply_markup=keyboard,
            )
            await self._note(delivery, 1, [file], [await self._celebrate(delivery, turning)])
        if sent < 2 and file.size_bytes <= DOCUMENT_LIMIT:  # of a larger one the words have said where it is
            document = await stored(self._storage, file.storage_key, file_name_of(file))
            with suppress(TelegramAPIError):  # a courtesy
                await self._bot.send_chat_action(person_id, ChatAction.UPLOAD_DOCUMENT)
            message = await self._bot.send_document(person_id, document, disable_content_type_detection=True)
            await self._note(delivery, 2, [], [message])

    async def _send_albums(self, delivery: Delivery, files: Sequence[File]) -> None:
        albums = split_into_albums(files)
        for number, album in enumerate(albums, start=1):
            if number <= delivery.notification.albums_sent:
                continue
            await self._say_uploading(delivery, album)
            if len(album) == 1:
                messages = [await self._bot.send_photo(delivery.person.user_id, await self._input(album[0]))]
            else:
                media = [InputMediaPhoto(media=await self._input(file)) for file in album]
                messages = await self._bot.send_media_group(delivery.person.user_id, media)  # type: ignore[arg-type]
            await self._note(delivery, number, album, messages)

    async def _send_words(self, delivery: Delivery, text: str, keyboard: InlineKeyboardMarkup) -> None:
        """The message after the albums; it counts as one more of them, so that it is not sent twice either."""
        number = len(split_into_albums(delivery.files)) + 1
        if number <= delivery.notification.albums_sent:
            return
        words = SendMessage(chat_id=delivery.person.user_id, text=text, reply_markup=keyboard)
        await self._note(delivery, number, [], [await self._celebrate(delivery, words)])

    async def _celebrate(self, delivery: Delivery, message: SendPhoto | SendAnimation | SendMessage) -> Message:
        """Send it, with confetti where it is the first that was ever made for the person."""
        if not is_first_success(delivery):
            return await self._bot(message)
        try:
            return await self._bot(message.model_copy(update={"message_effect_id": CONFETTI}))
        except TelegramBadRequest as error:
            if "effect" not in error.message.lower():
                raise
            _log.warning("delivery.without_effect", error=error.message)
            return await self._bot(message)

    async def _say_uploading(
        self, delivery: Delivery, files: Sequence[File], action: ChatAction = ChatAction.UPLOAD_PHOTO
    ) -> None:
        """Telegram shows it above the chat while pictures that it does not know yet are on their way."""
        if any(file.telegram_file_id is None for file in files):
            with suppress(TelegramAPIError):  # a courtesy
                await self._bot.send_chat_action(delivery.person.user_id, action)

    async def _note(
        self, delivery: Delivery, albums_sent: int, files: Sequence[File], messages: Sequence[Message]
    ) -> None:
        if not await self._notifications.mark_album_sent(delivery.notification, albums_sent):
            raise OthersTurn
        for file, message in zip(files, messages, strict=False):
            if (name := telegram_name_of(message)) is not None:
                await self._notifications.keep_telegram_file_id(file, name)

    async def _input(self, file: File) -> str | InputFile:
        """What Telegram knows already, or the bytes. Raises FileNotFoundError."""
        return file.telegram_file_id or await shown_of(self._storage, file)

    async def _turn_progress_into(self, delivery: Delivery, text: str, keyboard: InlineKeyboardMarkup) -> None:
        if delivery.progress_message is not None:
            chat_id, message_id = delivery.progress_message
            try:
                async with self._turns.ending(delivery.task.task_id):
                    await self._bot.edit_message_text(
                        text, chat_id=chat_id, message_id=message_id, reply_markup=keyboard
                    )
            except TelegramBadRequest as error:
                if "not modified" in error.message:  # it says so already: a crash came between edit and mark
                    return
                _log.info("progress.not_editable", error=error.message)
            else:
                return
        await self._bot.send_message(delivery.person.user_id, text, reply_markup=keyboard)

    async def _remove_progress(self, delivery: Delivery) -> None:
        if delivery.progress_message is not None:
            async with self._turns.ending(delivery.task.task_id):
                await remove_message(self._bot, *delivery.progress_message)


def _text(t: Translate, delivery: Delivery) -> str:
    if is_of_a_training(delivery):
        return training_ending_text(t, delivery)
    return pack_ending_text(t, delivery) if is_pack(delivery) else ending_text(t, delivery)


def _keyboard(t: Translate, delivery: Delivery) -> InlineKeyboardMarkup:
    if is_of_a_training(delivery):
        return training_ending_keyboard(t, delivery)
    if is_pack(delivery):
        return pack_ending_keyboard(t, delivery)
    return solid_result_keyboard(t, delivery) if _is_solid(delivery) else ending_keyboard(t, delivery)


def _is_solid(delivery: Delivery) -> bool:
    return delivery.task.kind == TaskKind.IMAGE_TO_3D


def is_first_success(delivery: Delivery) -> bool:
    """Whether what the person paid for this order is all that they ever paid."""
    charged = delivery.task.unit_price * delivery.task.units_made
    return 0 < charged == delivery.person.tokens_spent


async def remove_message(bot: Bot, chat_id: int, message_id: int) -> None:
    """Delete a message of ours; one that is too old for that loses its buttons."""
    try:
        await bot.delete_message(chat_id, message_id)
    except TelegramBadRequest as error:
        _log.info("progress.not_removable", error=error.message)
        if "not found" not in error.message:
            await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=None)


def split_into_albums(files: Sequence[File]) -> list[Sequence[File]]:
    """Telegram takes at most ten pictures at once."""
    return [files[start : start + ALBUM_SIZE] for start in range(0, len(files), ALBUM_SIZE)]
