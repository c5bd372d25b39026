"""Choosing: where to begin, a style, words, how many, which shape."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.content import says_something
from bot.features.generate.composer import Composer
from bot.features.generate.intake import limit_mb
from bot.features.generate.keyboards import (
    AskWords,
    ChooseFormat,
    ChooseNumber,
    ChooseStyle,
    DropWords,
    ShowCard,
    ShowStyles,
    intake_keyboard,
)
from bot.features.generate.states import Composing
from bot.screen import Screen
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words
from repository.users import User
from services.drafts import Drafts
from services.photos import Photos


def build_router() -> Router:
    """Where a picture is composed."""
    router = Router(name="compose")
    router.message.register(ask_for_photo, Command("generate"))
    router.callback_query.register(ask_for_photo, Open.filter(F.section == Section.GENERATE))
    router.callback_query.register(begin_from_words, Open.filter(F.section == Section.WORDS))
    router.callback_query.register(show_card, ShowCard.filter())
    router.callback_query.register(show_styles, ShowStyles.filter())
    router.callback_query.register(choose_style, ChooseStyle.filter())
    router.callback_query.register(choose_number, ChooseNumber.filter())
    router.callback_query.register(choose_format, ChooseFormat.filter())
    router.callback_query.register(ask_words, AskWords.filter())
    router.callback_query.register(drop_words, DropWords.filter())
    router.message.register(take_words, Composing.words, F.text, ~F.text.startswith("/"))
    router.message.register(take_words, Composing.choosing, F.text, ~F.text.startswith("/"))
    router.message.register(refuse_other_than_words, Composing.words, ~F.text, says_something)
    return router


async def ask_for_photo(_: Message | CallbackQuery, t: Translate, screen: Screen, photos: Photos) -> None:
    """Where to begin: a photo, or words."""
    await screen.show(t("intake", limit_mb=limit_mb(photos)), intake_keyboard(t))


async def begin_from_words(
    _: CallbackQuery, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """A draft without a photo."""
    await composer.show_words(screen, t, await drafts.begin(person))


async def show_card(
    _: CallbackQuery,
    callback_data: ShowCard,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Back to the draft as it stands."""
    await composer.show(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def show_styles(
    _: CallbackQuery,
    callback_data: ShowStyles,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """A page of the gallery."""
    draft = await drafts.read(person, callback_data.draft_id)
    await composer.show_gallery(screen, t, draft, callback_data.page)


async def choose_style(
    _: CallbackQuery,
    callback_data: ChooseStyle,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """A style, or none."""
    draft = await drafts.change(person, callback_data.draft_id, style=callback_data.style)
    await composer.show(screen, t, person, draft)


async def choose_number(
    _: CallbackQuery,
    callback_data: ChooseNumber,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """How many pictures."""
    draft = await drafts.change(person, callback_data.draft_id, num_images=callback_data.num_images)
    await composer.show(screen, t, person, draft)


async def choose_format(
    _: CallbackQuery,
    callback_data: ChooseFormat,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Which shape."""
    draft = await drafts.change(person, callback_data.draft_id, picture_format=callback_data.picture_format)
    await composer.show(screen, t, person, draft)


async def ask_words(
    _: CallbackQuery,
    callback_data: AskWords,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Wait for a description."""
    await composer.show_words(screen, t, await drafts.read(person, callback_data.draft_id))


async def drop_words(
    _: CallbackQuery,
    callback_data: DropWords,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Only the style."""
    draft = await drafts.change(person, callback_data.draft_id, prompt="")
    await composer.show(screen, t, person, draft)


async def take_words(
    message: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """The description of the draft on the screen."""
    draft = await drafts.read(person, int((await screen.remembered()).get("draft_id", 0)))
    words = clean_words(message.text or "")
    if not words:
        await composer.show_words(screen, t, draft, problem=t("words-not-found"))
        return
    if len(words) > MAX_WORDS:
        await composer.show_words(screen, t, draft, problem=t("words-too-long", length=len(words), limit=MAX_WORDS))
        return
    await composer.show(screen, t, person, await drafts.change(person, draft.draft_id, prompt=words))


async def refuse_other_than_words(
    _: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """A sticker, a voice message: kindly ask again."""
    draft = await drafts.read(person, int((await screen.remembered()).get("draft_id", 0)))
    await composer.show_words(screen, t, draft, problem=t("words-not-text"))
