"""Choosing a pack: a theme, how many photos, how large, from which photo; then the order."""

from uuid import UUID

from aiogram import Bot, F, Router
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.generate.albums import Albums
from bot.features.generate.intake import brings_picture_file, take_photo_or_tell
from bot.features.packs.keyboards import (
    ChoosePackModel,
    ChoosePackNumber,
    ChoosePackSize,
    MakePack,
    ShowPackCard,
    ShowPackModels,
    ShowPackPhoto,
    ShowTheme,
)
from bot.features.packs.screens import PackScreens
from bot.features.packs.states import ChoosingPack
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from repository.users import User
from services.drafts.pack_drafts import NUMBERS, SIZES, PackDrafts
from services.generation import Generations
from services.notifications import Notifications
from services.photos.photos import Photos
from services.tasks import Tasks


def build_router() -> Router:
    """Where packs are chosen and ordered."""
    router = Router(name="choosing a pack")
    router.message.register(show_themes, Command("pack"))
    router.callback_query.register(show_themes, Open.filter(F.section == Section.PACKS))
    router.callback_query.register(show_theme, ShowTheme.filter())
    router.callback_query.register(show_card, ShowPackCard.filter())
    router.callback_query.register(choose_number, ChoosePackNumber.filter(F.num_images.in_(NUMBERS)))
    router.callback_query.register(choose_size, ChoosePackSize.filter(F.output_size.in_(SIZES)))
    router.callback_query.register(show_photo, ShowPackPhoto.filter())
    router.callback_query.register(show_models, ShowPackModels.filter())
    router.callback_query.register(choose_model, ChoosePackModel.filter())
    router.callback_query.register(make_pack, MakePack.filter())
    router.message.register(receive_photo, ChoosingPack.photo, or_f(F.photo, brings_picture_file))
    return router


async def show_themes(
    event: Message | CallbackQuery,
    person: User,
    t: Translate,
    screen: Screen,
    pack_screens: PackScreens,
    callback_data: Open | None = None,
) -> None:
    """The themes, in place or under a result that stays."""
    below = callback_data is not None and callback_data.below
    await pack_screens.show_themes(screen.below() if below else screen, t, person)


async def show_theme(
    _: CallbackQuery,
    callback_data: ShowTheme,
    person: User,
    t: Translate,
    screen: Screen,
    pack_screens: PackScreens,
) -> None:
    """A draft of this theme."""
    sent = (await screen.remembered()).get("pack_photo")
    await pack_screens.begin(screen, t, person, callback_data.code, photo_id=UUID(str(sent)) if sent else None)


async def show_card(
    _: CallbackQuery,
    callback_data: ShowPackCard,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """Back to the pack as it stands."""
    await pack_screens.show_card(screen, t, person, await pack_drafts.read(person, callback_data.draft_id))


async def choose_number(
    _: CallbackQuery,
    callback_data: ChoosePackNumber,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """How many photos."""
    draft = await pack_drafts.change(person, callback_data.draft_id, num_images=callback_data.num_images)
    await pack_screens.show_card(screen, t, person, draft)


async def choose_size(
    _: CallbackQuery,
    callback_data: ChoosePackSize,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """How large."""
    draft = await pack_drafts.change(person, callback_data.draft_id, output_size=callback_data.output_size)
    await pack_screens.show_card(screen, t, person, draft)


async def show_photo(
    _: CallbackQuery,
    callback_data: ShowPackPhoto,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """Which photo it is."""
    await pack_screens.show_photo(screen, t, person, await pack_drafts.read(person, callback_data.draft_id))


async def show_models(
    _: CallbackQuery,
    callback_data: ShowPackModels,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """Which personal models there are."""
    await pack_screens.show_models(screen, t, person, await pack_drafts.read(person, callback_data.draft_id))


async def choose_model(
    _: CallbackQuery,
    callback_data: ChoosePackModel,
    person: User,
    t: Translate,
    screen: Screen,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """A personal model instead of the photo, or the other way round."""
    draft = await pack_drafts.read(person, callback_data.draft_id)
    await pack_screens.choose_model(screen, t, person, draft, callback_data.model_id)


async def receive_photo(
    message: Message,
    bot: Bot,
    person: User,
    t: Translate,
    photos: Photos,
    screen: Screen,
    albums: Albums,
    pack_drafts: PackDrafts,
    pack_screens: PackScreens,
) -> None:
    """Another photo for the pack on the screen, or for whichever theme is chosen; of an album the first good one."""
    photo = await take_photo_or_tell(message, bot, person, t, photos, albums)
    if photo is None or not await albums.speaks(person.user_id, message.media_group_id, message.message_id, "pack"):
        return
    draft_id = (await screen.remembered()).get("pack_draft_id")
    if draft_id is None:
        await pack_screens.show_themes(screen, t, person, photo_id=str(photo.file_id))
        return
    draft = await pack_drafts.change(person, int(draft_id), file_id=photo.file_id, model_id=None)
    await pack_screens.show_card(screen, t, person, draft, reply_to=message.message_id)


async def make_pack(
    _: CallbackQuery,
    callback_data: MakePack,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    pack_drafts: PackDrafts,
    generations: Generations,
    tasks: Tasks,
    notifications: Notifications,
    pack_screens: PackScreens,
    correlation_id: str,
) -> None:
    """Order the pack and show its progress; a second press finds the first order."""
    draft = await pack_drafts.read(person, callback_data.draft_id)
    task = await generations.request(person, draft.order(), draft.key, correlation_id=correlation_id)
    if task.status.is_final:
        await answer(t.plain("pack-already-made"))
        await pack_screens.show_card(screen, t, person, await pack_drafts.copy(person, draft.draft_id))
        return
    await show_task(task, t, screen, answer, tasks, notifications)
