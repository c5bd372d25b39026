"""Turning the pages of the gallery."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import button, make_button, menu_button
from bot.features.generate.keyboards import again_row
from bot.texts import Translate
from services.generation import PicturePage, PicturePlace


class TurnPage(CallbackData, prefix="page"):
    """A place in the gallery."""

    generation_id: Annotated[int, Field(ge=1, le=2**31 - 1)]
    position: Annotated[int, Field(ge=-1, le=1000)]


def picture_keyboard(t: Translate, page: PicturePage) -> InlineKeyboardMarkup:
    """The neighbours, what can be made of it, and the way back."""
    turning = []
    if page.newer is not None:
        turning.append(button(t.plain("button-newer"), _turn(page.newer)))
    if page.older is not None:
        turning.append(button(t.plain("button-older"), _turn(page.older)))
    rows = [turning, again_row(t, page.draft_id), [menu_button(t)]]
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def empty_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """The way out of an empty gallery."""
    return InlineKeyboardMarkup(inline_keyboard=[[make_button(t)], [menu_button(t)]])


def _turn(place: PicturePlace) -> TurnPage:
    return TurnPage(generation_id=place.generation_id, position=place.position)
