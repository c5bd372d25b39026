"""From one of these texts to the others."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.texts import Translate


def terms_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the terms."""
    return keyboard(
        [button(t.plain("button-privacy"), Open(section=Section.PRIVACY))],
        [button(t.plain("button-settings-back"), Open(section=Section.SETTINGS)), menu_button(t)],
    )


def privacy_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the privacy text: the end of it all is one press away, and asked twice."""
    return keyboard(
        [
            button(t.plain("button-terms"), Open(section=Section.TERMS)),
            button(t.plain("button-erasure"), Open(section=Section.ERASURE)),
        ],
        [button(t.plain("button-settings-back"), Open(section=Section.SETTINGS)), menu_button(t)],
    )
