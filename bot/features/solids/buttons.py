"""What the buttons of solids carry: ids, and where their buttons stand; and the buttons that other features show."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.buttons import button
from bot.features.generate.keyboards import DraftId
from bot.features.pictures.buttons import Origin
from bot.texts import Translate


class SolidOfPicture(CallbackData, prefix="solid"):
    """The card for a solid of this picture."""

    file_id: UUID
    origin: Origin


class SolidOfDraft(CallbackData, prefix="figure"):
    """The card for a solid of what a draft of a picture starts from: its photo, or else its words."""

    draft_id: DraftId


class MakeSolid(CallbackData, prefix="model"):
    """Order the draft of a solid."""

    draft_id: DraftId


class SolidAgain(CallbackData, prefix="resolid"):
    """A new card for the same solid, at the end of the chat."""

    draft_id: DraftId


def solid_button(t: Translate, file_id: UUID, origin: Origin) -> InlineKeyboardButton:
    """To the card for a solid of a picture."""
    return button(t.plain("button-solid"), SolidOfPicture(file_id=file_id, origin=origin))


def solid_again_buttons(t: Translate, draft_id: int | None, style: str | None = None) -> list[InlineKeyboardButton]:
    """The same once more, where it was ordered in the bot."""
    return [button(t.plain("button-again"), SolidAgain(draft_id=draft_id), style)] if draft_id is not None else []
