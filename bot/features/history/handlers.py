"""The gallery, one picture at a time, turned over in place."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.history.keyboards import TurnPage, empty_keyboard, picture_keyboard
from bot.screen import Screen
from bot.screen_picture import ScreenPictures
from bot.texts import Translate
from bot.words import shorten
from repository.users import User
from services.errors import FileNotFound
from services.generation import Generations, PicturePage, PicturePlace


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="history")
    router.message.register(open_history, Command("history"))
    router.callback_query.register(open_history_below, Open.filter((F.section == Section.HISTORY) & F.below))
    router.callback_query.register(open_history, Open.filter(F.section == Section.HISTORY))
    router.callback_query.register(turn_page, TurnPage.filter())
    return router


async def open_history(
    _: Message | CallbackQuery,
    person: User,
    t: Translate,
    screen: Screen,
    generations: Generations,
    screen_pictures: ScreenPictures,
) -> None:
    """The newest picture, or a way to the first one."""
    page = await generations.picture_page(person)
    if page is None:
        await screen.show(t("history-empty"), empty_keyboard(t))
        return
    await _show(page, t, screen, generations, screen_pictures)


async def open_history_below(
    callback: CallbackQuery,
    person: User,
    t: Translate,
    screen: Screen,
    generations: Generations,
    screen_pictures: ScreenPictures,
) -> None:
    """The same under a result, which stays."""
    await open_history(callback, person, t, screen.below(), generations, screen_pictures)


async def turn_page(
    _: CallbackQuery,
    callback_data: TurnPage,
    person: User,
    t: Translate,
    screen: Screen,
    generations: Generations,
    screen_pictures: ScreenPictures,
) -> None:
    """A neighbour of the picture."""
    page = await generations.picture_page(person, PicturePlace(callback_data.generation_id, callback_data.position))
    if page is not None:
        await _show(page, t, screen, generations, screen_pictures)


async def _show(
    page: PicturePage,
    t: Translate,
    screen: Screen,
    generations: Generations,
    screen_pictures: ScreenPictures,
) -> None:
    caption, keyboard = await _caption(page, t, generations), picture_keyboard(t, page)
    try:
        await screen.show(caption, keyboard, picture=screen_pictures.own(page.file))
    except FileNotFound:
        await screen.show(f"{caption}\n\n{t('history-gone')}", keyboard)


async def _caption(page: PicturePage, t: Translate, generations: Generations) -> str:
    lines = [t("history-date", date=page.generation.created_at)]
    style = next((style for style in await generations.styles() if style.code == page.generation.style), None)
    if style is not None:
        lines.append(t("history-style", emoji=style.emoji, title=style.title(t.locale)))
    if page.generation.prompt_text:
        lines.append(t("history-words", words=shorten(page.generation.prompt_text)))
    if page.count > 1:
        lines.append(t("history-place", place=page.place.position + 1, count=page.count))
    return "\n".join(lines)
