"""Under the invitation: ways to pass it on."""

from urllib.parse import urlencode

from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.texts import Translate


def referral_keyboard(t: Translate, link: str, words: str) -> InlineKeyboardMarkup:
    """Send the link with some words through Telegram, or copy it."""
    share = f"https://t.me/share/url?{urlencode({'url': link, 'text': words})}"
    return keyboard(
        [InlineKeyboardButton(text=t.plain("button-share-invitation"), url=share, style="primary")],
        [InlineKeyboardButton(text=t.plain("button-copy-invitation"), copy_text=CopyTextButton(text=link))],
        [menu_button(t), button(t.plain("button-balance"), Open(section=Section.BALANCE))],
    )
