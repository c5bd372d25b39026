"""The photos that are there: the card, one by one, removing, beginning anew."""

from contextlib import suppress

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.train.buttons import (
    AskDiscard,
    Discard,
    GiveUp,
    RemoveBad,
    RemovePhoto,
    ShowPhoto,
    ShowPhotos,
    ShowSet,
)
from bot.features.train.photos import ON_SHEET, bad_photos, photo_of, place_of
from bot.features.train.screens import TrainingScreens
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.errors import FileNotFound
from services.training.sets import TrainingSets


def build_router() -> Router:
    """Where photos are looked through."""
    router = Router(name="collecting")
    router.callback_query.register(show_card, ShowSet.filter())
    router.callback_query.register(remove_bad, RemoveBad.filter())
    router.callback_query.register(show_photos, ShowPhotos.filter())
    router.callback_query.register(show_photo, ShowPhoto.filter())
    router.callback_query.register(remove_photo, RemovePhoto.filter())
    router.callback_query.register(ask_discard, AskDiscard.filter())
    router.callback_query.register(discard, Discard.filter())
    router.callback_query.register(give_up, GiveUp.filter())
    return router


async def show_card(
    _: CallbackQuery,
    callback_data: ShowSet,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """Back to the card."""
    await training_screens.show_card(screen, t, person, callback_data.set_id)


async def remove_bad(
    _: CallbackQuery,
    callback_data: RemoveBad,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """Every photo that will not do, at once."""
    bad = bad_photos(await training_sets.view(person, callback_data.set_id))
    for photo in bad:
        await training_sets.remove_photo(person, callback_data.set_id, photo.file.file_id)
    await answer(t.plain("train-removed", count=len(bad)))
    await training_screens.show_card(screen, t, person, callback_data.set_id)


async def show_photos(
    _: CallbackQuery,
    callback_data: ShowPhotos,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """A sheet of them."""
    await training_screens.show_photos(screen, t, person, callback_data.set_id, callback_data.page)


async def show_photo(
    _: CallbackQuery,
    callback_data: ShowPhoto,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """One of them."""
    await training_screens.show_photo(screen, t, person, callback_data.set_id, callback_data.file_id)


async def remove_photo(
    _: CallbackQuery,
    callback_data: RemovePhoto,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """Remove one, and show the sheet that it stood on; a second press finds it gone already."""
    set_id, page = callback_data.set_id, 0
    view = await training_sets.view(person, set_id)
    with suppress(FileNotFound):
        page = place_of(view, photo_of(view, callback_data.file_id)) // ON_SHEET
        await training_sets.remove_photo(person, set_id, callback_data.file_id)
        await answer(t.plain("train-removed", count=1))
    await training_screens.show_photos(screen, t, person, set_id, page)


async def ask_discard(
    _: CallbackQuery,
    callback_data: AskDiscard,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """Whether that is meant."""
    await training_screens.ask_discard(screen, t, person, callback_data.set_id)


async def discard(
    _: CallbackQuery,
    callback_data: Discard,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """Erase the photos, and begin anew."""
    await training_sets.discard(person, callback_data.set_id)
    await answer(t.plain("train-discarded"))
    await training_screens.begin(screen, t, person, callback_data.model_id)


async def give_up(
    _: CallbackQuery,
    callback_data: GiveUp,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """Erase what came for this set, and begin with the other model."""
    await training_sets.give_up(person, callback_data.set_id)
    await answer(t.plain("train-discarded"))
    await training_screens.begin(screen, t, person, callback_data.model_id)
