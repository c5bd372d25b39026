"""The languages."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from bot.buttons import button, menu_button
from bot.texts import Translate


class ChooseLocale(CallbackData, prefix="locale"):
    """Speak this language from now on."""

    locale: str


def settings_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """One button a language, the present one marked."""
    titles = {"ru": t.plain("settings-locale-ru"), "en": t.plain("settings-locale-en")}
    languages = [
        button(t.plain("button-chosen", choice=title) if locale == t.locale else title, ChooseLocale(locale=locale))
        for locale, title in titles.items()
    ]
    return InlineKeyboardMarkup(inline_keyboard=[languages, [menu_button(t)]])
