"""`/train` and the leave that comes first; and the page of the settings where it is seen and taken back."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section, keyboard, menu_button
from bot.features.balance.prices import price_of
from bot.features.train.buttons import AskWithdraw, GiveConsent, ShowConsent, Train, TrainNew, Withdraw
from bot.features.train.keyboards import (
    consent_keyboard,
    own_consent_keyboard,
    withdraw_keyboard,
    withdrawn_keyboard,
)
from bot.features.train.receipt import receipt_text
from bot.features.train.screens import TrainingScreens
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.generation import Generations
from services.orders import TaskKind
from services.training.consents import Consents
from services.training.trainings import Training


def build_router() -> Router:
    """Where a training begins, and where the leave for it ends."""
    router = Router(name="consenting")
    router.message.register(begin, Command("train"))
    router.callback_query.register(begin, Open.filter(F.section == Section.TRAIN))
    router.callback_query.register(begin, Train.filter())
    router.callback_query.register(begin, TrainNew.filter())
    router.callback_query.register(give_consent, GiveConsent.filter())
    router.callback_query.register(show_consent, ShowConsent.filter())
    router.callback_query.register(ask_withdraw, AskWithdraw.filter())
    router.callback_query.register(withdraw, Withdraw.filter())
    return router


async def begin(
    _: Message | CallbackQuery,
    person: User,
    t: Translate,
    screen: Screen,
    consents: Consents,
    generations: Generations,
    training: Training,
    training_screens: TrainingScreens,
    callback_data: Open | Train | TrainNew | None = None,
) -> None:
    """The photos so far; who has given no leave yet is told what it is about, and asked."""
    place = screen.below() if isinstance(callback_data, Open | Train) and callback_data.below else screen
    if not await training.is_offered():
        await place.show(t("train-not-offered"), keyboard([menu_button(t)]))
        return
    model_id = callback_data.model_id if isinstance(callback_data, Train) else None
    if await consents.given(person.user_id):
        is_busy = model_id is None and bool(await consents.open_trainings(person.user_id))
        note = t("train-under-way") if is_busy else None
        if model_id is not None or isinstance(callback_data, TrainNew):
            await training_screens.begin(place, t, person, model_id, note=note)
        else:
            await training_screens.go_on(place, t, person, note=note)
        return
    promises = await training.promises()
    blocks = [t("train"), t("train-consent", days=promises.photo_days), t("train-adults")]
    if price := await price_of(generations, TaskKind.TRAIN):
        blocks.insert(1, t("train-price", tokens=price, left=person.tokens_left))
    await place.show("\n\n".join(blocks), consent_keyboard(t, model_id))


async def give_consent(
    _: CallbackQuery,
    callback_data: GiveConsent,
    person: User,
    t: Translate,
    screen: Screen,
    consents: Consents,
    training_screens: TrainingScreens,
) -> None:
    """The person agrees."""
    await consents.give(person)
    await training_screens.begin(screen, t, person, callback_data.model_id)


async def show_consent(
    _: CallbackQuery, person: User, t: Translate, screen: Screen, consents: Consents, training: Training
) -> None:
    """What was agreed to, and the way to take it back."""
    given = await consents.given(person.user_id)
    days = (await training.promises()).photo_days
    text = t("train-consent-given", days=days) if given else t("train-consent-none")
    await screen.show(text, own_consent_keyboard(t, given=given))


async def ask_withdraw(
    _: CallbackQuery, person: User, t: Translate, screen: Screen, consents: Consents, training: Training
) -> None:
    """What is erased, what is stopped at which price, and whether it is meant."""
    blocks = [t("train-withdraw")]
    if stopped := await consents.open_trainings(person.user_id):
        charged = sum([(await training.cost_of_stop(task)).tokens for task in stopped])
        blocks.append(t("train-withdraw-trainings", count=len(stopped), charged=charged))
    await screen.show("\n\n".join(blocks), withdraw_keyboard(t))


async def withdraw(_: CallbackQuery, person: User, t: Translate, screen: Screen, consents: Consents) -> None:
    """Take the leave back at once, with a receipt."""
    await screen.show(receipt_text(t, await consents.withdraw(person)), withdrawn_keyboard(t))
