"""Under a promo code, asked for or redeemed."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, make_button, menu_button
from bot.texts import Translate


def asking_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """The way out."""
    return keyboard([menu_button(t), button(t.plain("button-balance"), Open(section=Section.BALANCE))])


def redeemed_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """To what tokens are for."""
    return keyboard(
        [make_button(t)], [menu_button(t), button(t.plain("button-balance"), Open(section=Section.BALANCE))]
    )
