"""`/delete_me`: what goes and what stays, a second question, the end, the receipt."""

from contextlib import suppress

from aiogram import Bot, F, Router
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.types import BotCommandScopeChat, CallbackQuery, Message

from bot.buttons import Open, Section
from bot.chat_actions import keep_showing
from bot.delivery import remove_message
from bot.features.erasure.keyboards import AskAgain, Erase, first_question_keyboard, last_question_keyboard
from bot.features.erasure.receipt import tell_receipt
from bot.screen import Screen
from bot.texts import Texts, Translate
from repository.users import User
from services.erasures import Erasures, new_reference
from services.notifications import Notifications
from services.tasks import Tasks


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="erasure")
    router.message.register(explain, Command("delete_me"))
    router.callback_query.register(explain, Open.filter(F.section == Section.ERASURE))
    router.callback_query.register(ask_again, AskAgain.filter())
    router.callback_query.register(erase, Erase.filter())
    return router


async def explain(_: Message | CallbackQuery, person: User, t: Translate, screen: Screen, erasures: Erasures) -> None:
    """What goes, in numbers, and what stays."""
    counts = await erasures.foresee(person)
    goes = [
        t("erasure-photos", count=counts["photos"]),
        t("erasure-pictures", count=counts["pictures"]),
    ]
    if counts["training_photos"]:
        goes.append(t("erasure-training-photos", count=counts["training_photos"]))
    if counts["models"]:
        goes.append(t("erasure-models", count=counts["models"]))
    if counts["packs"]:
        goes.append(t("erasure-packs", count=counts["packs"]))
    goes.append(t("erasure-rest"))
    if counts["open_orders"]:
        goes.append(t("erasure-open-orders", count=counts["open_orders"]))
    if counts["refund_cases"]:
        goes.append(t("erasure-refund-cases", count=counts["refund_cases"]))
    if person.tokens_left:
        goes.append(t("erasure-tokens", count=person.tokens_left))
    stays = [t("erasure-stays")]
    if person.banned_at is not None:
        stays.append(t("erasure-stays-ban"))
    stays.append(t("erasure-stays-chat"))
    blocks = [t("erasure"), "\n".join(goes), "\n".join(stays)]
    await screen.show("\n\n".join(blocks), first_question_keyboard(t))


async def ask_again(_: CallbackQuery, person: User, t: Translate, screen: Screen) -> None:
    """Once more, as it cannot be undone. Who is banned has no menu to go back to."""
    back = Section.MENU if person.banned_at is None else Section.ERASURE
    await screen.show(t("erasure-really"), last_question_keyboard(t, new_reference(), back))


async def erase(
    query: CallbackQuery,
    callback_data: Erase,
    bot: Bot,
    person: User,
    texts: Texts,
    erasures: Erasures,
    tasks: Tasks,
    notifications: Notifications,
) -> None:
    """Erase everything, whatever is being made included. A press that is handled again meets EarlierErasures first."""
    t = texts.bound(callback_data.locale)
    open_tasks = await tasks.open_tasks(person.user_id)
    progress = [await notifications.progress_message(task.task_id) for task in open_tasks]
    async with keep_showing(bot, person.user_id, ChatAction.TYPING):
        receipt = await erasures.erase(person, callback_data.reference)
    await tell_receipt(bot, query, t, callback_data, receipt)
    with suppress(TelegramAPIError):  # courtesies: the receipt is there
        for shown in progress:
            if shown is not None:
                await remove_message(bot, *shown)
        await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=person.user_id))
