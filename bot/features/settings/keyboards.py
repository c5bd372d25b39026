"""The languages, and what concerns the person's data."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, marked, menu_button
from bot.features.train.buttons import ShowConsent
from bot.texts import Translate


class ChooseLocale(CallbackData, prefix="locale"):
    """Speak this language from now on."""

    locale: str


def settings_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """One button a language, the present one marked; then what is promised about the person's data."""
    titles = {"ru": t.plain("settings-locale-ru"), "en": t.plain("settings-locale-en")}
    languages = [
        button(marked(t, title, chosen=locale == t.locale), ChooseLocale(locale=locale))
        for locale, title in titles.items()
    ]
    return keyboard(
        languages,
        [
            button(t.plain("button-terms"), Open(section=Section.TERMS)),
            button(t.plain("button-privacy"), Open(section=Section.PRIVACY)),
        ],
        [button(t.plain("button-train-consent"), ShowConsent())],
        [button(t.plain("button-erasure"), Open(section=Section.ERASURE))],
        [menu_button(t)],
    )
