"""Under the card of a solid, and under the solid itself."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, buy_row, keyboard
from bot.features.help.keyboards import help_button
from bot.features.help.topics import Topic
from bot.features.pictures.buttons import Origin, ShowPicture
from bot.features.pictures.keyboards import favorite_button, file_button
from bot.features.solids.buttons import MakeSolid, solid_again_buttons
from bot.texts import Translate
from services.drafts.solid_drafts import SolidDraft
from services.notifications import Delivery


def card_keyboard(
    t: Translate, draft: SolidDraft, price: int, tokens_left: int, back: InlineKeyboardButton
) -> InlineKeyboardMarkup:
    """Make, where it needs more tokens the way to them, and the way back to where the card was opened."""
    make = button(t.plain("button-make-for", price=price), MakeSolid(draft_id=draft.draft_id), "primary")
    return keyboard([make], buy_row(t, price, tokens_left), [back, help_button(t, Topic.SOLIDS)])


def solid_result_keyboard(t: Translate, delivery: Delivery) -> InlineKeyboardMarkup:
    """Under a solid, or under the words that there is none: nothing of it can be varied or enlarged."""
    ways_on = [
        button(t.plain("button-history"), Open(section=Section.HISTORY, below=True)),
        button(t.plain("button-menu"), Open(section=Section.MENU, below=True)),
    ]
    if not delivery.files:
        return keyboard(solid_again_buttons(t, delivery.draft_id, "primary"), ways_on)
    file_id = delivery.files[0].file_id
    more = button(t.plain("button-more"), ShowPicture(file_id=file_id, origin=Origin.RESULT))
    return keyboard(
        [*solid_again_buttons(t, delivery.draft_id), favorite_button(t, file_id, False)],
        [file_button(t, file_id), more],
        ways_on,
    )
