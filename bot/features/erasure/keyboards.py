"""Two presses to the end, and a way back from each."""

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.features.help.keyboards import help_button
from bot.features.help.topics import Topic
from bot.texts import Translate


class AskAgain(CallbackData, prefix="erask"):
    """The person wants everything deleted; asked once more."""


class Erase(CallbackData, prefix="erase"):
    """Yes, for good.

    The receipt's reference is chosen before: the same press, handled again after whatever broke, finds what it did
    the first time, although nobody knows the person by then. So is the language.
    """

    reference: Annotated[str, Field(pattern=r"^DP-[A-Z2-9]{5}-[A-Z2-9]{5}$")]
    locale: Literal["ru", "en"]


def first_question_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under what goes and what stays."""
    return keyboard(
        [button(t.plain("button-erase"), AskAgain(), "danger")],
        [button(t.plain("button-privacy"), Open(section=Section.PRIVACY)), help_button(t, Topic.PRIVACY)],
        [menu_button(t)],
    )


def last_question_keyboard(t: Translate, reference: str, back: Section) -> InlineKeyboardMarkup:
    """No comes first: it is what a hasty finger finds. back: where it leads."""
    yes = Erase.model_validate({"reference": reference, "locale": t.locale})
    return keyboard(
        [button(t.plain("button-erase-not"), Open(section=back))],
        [button(t.plain("button-erase-really"), yes, "danger")],
    )


def unfinished_keyboard(t: Translate, press: Erase) -> InlineKeyboardMarkup:
    """Under the words that it takes a little longer."""
    return keyboard([button(t.plain("button-erase-check"), press)])
