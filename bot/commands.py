"""The list of commands beside the input field, in the languages there are."""

from collections.abc import Iterable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

from bot.texts import Texts, Translate
from repository.users import User

_FOR_OTHER_LANGUAGES = "en"

_log = structlog.get_logger(__name__)


async def set_commands(bot: Bot, texts: Texts, admins: Iterable[User] = ()) -> None:
    """Tell Telegram the commands: by default, for private chats, for each admin's own. Raises TelegramAPIError.

    admins: those who have met the bot; Telegram knows no chat with the others.
    """
    for scope in (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats()):
        await bot.set_my_commands(commands(texts.bound(_FOR_OTHER_LANGUAGES)), scope=scope)
        for locale in texts.locales:
            await bot.set_my_commands(commands(texts.bound(locale)), scope=scope, language_code=locale)
    for admin in admins:
        try:
            await set_commands_of_chat(bot, admin.user_id, texts.bound(admin.locale))
        except TelegramBadRequest as error:  # they deleted the chat
            _log.info("commands.no_chat", user_id=admin.user_id, error=error.message)


async def set_commands_of_chat(bot: Bot, chat_id: int, t: Translate) -> None:
    """Show the commands in the language that a person chose. Raises TelegramAPIError."""
    await bot.set_my_commands(commands(t), scope=BotCommandScopeChat(chat_id=chat_id))


def commands(t: Translate) -> list[BotCommand]:
    """The commands in one language, most used first; what the law and Telegram ask for stands last."""
    return [
        BotCommand(command="start", description=t.plain("command-start")),
        BotCommand(command="generate", description=t.plain("command-generate")),
        BotCommand(command="train", description=t.plain("command-train")),
        BotCommand(command="pack", description=t.plain("command-pack")),
        BotCommand(command="models", description=t.plain("command-models")),
        BotCommand(command="history", description=t.plain("command-history")),
        BotCommand(command="favorites", description=t.plain("command-favorites")),
        BotCommand(command="balance", description=t.plain("command-balance")),
        BotCommand(command="referral", description=t.plain("command-referral")),
        BotCommand(command="promo", description=t.plain("command-promo")),
        BotCommand(command="buy", description=t.plain("command-buy")),
        BotCommand(command="history_payments", description=t.plain("command-history-payments")),
        BotCommand(command="settings", description=t.plain("command-settings")),
        BotCommand(command="help", description=t.plain("command-help")),
        BotCommand(command="cancel", description=t.plain("command-cancel")),
        BotCommand(command="paysupport", description=t.plain("command-paysupport")),
        BotCommand(command="terms", description=t.plain("command-terms")),
        BotCommand(command="privacy", description=t.plain("command-privacy")),
        BotCommand(command="delete_me", description=t.plain("command-delete-me")),
    ]
