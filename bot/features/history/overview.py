"""The gallery at a glance: nine pictures on one sheet, each with a number that opens it."""

import asyncio

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.history.buttons import ShowOverview, TurnOverview
from bot.features.history.keyboards import overview_keyboard
from bot.features.history.sheet import draw_overview
from bot.features.history.wanted import Wanted, remembered_by, wanted_words
from bot.features.pictures.viewer import Viewer
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.screen_picture import PassingPicture
from bot.texts import Translate
from repository.gallery import Picture
from repository.users import User
from services.gallery.pictures import Gallery, PicturesPage

ON_SHEET = 9


def build_router() -> Router:
    """Sheets, and the way from one to the next."""
    router = Router(name="overview")
    router.callback_query.register(show_overview, ShowOverview.filter())
    router.callback_query.register(turn_overview, TurnOverview.filter())
    return router


async def show_overview(
    _: CallbackQuery,
    callback_data: ShowOverview,
    person: User,
    t: Translate,
    screen: Screen,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """Nine pictures, beginning with the one that was looked at."""
    wanted = await remembered_by(screen)
    chosen = wanted.gallery_filter()
    if callback_data.generation_id is None or callback_data.position is None:
        page = await gallery.pictures(person, chosen, limit=ON_SHEET)
    else:
        cursor = f"{callback_data.generation_id}.{callback_data.position}"
        page = await gallery.pictures_from(person, chosen, cursor, limit=ON_SHEET)
    await _show(page, person, t, screen, viewer, gallery, wanted)


async def turn_overview(
    _: CallbackQuery,
    callback_data: TurnOverview,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """The next nine, or those before."""
    wanted = await remembered_by(screen)
    chosen, cursor = wanted.gallery_filter(), f"{callback_data.generation_id}.{callback_data.position}"
    if callback_data.older:
        page = await gallery.pictures(person, chosen, limit=ON_SHEET, cursor=cursor)
    else:
        page = await gallery.pictures_before(person, chosen, cursor, limit=ON_SHEET) or PicturesPage([], None)
    if not page.pictures:
        await answer(t.plain("history-no-further"))
        return
    await _show(page, person, t, screen, viewer, gallery, wanted)


async def _show(
    page: PicturesPage,
    person: User,
    t: Translate,
    screen: Screen,
    viewer: Viewer,
    gallery: Gallery,
    wanted: Wanted,
) -> None:
    pictures = page.pictures
    if not pictures:
        await viewer.show_newest(screen, t, person, wanted)
        return
    turns = await gallery.turns(person, wanted.gallery_filter(), pictures[0], pictures[-1])
    sheet = PassingPicture(await draw(gallery, pictures))
    lines = [t("overview"), wanted_words(t, wanted)]
    await screen.show(
        "\n\n".join(line for line in lines if line),
        overview_keyboard(t, pictures, turns, wanted),
        picture=sheet,
        wanted=wanted.packed,
    )


async def draw(gallery: Gallery, pictures: list[Picture]) -> bytes:
    """The sheet of these pictures, as a JPEG."""
    thumbnails = await asyncio.gather(*(gallery.thumbnail(picture) for picture in pictures))
    return await asyncio.to_thread(draw_overview, thumbnails)
