"""The end of a picture: asked first, and then its neighbour is shown."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.history.wanted import Wanted
from bot.features.pictures.buttons import AskDelete, Delete
from bot.features.pictures.keyboards import delete_keyboard
from bot.features.pictures.viewer import Viewer, opened, wanted_at
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from repository.gallery import Picture
from repository.users import User
from services.gallery.pictures import Gallery


def build_router() -> Router:
    """From the question to the end."""
    router = Router(name="deleting")
    router.callback_query.register(ask_delete, AskDelete.filter())
    router.callback_query.register(delete_picture, Delete.filter())
    return router


async def ask_delete(
    _: CallbackQuery,
    callback_data: AskDelete,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
) -> None:
    """Really?"""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is not None:
        place, origin = opened(screen, callback_data.origin)
        keyboard = delete_keyboard(t, picture.file.file_id, origin)
        await viewer.ask(place, t, picture, t("delete-ask"), keyboard, origin)


async def delete_picture(
    _: CallbackQuery,
    callback_data: Delete,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """It is gone at once; what stood beside it is shown, the older one first."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is None:
        return
    await gallery.delete(person, picture.file.file_id)
    await answer(t.plain("picture-deleted"))
    wanted = await wanted_at(screen, callback_data.origin)
    neighbour = await _neighbour(gallery, person, picture, wanted)
    if neighbour is None:
        await viewer.show_newest(screen, t, person, wanted)
    else:
        await viewer.show(screen, t, person, neighbour, callback_data.origin, wanted)


async def _neighbour(gallery: Gallery, person: User, picture: Picture, wanted: Wanted) -> Picture | None:
    chosen = wanted.gallery_filter()
    older = await gallery.pictures(person, chosen, limit=1, cursor=picture.cursor)
    if older.pictures:
        return older.pictures[0]
    newer = await gallery.pictures_before(person, chosen, picture.cursor, limit=1)
    return newer.pictures[0] if newer else None
