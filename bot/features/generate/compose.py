"""Choosing by buttons: where to begin, a style, how many, which shape."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.generate.card_keyboards import ChooseFormat, ChooseNumber, ShowGallery
from bot.features.generate.composer import Composer
from bot.features.generate.gallery_keyboards import ChooseStyle, ShowShelves, ShowStyles, SurpriseMe
from bot.features.generate.intake import limit_mb
from bot.features.generate.keyboards import ShowCard, intake_keyboard
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.drafts.drafts import Drafts
from services.drafts.portrait_models import PortraitModels
from services.errors import StyleNotFound
from services.generation import Generations
from services.photos.photos import Photos


def build_router() -> Router:
    """Where a picture is composed."""
    router = Router(name="compose")
    router.message.register(ask_for_photo, Command("generate"))
    router.callback_query.register(ask_for_photo, Open.filter(F.section == Section.GENERATE))
    router.callback_query.register(begin_from_words, Open.filter(F.section == Section.WORDS))
    router.callback_query.register(show_card, ShowCard.filter())
    router.callback_query.register(show_present_style, ShowGallery.filter())
    router.callback_query.register(show_shelves, ShowShelves.filter())
    router.callback_query.register(show_styles, ShowStyles.filter())
    router.callback_query.register(choose_style, ChooseStyle.filter())
    router.callback_query.register(surprise, SurpriseMe.filter())
    router.callback_query.register(choose_number, ChooseNumber.filter())
    router.callback_query.register(choose_format, ChooseFormat.filter())
    return router


async def ask_for_photo(
    _: Message | CallbackQuery,
    person: User,
    t: Translate,
    screen: Screen,
    photos: Photos,
    portrait_models: PortraitModels,
) -> None:
    """Where to begin: a photo, one's own model, or words."""
    has_models = bool(await portrait_models.usable(person))
    await screen.show(t("intake", limit_mb=limit_mb(photos)), intake_keyboard(t, has_models=has_models))


async def begin_from_words(
    _: CallbackQuery, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """A draft without a photo."""
    await composer.show_words(screen, t, person, await drafts.begin_from_words(person))


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


async def show_present_style(
    _: CallbackQuery,
    callback_data: ShowGallery,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """The gallery, open where the chosen style stands."""
    await composer.show_present_style(screen, t, await drafts.read(person, callback_data.draft_id))


async def show_shelves(
    _: CallbackQuery,
    callback_data: ShowShelves,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """The gallery's beginning."""
    await composer.show_gallery(screen, t, await drafts.read(person, callback_data.draft_id))


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
    await composer.show_page(screen, t, draft, callback_data.page)


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


async def surprise(
    _: CallbackQuery,
    callback_data: SurpriseMe,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    generations: Generations,
    composer: Composer,
) -> None:
    """Any style but the present one."""
    draft = await drafts.read(person, callback_data.draft_id)
    style = await generations.surprise(draft.content.style)
    if style is None:
        raise StyleNotFound
    await composer.show(screen, t, person, await drafts.change(person, draft.draft_id, style=style.code))


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
