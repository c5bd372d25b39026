"""The gallery, one picture at a time, turned over in place."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.history import narrowing, overview
from bot.features.history.buttons import ShowPictures, TurnPage
from bot.features.history.wanted import FAVORITES, remembered_by
from bot.features.pictures.viewer import Viewer, wanted_at
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.gallery.pictures import Gallery


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="history")
    router.message.register(open_history, Command("history"))
    router.message.register(open_favorites, Command("favorites"))
    router.callback_query.register(press_history, Open.filter(F.section == Section.HISTORY))
    router.callback_query.register(press_favorites, Open.filter(F.section == Section.FAVORITES))
    router.callback_query.register(turn_page, TurnPage.filter())
    router.callback_query.register(show_pictures, ShowPictures.filter())
    router.include_routers(overview.build_router(), narrowing.build_router())
    return router


async def open_history(_: Message, person: User, t: Translate, screen: Screen, viewer: Viewer) -> None:
    """The newest picture, or a way to the first one."""
    await viewer.show_newest(screen, t, person)


async def open_favorites(_: Message, person: User, t: Translate, screen: Screen, viewer: Viewer) -> None:
    """The newest favourite."""
    await viewer.show_newest(screen, t, person, FAVORITES)


async def press_history(
    _: CallbackQuery, callback_data: Open, person: User, t: Translate, screen: Screen, viewer: Viewer
) -> None:
    """The same in place, or under a result that stays."""
    await viewer.show_newest(screen.below() if callback_data.below else screen, t, person)


async def press_favorites(
    _: CallbackQuery, callback_data: Open, person: User, t: Translate, screen: Screen, viewer: Viewer
) -> None:
    """The same in place, or under a result that stays."""
    await viewer.show_newest(screen.below() if callback_data.below else screen, t, person, FAVORITES)


async def show_pictures(_: CallbackQuery, person: User, t: Translate, screen: Screen, viewer: Viewer) -> None:
    """The newest of what the filter leaves in."""
    await viewer.show_newest(screen, t, person, await remembered_by(screen))


async def turn_page(
    _: CallbackQuery,
    callback_data: TurnPage,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """A neighbour of a picture, which may itself be gone by now."""
    wanted = await wanted_at(screen, callback_data.origin)
    chosen, cursor = wanted.gallery_filter(), f"{callback_data.generation_id}.{callback_data.position}"
    if callback_data.older:
        pictures = (await gallery.pictures(person, chosen, limit=1, cursor=cursor)).pictures
    else:
        page = await gallery.pictures_before(person, chosen, cursor, limit=1)
        pictures = page.pictures if page else []
    if not pictures:
        await answer(t.plain("history-no-further"))
        return
    await viewer.show(screen, t, person, pictures[0], callback_data.origin, wanted)
