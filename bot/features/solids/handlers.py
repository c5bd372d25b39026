"""From a picture or from words to the order for a solid."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.buttons import button, menu_button
from bot.features.generate.keyboards import ShowCard
from bot.features.pictures.keyboards import back_to_picture
from bot.features.pictures.viewer import Viewer, opened, wanted_at
from bot.features.solids.buttons import MakeSolid, SolidAgain, SolidOfDraft, SolidOfPicture
from bot.features.solids.screens import SolidScreens
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from repository.users import User
from services.drafts.drafts import Drafts
from services.drafts.solid_drafts import SolidDrafts
from services.errors import NotEnoughTokens
from services.generation import Generations
from services.notifications import Notifications
from services.tasks import Tasks


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="solids")
    router.callback_query.register(show_card_of_picture, SolidOfPicture.filter())
    router.callback_query.register(show_card_of_draft, SolidOfDraft.filter())
    router.callback_query.register(begin_again, SolidAgain.filter())
    router.callback_query.register(make_solid, MakeSolid.filter())
    return router


async def show_card_of_picture(
    _: CallbackQuery,
    callback_data: SolidOfPicture,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    solid_drafts: SolidDrafts,
    solid_screens: SolidScreens,
) -> None:
    """A card for this picture, in place or under a result that stays."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is None:
        return
    draft = await solid_drafts.begin_from_picture(person, picture.file.file_id)
    wanted = await wanted_at(screen, callback_data.origin)
    place, origin = opened(screen, callback_data.origin)
    back = back_to_picture(t, picture.file.file_id, origin)
    await solid_screens.show_card(place, t, person, draft, back, wanted=wanted.packed)


async def show_card_of_draft(
    _: CallbackQuery,
    callback_data: SolidOfDraft,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    solid_drafts: SolidDrafts,
    solid_screens: SolidScreens,
) -> None:
    """A card for what is being composed: its photo, or else its words. Raises NothingToMake without either."""
    picture_draft = await drafts.read(person, callback_data.draft_id)
    content = picture_draft.content
    if content.file_id is not None:
        draft = await solid_drafts.begin_from_picture(person, content.file_id)
    else:
        draft = await solid_drafts.begin_from_words(person, content.prompt)
    back = button(t.plain("button-to-card"), ShowCard(draft_id=picture_draft.draft_id))
    await solid_screens.show_card(screen, t, person, draft, back, draft_id=picture_draft.draft_id)


async def begin_again(
    _: CallbackQuery,
    callback_data: SolidAgain,
    person: User,
    t: Translate,
    screen: Screen,
    solid_drafts: SolidDrafts,
    solid_screens: SolidScreens,
) -> None:
    """The same once more, with a seed of its own."""
    draft = await solid_drafts.copy(person, callback_data.draft_id)
    await solid_screens.show_card(screen.below(), t, person, draft, menu_button(t))


async def make_solid(
    _: CallbackQuery,
    callback_data: MakeSolid,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    solid_drafts: SolidDrafts,
    solid_screens: SolidScreens,
    generations: Generations,
    tasks: Tasks,
    notifications: Notifications,
    correlation_id: str,
) -> None:
    """Order the solid and show its progress; a second press finds the first order."""
    draft = await solid_drafts.read(person, callback_data.draft_id)
    try:
        task = await generations.request(person, draft.order(), draft.key, correlation_id=correlation_id)
    except NotEnoughTokens as error:
        missing = int(error.fields["price"]) - int(error.fields["tokens_left"])
        await answer(t.plain("enlarge-missing", missing=missing), alert=True)
        return
    if task.status.is_final:
        await answer(t.plain("solid-already-made"))
        again = await solid_drafts.copy(person, draft.draft_id)
        await solid_screens.show_card(screen, t, person, again, menu_button(t))
        return
    await show_task(task, t, screen, answer, tasks, notifications)
