"""The buttons under what was made. They stand for ever, and work as long as the picture is there."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, in_rows, keyboard
from bot.features.generate.keyboards import Restyle, Vary, again_row
from bot.features.pictures.buttons import Origin, ShowPicture, ShowSizes
from bot.features.pictures.keyboards import enlarge_buttons, favorite_button, file_button
from bot.features.solids.buttons import solid_button
from bot.texts import Translate
from repository.files import File
from services.notifications import Delivery
from services.orders import TaskKind, UpscaleOrder, parse_order

NUMBERS_IN_ROW = 5
MAX_NUMBERS = 10
"""As many as an album has: further pictures are found in the gallery."""


def ending_keyboard(t: Translate, delivery: Delivery) -> InlineKeyboardMarkup:
    """Under the end of any order for pictures."""
    source = _enlarged_from(delivery)
    if source is None:
        return result_keyboard(t, delivery.draft_id, delivery.files)
    if delivery.files:
        return enlarged_keyboard(t, delivery.files[0])
    again = [button(t.plain("button-enlarge-again"), ShowSizes(file_id=source, origin=Origin.RESULT), "primary")]
    return keyboard(again, _ways_on(t))


def result_keyboard(t: Translate, draft_id: int | None, files: Sequence[File] = ()) -> InlineKeyboardMarkup:
    """Under a result. draft_id: what was ordered, None where it was not ordered in the bot.

    A single picture has its actions at hand; of several, each has a number that opens it.
    """
    if len(files) == 1:
        return keyboard(again_row(t, draft_id), *_actions(t, files[0]), _ways_on(t))
    return keyboard(*_numbers(files), again_row(t, draft_id), _ways_on(t))


def enlarged_keyboard(t: Translate, file: File) -> InlineKeyboardMarkup:
    """Under an enlarged picture: Telegram shows less of it than there is, so the file comes first."""
    return keyboard(
        [file_button(t, file.file_id, "primary")],
        [favorite_button(t, file.file_id, False), _more(t, file.file_id)],
        _ways_on(t),
    )


def _actions(t: Translate, file: File) -> list[list[InlineKeyboardButton]]:
    return [
        [
            button(t.plain("button-vary"), Vary(file_id=file.file_id)),
            button(t.plain("button-restyle"), Restyle(file_id=file.file_id)),
        ],
        [favorite_button(t, file.file_id, False), *enlarge_buttons(t, file, Origin.RESULT)],
        [file_button(t, file.file_id), solid_button(t, file.file_id, Origin.RESULT), _more(t, file.file_id)],
    ]


def _more(t: Translate, file_id: UUID) -> InlineKeyboardButton:
    return button(t.plain("button-more"), ShowPicture(file_id=file_id, origin=Origin.RESULT))


def _numbers(files: Sequence[File]) -> list[Sequence[InlineKeyboardButton]]:
    buttons = [
        button(str(number), ShowPicture(file_id=file.file_id, origin=Origin.RESULT))
        for number, file in enumerate(files[:MAX_NUMBERS], start=1)
    ]
    return in_rows(buttons, NUMBERS_IN_ROW)


def _ways_on(t: Translate) -> list[InlineKeyboardButton]:
    return [
        button(t.plain("button-history"), Open(section=Section.HISTORY, below=True)),
        button(t.plain("button-menu"), Open(section=Section.MENU, below=True)),
    ]


def _enlarged_from(delivery: Delivery) -> UUID | None:
    """The picture that was to be enlarged, None where something else was ordered."""
    if delivery.task.kind != TaskKind.UPSCALE:
        return None
    order = parse_order(delivery.task.order_json)
    assert isinstance(order, UpscaleOrder)  # the kind says so
    return order.file_id
