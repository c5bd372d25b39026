"""The language of the bot and of its list of commands."""

from collections.abc import Collection

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import is_admin
from bot.buttons import Open, Section
from bot.commands import admin_commands, commands, set_commands_of_chat
from bot.features.settings.keyboards import ChooseLocale, settings_keyboard
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Texts, Translate
from repository.users import User
from services.accounts import Accounts


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="settings")
    router.message.register(show_settings, Command("settings"))
    router.callback_query.register(show_settings, Open.filter(F.section == Section.SETTINGS))
    router.callback_query.register(choose_locale, ChooseLocale.filter(F.locale.in_({"ru", "en"})))
    return router


async def show_settings(_: Message | CallbackQuery, t: Translate, screen: Screen) -> None:
    """What can be set."""
    await screen.show(t("settings"), settings_keyboard(t))


async def choose_locale(
    query: CallbackQuery,
    callback_data: ChooseLocale,
    bot: Bot,
    person: User,
    screen: Screen,
    answer: Answer,
    accounts: Accounts,
    texts: Texts,
    admin_ids: Collection[int],
) -> None:
    """Speak another language at once, everywhere."""
    await accounts.set_locale(person.user_id, callback_data.locale)
    t = texts.bound(callback_data.locale)
    await answer(t.plain("settings-locale-saved"))
    await screen.show(t("settings"), settings_keyboard(t))
    listed = admin_commands(t) if is_admin(query, person, admin_ids) else commands(t)
    await set_commands_of_chat(bot, person.user_id, listed)
