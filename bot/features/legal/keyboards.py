"""From one of these texts to the others."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.features.help.keyboards import HelpTopic
from bot.features.help.topics import Topic
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


def support_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the way to support: what is often asked is answered already."""
    return keyboard(
        [
            button(t.plain("help-title-problems"), HelpTopic(topic=Topic.PROBLEMS)),
            button(t.plain("button-balance"), Open(section=Section.BALANCE)),
        ],
        [menu_button(t)],
    )
