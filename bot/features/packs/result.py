"""How a pack comes to its person: its first photos, the words, and the way to all the others. Sent by the outbox."""

from dataclasses import replace

from aiogram.types import InlineKeyboardMarkup

from bot.endings import ending_text
from bot.features.packs.keyboards import pack_result_keyboard
from bot.texts import Translate
from services.notifications import ALBUM_SIZE, Delivery
from services.orders import TaskKind


def is_pack(delivery: Delivery) -> bool:
    """Whether many photos of a theme were ordered: forty of them would bury the chat."""
    return delivery.task.kind == TaskKind.DATASET


def only_the_first(delivery: Delivery) -> Delivery:
    """The same ending with one album of pictures: the looks take turns, so that it has seen them all."""
    return replace(delivery, files=delivery.files[:ALBUM_SIZE])


def pack_ending_text(t: Translate, delivery: Delivery) -> str:
    """The words, with where the other photos are."""
    made = delivery.task.units_made
    if made <= ALBUM_SIZE:
        return ending_text(t, delivery)
    return f"{ending_text(t, delivery)}\n\n{t('pack-ending-more', shown=ALBUM_SIZE, made=made)}"


def pack_ending_keyboard(t: Translate, delivery: Delivery) -> InlineKeyboardMarkup:
    """ZIP, all of them, another pack."""
    return pack_result_keyboard(t, delivery.task.task_id, has_pictures=bool(delivery.files))
