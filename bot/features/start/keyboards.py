"""The main menu."""

from functools import lru_cache

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, make_button, short_buy_button
from bot.texts import Translate


@lru_cache(maxsize=8)
def main_menu_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """What people come for, what they have, what it costs, the rest. Built once for everybody of a language."""
    return keyboard(
        [make_button(t)],
        [
            button(t.plain("button-models"), Open(section=Section.MODELS)),
            button(t.plain("button-packs"), Open(section=Section.PACKS)),
        ],
        [
            button(t.plain("button-history"), Open(section=Section.HISTORY)),
            button(t.plain("button-favorites"), Open(section=Section.FAVORITES)),
        ],
        [
            button(t.plain("button-balance"), Open(section=Section.BALANCE)),
            short_buy_button(t),
        ],
        [button(t.plain("button-referral"), Open(section=Section.REFERRAL))],
        [
            button(t.plain("button-settings"), Open(section=Section.SETTINGS)),
            button(t.plain("button-help"), Open(section=Section.HELP)),
        ],
    )
