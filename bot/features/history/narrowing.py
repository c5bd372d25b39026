"""The filter: what is chosen, how many pictures that leaves, and the newest of them above it."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.content import says_something
from bot.features.history.buttons import By, ChooseBy, ClearFilter, Narrow, ShowFilter
from bot.features.history.keyboards import (
    filter_keyboard,
    month_choices_keyboard,
    tag_choices_keyboard,
    words_keyboard,
)
from bot.features.history.states import Searching
from bot.features.history.wanted import EVERYTHING, Wanted, month_span, remembered_by, tag_digest, wanted_words
from bot.features.pictures.viewer import Viewer
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from bot.words import clean_words
from repository.users import User
from services.gallery.pictures import MAX_PAGE, Gallery
from services.orders import GALLERY_KINDS, TaskKind

MAX_WORDS = 100
"""Characters of a search: what a caption has room for."""


def build_router() -> Router:
    """Everything that narrows the gallery."""
    router = Router(name="narrowing")
    router.callback_query.register(show_filter, ShowFilter.filter())
    router.callback_query.register(choose_by, ChooseBy.filter())
    router.callback_query.register(narrow, Narrow.filter())
    router.callback_query.register(clear_filter, ClearFilter.filter())
    router.message.register(take_words, Searching.words, F.text, ~F.text.startswith("/"))
    router.message.register(refuse_other_than_words, Searching.words, ~F.text, ~F.photo, says_something)
    return router


async def show_filter(
    _: CallbackQuery, person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery
) -> None:
    """The filter as it stands."""
    await _show(person, t, screen, viewer, gallery, await remembered_by(screen))


async def choose_by(
    _: CallbackQuery,
    callback_data: ChooseBy,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    gallery: Gallery,
) -> None:
    """The tags, the months, or the request for words."""
    wanted = await remembered_by(screen)
    match callback_data.by:
        case By.TAG:
            tags = await gallery.tags(person)
            if not tags:
                await answer(t.plain("filter-no-tags"), alert=True)
                return
            await screen.show(t("filter-ask-tag"), tag_choices_keyboard(t, wanted, tags), wanted=wanted.packed)
        case By.MONTH:
            months = await gallery.months(person)
            await screen.show(t("filter-ask-month"), month_choices_keyboard(t, wanted, months), wanted=wanted.packed)
        case By.WORDS:
            await _ask_words(t, screen, wanted)
        case By.FAVORITE | By.KIND:  # chosen where they stand: no button of ours opens them
            await answer()


async def narrow(
    _: CallbackQuery,
    callback_data: Narrow,
    person: User,
    t: Translate,
    screen: Screen,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """Choose a value, or leave it open again."""
    wanted = await remembered_by(screen)
    value = callback_data.value
    match callback_data.by:
        case By.FAVORITE:
            wanted = replace(wanted, favorite=value is not None)
        case By.KIND:
            wanted = replace(wanted, kind=TaskKind(value) if value in GALLERY_KINDS else None)
        case By.TAG:
            tags = await gallery.tags(person) if value else []
            wanted = replace(wanted, tag=next((tag for tag in tags if tag_digest(tag) == value), None))
        case By.MONTH:
            wanted = replace(wanted, month=value if value and _is_month(value) else None)
        case By.WORDS:
            wanted = replace(wanted, words="")
    await _show(person, t, screen, viewer, gallery, wanted)


async def clear_filter(
    _: CallbackQuery,
    callback_data: ClearFilter,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """Everything again."""
    await answer(t.plain("filter-cleared"))
    if callback_data.shown:
        await viewer.show_newest(screen, t, person)
    else:
        await _show(person, t, screen, viewer, gallery, EVERYTHING)


async def take_words(
    message: Message, person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery
) -> None:
    """Words of the descriptions, or their beginnings."""
    wanted = await remembered_by(screen)
    words = clean_words(message.text or "")
    if not words:
        await _ask_words(t, screen, wanted, problem=t("search-not-found"))
    elif len(words) > MAX_WORDS:
        await _ask_words(t, screen, wanted, problem=t("search-too-long", limit=MAX_WORDS))
    else:
        await _show(person, t, screen, viewer, gallery, replace(wanted, words=words))


async def refuse_other_than_words(_: Message, t: Translate, screen: Screen) -> None:
    """A sticker, a voice message: kindly ask again."""
    await _ask_words(t, screen, await remembered_by(screen), problem=t("search-not-text"))


async def _ask_words(t: Translate, screen: Screen, wanted: Wanted, *, problem: str | None = None) -> None:
    text = problem or t("search")
    await screen.show(text, words_keyboard(t, wanted), waits_for=Searching.words, wanted=wanted.packed)


async def _show(person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery, wanted: Wanted) -> None:
    """What is chosen, under the newest picture of what that leaves: one sees at once whether it is right."""
    page = await gallery.pictures(person, wanted.gallery_filter(), limit=MAX_PAGE)
    found, more = len(page.pictures), page.cursor is not None
    count = ""
    if found:
        count = t.plain("button-show-many", limit=MAX_PAGE) if more else t.plain("button-show", count=found)
    lines = [t("filter"), wanted_words(t, wanted) or t("filter-everything")]
    if not found:
        lines.append(t("filter-nothing"))
    text, keyboard = "\n\n".join(lines), filter_keyboard(t, wanted, count)
    if page.pictures:
        await viewer.put(screen, t, page.pictures[0], text, keyboard, wanted)
    else:
        await screen.show(text, keyboard, wanted=wanted.packed)


def _is_month(value: str) -> bool:
    try:
        month_span(value)
    except ValueError:
        return False
    return True
