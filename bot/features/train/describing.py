"""What is said about the photos: whom they show, what stays the same, what the model is called."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.features.train.buttons import AskName, AskSubject, ChooseSubject, ChooseTrait, GoOn, ShowTraits, TakeName
from bot.features.train.screens import MAX_NAME, TrainingScreens, suggested_name
from bot.features.train.states import TrainingStep
from bot.screen import Screen
from bot.texts import Translate
from bot.words import clean_words
from repository.users import User
from services.training.captions import CHARACTERISTICS
from services.training.sets import TrainingSets


def build_router() -> Router:
    """Where the model is described."""
    router = Router(name="describing a model")
    router.callback_query.register(go_on, GoOn.filter())
    router.callback_query.register(ask_subject, AskSubject.filter())
    router.callback_query.register(choose_subject, ChooseSubject.filter())
    router.callback_query.register(show_traits, ShowTraits.filter())
    router.callback_query.register(choose_trait, ChooseTrait.filter())
    router.callback_query.register(ask_name, AskName.filter())
    router.callback_query.register(take_name, TakeName.filter())
    router.message.register(receive_name, TrainingStep.name, F.text, ~F.text.startswith("/"))
    return router


async def go_on(
    _: CallbackQuery,
    callback_data: GoOn,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """To the first thing that is not known yet, or to the summary."""
    await training_screens.show_summary(screen, t, person, callback_data.set_id)


async def ask_subject(
    _: CallbackQuery,
    callback_data: AskSubject,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """Whom the photos show."""
    await training_screens.show_subject(screen, t, person, callback_data.set_id)


async def choose_subject(
    _: CallbackQuery,
    callback_data: ChooseSubject,
    person: User,
    t: Translate,
    screen: Screen,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """A woman, a man, another; then what stays the same."""
    await training_sets.describe(person, callback_data.set_id, subject_class=callback_data.subject)
    await training_screens.show_traits(screen, t, person, callback_data.set_id)


async def show_traits(
    _: CallbackQuery,
    callback_data: ShowTraits,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """What stays the same."""
    await training_screens.show_traits(screen, t, person, callback_data.set_id)


async def choose_trait(
    _: CallbackQuery,
    callback_data: ChooseTrait,
    person: User,
    t: Translate,
    screen: Screen,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """Say one thing more, another in its place, or take it back; a code of another age changes nothing."""
    trait, value = callback_data.trait, callback_data.value
    if value in CHARACTERISTICS.get(trait, {}):
        before = dict((await training_sets.view(person, callback_data.set_id)).set.characteristics)
        after = before | {trait: value}
        if before.get(trait) == value:
            del after[trait]
        await training_sets.describe(person, callback_data.set_id, characteristics=after)
    await training_screens.show_traits(screen, t, person, callback_data.set_id)


async def ask_name(
    _: CallbackQuery,
    callback_data: AskName,
    person: User,
    t: Translate,
    screen: Screen,
    training_screens: TrainingScreens,
) -> None:
    """What it is called."""
    await training_screens.ask_name(screen, t, person, callback_data.set_id)


async def take_name(
    _: CallbackQuery,
    callback_data: TakeName,
    person: User,
    t: Translate,
    screen: Screen,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """As suggested."""
    view = await training_sets.view(person, callback_data.set_id)
    await training_sets.describe(person, callback_data.set_id, name=suggested_name(t, person, view))
    await training_screens.show_summary(screen, t, person, callback_data.set_id)


async def receive_name(
    message: Message,
    person: User,
    t: Translate,
    screen: Screen,
    training_sets: TrainingSets,
    training_screens: TrainingScreens,
) -> None:
    """A name of their own; after a slip the next words are one again."""
    set_id = int((await screen.remembered())["training_set"])
    name = clean_words(message.text or "")
    if not name:
        problem = t("train-name-empty")
    elif len(name) > MAX_NAME:
        problem = t("train-name-long", limit=MAX_NAME, length=len(name))
    else:
        await training_sets.describe(person, set_id, name=name)
        await training_screens.show_summary(screen, t, person, set_id)
        return
    await training_screens.ask_name(screen, t, person, set_id, problem=problem)
