"""A picture by itself: opened, made a favourite, sent as a file, closed."""

from contextlib import suppress

from aiogram import Bot, Router
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from bot.features.pictures.buttons import Close, SendFile, SetFavorite, ShowPicture
from bot.features.pictures.document import PictureDocument
from bot.features.pictures.keyboards import with_favorite
from bot.features.pictures.sending import SendingFiles
from bot.features.pictures.viewer import Viewer, opened, wanted_at
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.stored_picture import DOCUMENT_LIMIT
from bot.texts import Translate
from repository.users import User
from services.gallery.pictures import Gallery


def build_router() -> Router:
    """What is done with one press."""
    router = Router(name="showing")
    router.callback_query.register(show_picture, ShowPicture.filter())
    router.callback_query.register(set_favorite, SetFavorite.filter())
    router.callback_query.register(send_file, SendFile.filter())
    router.callback_query.register(close_picture, Close.filter())
    return router


async def show_picture(
    _: CallbackQuery,
    callback_data: ShowPicture,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
) -> None:
    """The picture with everything that can be done with it."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is None:
        return
    wanted = await wanted_at(screen, callback_data.origin)
    place, origin = opened(screen, callback_data.origin)
    await viewer.show(place, t, person, picture, origin, wanted)


async def set_favorite(
    callback: CallbackQuery,
    callback_data: SetFavorite,
    bot: Bot,
    person: User,
    t: Translate,
    answer: Answer,
    gallery: Gallery,
) -> None:
    """A heart, wherever the button stands: only the button changes."""
    favorite, file_id = callback_data.favorite, callback_data.file_id
    await gallery.set_favorite(person, file_id, favorite)
    await answer(t.plain("favorite-added") if favorite else t.plain("favorite-removed"))
    message = callback.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return
    keyboard = with_favorite(t, message.reply_markup, file_id, favorite)
    with suppress(TelegramBadRequest):  # it says so already, or the message is too old to be edited
        await bot.edit_message_reply_markup(
            chat_id=message.chat.id, message_id=message.message_id, reply_markup=keyboard
        )


async def send_file(
    callback: CallbackQuery,
    callback_data: SendFile,
    bot: Bot,
    person: User,
    t: Translate,
    answer: Answer,
    gallery: Gallery,
    sending_files: SendingFiles,
) -> None:
    """The picture as a document, in full resolution; a second quick press brings no second one."""
    download = await gallery.download(person, callback_data.file_id)
    if download.file.size_bytes > DOCUMENT_LIMIT:
        await answer(t.plain("file-too-large"), alert=True)
        return
    if not await sending_files.begins(person.user_id, callback_data.file_id, callback.id):
        await answer(t.plain("file-on-its-way"))
        return
    await answer(t.plain("file-sending"))
    with suppress(TelegramAPIError):  # a courtesy
        await bot.send_chat_action(person.user_id, ChatAction.UPLOAD_DOCUMENT)
    await bot.send_document(
        person.user_id,
        PictureDocument(gallery, person, download.file.file_id, download.file_name),
        disable_content_type_detection=True,
    )


async def close_picture(callback: CallbackQuery, screen: Screen) -> None:
    """Back to the result above: the screen goes, nothing else changes."""
    if callback.message is not None:
        await screen.take_away(callback.message.message_id)
    await screen.hand_over()
