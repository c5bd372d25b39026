"""Under the balance."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, buy_button, keyboard, make_button, menu_button
from bot.features.help.keyboards import help_button
from bot.features.help.topics import Topic
from bot.texts import Translate


def balance_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """To more of them, to what they are for, or back."""
    return keyboard(
        [buy_button(t)],
        [button(t.plain("button-payments"), Open(section=Section.PAYMENTS))],
        [make_button(t)],
        [button(t.plain("button-packs"), Open(section=Section.PACKS))],
        [
            button(t.plain("button-referral"), Open(section=Section.REFERRAL)),
            button(t.plain("button-promo"), Open(section=Section.PROMO)),
        ],
        [menu_button(t), help_button(t, Topic.TOKENS)],
    )
