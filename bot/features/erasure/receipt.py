"""The receipt: the last words to somebody whom nobody knows any more, so that nothing is remembered of it here."""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.features.erasure.keyboards import Erase, unfinished_keyboard
from bot.features.models.wording import fate_lines
from bot.texts import Translate
from services.erasures import Receipt


async def tell_receipt(bot: Bot, query: CallbackQuery, t: Translate, press: Erase, receipt: Receipt) -> None:
    """Turn the question into the receipt, which stays in the chat; told twice it stands there once.

    Never through the screen: that would write the person's id to Redis again.
    """
    keyboard = unfinished_keyboard(t, press) if receipt.completed_at is None else None
    await _replace(bot, query, receipt_text(t, receipt), keyboard)


def receipt_text(t: Translate, receipt: Receipt) -> str:
    """Reference, date and numbers."""
    if receipt.completed_at is None:
        return t("erasure-unfinished", reference=receipt.reference)
    counts = receipt.counts
    lines = [
        t("erased-photos", count=counts.get("photos", 0)),
        t("erased-pictures", count=counts.get("pictures", 0)),
        t("erased-orders", count=counts.get("orders", 0)),
    ]
    if training_photos := counts.get("training_photos", 0):
        lines.append(t("erased-training-photos", count=training_photos))
    if models := counts.get("models", 0):
        lines.append(t("erased-models", count=models))
    if given_up := counts.get("tokens_left", 0):
        lines.append(t("erased-tokens", count=given_up))
    blocks = [t("erasure-receipt", reference=receipt.reference, date=receipt.completed_at), "\n".join(lines)]
    if fates := fate_lines(t, receipt.copies):
        blocks.append("\n".join([t("model-copies"), *fates]))
    return "\n\n".join([*blocks, t("erasure-receipt-end")])


async def _replace(bot: Bot, query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Edit what was pressed, or send it anew where that cannot be edited any more."""
    chat_id = query.from_user.id
    if isinstance(query.message, Message) and query.message.text is not None:
        try:
            await bot.edit_message_text(
                text, chat_id=chat_id, message_id=query.message.message_id, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            if "not modified" in error.message:
                return
        else:
            return
    await bot.send_message(chat_id, text, reply_markup=keyboard)
