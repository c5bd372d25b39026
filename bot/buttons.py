"""Buttons that lead from one part of the bot to another."""

from collections.abc import Sequence
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import Translate


class Section(StrEnum):
    """Parts of the bot that a button opens."""

    MENU = "menu"
    GENERATE = "generate"
    WORDS = "words"
    HISTORY = "history"
    FAVORITES = "favorites"
    MODELS = "models"
    PACKS = "packs"
    TRAIN = "train"
    BALANCE = "balance"
    REFERRAL = "referral"
    PROMO = "promo"
    BUY = "buy"
    PAYMENTS = "payments"
    SETTINGS = "settings"
    HELP = "help"
    TERMS = "terms"
    PRIVACY = "privacy"
    ERASURE = "erasure"


class Open(CallbackData, prefix="open"):
    """Opens a section; below: at the end of the chat, under a result that stays."""

    section: Section
    below: bool = False


def button(text: str, opens: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    """A button; style: primary, success or danger."""
    return InlineKeyboardButton(text=text, callback_data=opens.pack(), style=style)


def marked(t: Translate, choice: str, *, chosen: bool) -> str:
    """A choice, with a sign where it is the present one."""
    return t.plain("button-chosen", choice=choice) if chosen else choice


def in_rows(buttons: Sequence[InlineKeyboardButton], size: int) -> list[Sequence[InlineKeyboardButton]]:
    """Buttons in rows of this size; the last one has the rest."""
    return [buttons[start : start + size] for start in range(0, len(buttons), size)]


def keyboard(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """The rows that have a button."""
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])


def menu_button(t: Translate) -> InlineKeyboardButton:
    """Back to the main menu."""
    return button(t.plain("button-menu"), Open(section=Section.MENU))


def make_button(t: Translate) -> InlineKeyboardButton:
    """To a new picture."""
    return button(t.plain("button-make"), Open(section=Section.GENERATE), "primary")


def buy_button(t: Translate, style: str | None = None) -> InlineKeyboardButton:
    """To what is sold."""
    return button(t.plain("button-buy"), Open(section=Section.BUY), style)


def short_buy_button(t: Translate) -> InlineKeyboardButton:
    """The same, for where two buttons share a row."""
    return button(t.plain("button-buy-short"), Open(section=Section.BUY))


def buy_row(t: Translate, price: int, tokens_left: int, style: str | None = None) -> list[InlineKeyboardButton]:
    """To what is sold, where the tokens do not suffice; else nothing."""
    return [buy_button(t, style)] if price > tokens_left else []
