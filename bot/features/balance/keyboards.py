"""Under the balance."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import make_button, menu_button
from bot.texts import Translate


def balance_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """To a picture, or back."""
    return InlineKeyboardMarkup(inline_keyboard=[[make_button(t)], [menu_button(t)]])
