"""Ways on from what was not understood."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import button, keyboard, menu_button
from bot.features.generate.keyboards import ShowCard
from bot.features.start.keyboards import main_menu_keyboard
from bot.texts import Translate


def offer_keyboard(t: Translate, draft_id: int) -> InlineKeyboardMarkup:
    """Make a picture of these words, or not."""
    return keyboard(
        [button(t.plain("button-make-of-words"), ShowCard(draft_id=draft_id), "primary")],
        [menu_button(t)],
    )


def ways_on_keyboard(t: Translate, draft_id: int | None) -> InlineKeyboardMarkup:
    """The main menu, and before it the picture that was being composed."""
    menu = main_menu_keyboard(t)
    if draft_id is None:
        return menu
    back = [button(t.plain("button-back-to-draft"), ShowCard(draft_id=draft_id), "primary")]
    return keyboard(back, *menu.inline_keyboard)
