"""The list of commands beside the input field, in the languages there are."""

from collections.abc import Sequence

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, BotCommandScopeDefault

from bot.texts import Texts, Translate

_FOR_OTHER_LANGUAGES = "en"


async def set_commands(bot: Bot, texts: Texts) -> None:
    """Tell Telegram everybody's commands: by default, and for private chats. Raises TelegramAPIError."""
    for scope in (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats()):
        await bot.set_my_commands(commands(texts.bound(_FOR_OTHER_LANGUAGES)), scope=scope)
        for locale in texts.locales:
            await bot.set_my_commands(commands(texts.bound(locale)), scope=scope, language_code=locale)


async def set_commands_of_chat(bot: Bot, chat_id: int, listed: Sequence[BotCommand]) -> None:
    """Show a list of its own in a chat, in the language that the person chose. Raises TelegramAPIError."""
    await bot.set_my_commands(list(listed), scope=BotCommandScopeChat(chat_id=chat_id))


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


def admin_commands(t: Translate) -> list[BotCommand]:
    """What an admin sees: everybody's commands, and their own below."""
    return [
        *commands(t),
        BotCommand(command="admin_report", description=t.plain("command-admin-report")),
        BotCommand(command="admin_payments", description=t.plain("command-admin-payments")),
        BotCommand(command="admin_cases", description=t.plain("command-admin-cases")),
        BotCommand(command="admin_models", description=t.plain("command-admin-models")),
        BotCommand(command="admin_promo", description=t.plain("command-admin-promo")),
        BotCommand(command="admin_unfreeze", description=t.plain("command-admin-unfreeze")),
        BotCommand(command="admin_clear_referrals", description=t.plain("command-admin-clear-referrals")),
    ]
