"""Photos for a model: each is safe before its update counts as handled, and one card speaks for all of them."""

import time
from typing import Final

from aiogram import Bot, F, Router
from aiogram.filters import StateFilter, or_f
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, PhotoSize

from bot.content import says_something
from bot.dialogs import Dialogs
from bot.error_text import error_text
from bot.features.generate.albums import Albums
from bot.features.generate.intake import NotFetched, brings_picture_file, fetch, sent_with
from bot.features.train.keyboards import closed_keyboard
from bot.features.train.screens import TrainingScreens
from bot.features.train.states import TrainingStep
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.errors import ConsentMissing, FileNotFound, PhotoRefused, SetFull, SetNotFound, SetNotOpen
from services.photos.photos import Photos
from services.training.sets import TrainingSets

IN_TRAINING: Final = StateFilter(TrainingStep.card, TrainingStep.page, TrainingStep.name)


def build_router() -> Router:
    """Where photos for a model come in."""
    router = Router(name="training photos")
    router.message.register(receive_photo, IN_TRAINING, or_f(F.photo, brings_picture_file))
    router.message.register(remind_of_photos, IN_TRAINING, ~F.text.startswith("/"), says_something)
    return router


async def receive_photo(
    message: Message,
    bot: Bot,
    person: User,
    t: Translate,
    screen: Screen,
    state: FSMContext,
    photos: Photos,
    albums: Albums,
    training_sets: TrainingSets,
) -> None:
    """Take it into the set. What was taken is told by the card alone; what was not is told under the photo itself."""
    try:
        await _take_in(message, bot, person, photos, training_sets, int((await screen.remembered())["training_set"]))
    except NotFetched:
        await message.reply(t("photo-not-fetched"))
    except FileNotFound:  # its update comes again, and the person has taken the photo out meanwhile
        return
    except (PhotoRefused, SetFull) as error:
        if await albums.speaks(person.user_id, message.media_group_id, message.message_id, error.code):
            await message.reply(error_text(t, error), parse_mode=None)
    except (SetNotOpen, SetNotFound, ConsentMissing):  # used or given up since, from another device for instance
        await screen.show(t("train-closed"), closed_keyboard(t))
    else:
        await _bring_card_back(state, message.message_id)


async def remind_of_photos(
    message: Message,
    person: User,
    t: Translate,
    screen: Screen,
    albums: Albums,
    training_screens: TrainingScreens,
) -> None:
    """Something that is no photo: say what is waited for, and go on. Of an album once."""
    if not await albums.speaks(person.user_id, message.media_group_id, message.message_id, "no photo"):
        return
    set_id = int((await screen.remembered())["training_set"])
    try:
        await training_screens.show_card(screen, t, person, set_id, note=t("train-no-photo"))
    except (SetNotOpen, SetNotFound, ConsentMissing):
        await screen.show(t("train-closed"), closed_keyboard(t))


async def _take_in(
    message: Message, bot: Bot, person: User, photos: Photos, training_sets: TrainingSets, set_id: int
) -> None:
    """Once a message, however often its update comes. Raises PhotoRefused, NotFetched, SetFull, SetNotOpen."""
    source_key = f"training:{message.chat.id}:{message.message_id}"
    if await training_sets.find_photo(person.user_id, source_key) is not None:
        return
    sent = sent_with(message)
    await training_sets.add_photo(
        person,
        set_id,
        await fetch(bot, sent, photos),
        source_key=source_key,
        telegram_file_id=sent.file_id if isinstance(sent, PhotoSize) else None,
        place=message.message_id,
    )


async def _bring_card_back(state: FSMContext, message_id: int) -> None:
    """Note that there is a photo below the card: it moves, from whatever page the screen shows."""
    dialogs = state.storage
    assert isinstance(dialogs, Dialogs)  # build_dispatcher made it
    newest = max(message_id, int((await state.get_data()).get("newest", 0)))
    await dialogs.note(state.key, TrainingStep.card, newest=newest, newest_at=int(time.time() * 1000))
