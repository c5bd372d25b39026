"""Who may do what: who is an admin to the bot, and what stays open to people who are banned."""

import re
from collections.abc import Collection

from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, TelegramObject

from bot.buttons import Open, Section
from bot.features.erasure.keyboards import AskAgain, Erase
from bot.features.paysupport.buttons import AskRefund, ConfirmRefund, ShowSupport
from repository.users import User

_OPEN_COMMANDS = re.compile(r"/(delete_me|terms|privacy|paysupport)(\s|\Z)")
_OPEN_BUTTONS = (
    *(f"{data.__prefix__}:" for data in (Erase, ShowSupport, AskRefund, ConfirmRefund)),
    *(f"{Open.__prefix__}:{section.value}:" for section in (Section.ERASURE, Section.TERMS, Section.PRIVACY)),
)


def is_admin(_: TelegramObject, person: User, admin_ids: Collection[int]) -> bool:
    """A filter: others fall through to the silence of the fallback."""
    return person.is_admin or person.user_id in admin_ids


def is_open_to_banned(event: Message | CallbackQuery) -> bool:
    """Whether this is a person's right whatever they did: to be erased, to know the rules, to have money back."""
    if isinstance(event, CallbackQuery):
        return _is_open_button(event.data)
    return _OPEN_COMMANDS.match(event.text or "") is not None


def open_buttons(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """What of a keyboard does something for a banned person."""
    if keyboard is None:
        return None
    rows = [
        [button for button in row if button.callback_data is None or _is_open_button(button.callback_data)]
        for row in keyboard.inline_keyboard
    ]
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def _is_open_button(data: str | None) -> bool:
    return data == AskAgain().pack() or (data or "").startswith(_OPEN_BUTTONS)
