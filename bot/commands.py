"""The list of commands beside the input field, in the languages there are."""

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.texts import Texts, Translate

_FOR_OTHER_LANGUAGES = "en"


async def set_commands(bot: Bot, texts: Texts) -> None:
    """Tell Telegram the commands for every private chat. Raises TelegramAPIError."""
    everywhere = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(commands(texts.bound(_FOR_OTHER_LANGUAGES)), scope=everywhere)
    for locale in texts.locales:
        await bot.set_my_commands(commands(texts.bound(locale)), scope=everywhere, language_code=locale)


async def set_commands_of_chat(bot: Bot, chat_id: int, t: Translate) -> None:
    """Show the commands in the language that a person chose. Raises TelegramAPIError."""
    await bot.set_my_commands(commands(t), scope=BotCommandScopeChat(chat_id=chat_id))


def commands(t: Translate) -> list[BotCommand]:
    """The commands in one language, most used first."""
    return [
        BotCommand(command="start", description=t.plain("command-start")),
        BotCommand(command="generate", description=t.plain("command-generate")),
        BotCommand(command="history", description=t.plain("command-history")),
        BotCommand(command="balance", description=t.plain("command-balance")),
        BotCommand(command="settings", description=t.plain("command-settings")),
        BotCommand(command="help", description=t.plain("command-help")),
        BotCommand(command="cancel", description=t.plain("command-cancel")),
    ]
