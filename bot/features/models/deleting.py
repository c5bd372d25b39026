"""The end of a model: what goes and what stays, then a receipt that stays in the chat."""

from aiogram import Bot, Router
from aiogram.enums import ChatAction
from aiogram.types import CallbackQuery

from bot.chat_actions import keep_showing
from bot.features.models.buttons import AskDeleteModel, DeleteModel, ShowModelReceipt
from bot.features.models.keyboards import deletion_keyboard, receipt_keyboard
from bot.features.models.wording import question_text, receipt_text
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.models.models import ModelReceipt, Models


def build_router() -> Router:
    """The question, the end, the receipt."""
    router = Router(name="deleting models")
    router.callback_query.register(ask, AskDeleteModel.filter())
    router.callback_query.register(delete, DeleteModel.filter())
    router.callback_query.register(show_receipt, ShowModelReceipt.filter())
    return router


async def ask(
    _: CallbackQuery, callback_data: AskDeleteModel, person: User, t: Translate, screen: Screen, models: Models
) -> None:
    """What goes, in numbers, and what stays. Raises ModelNotFound."""
    card = await models.own(person.user_id, callback_data.model_id)
    counts = await models.foresee(person.user_id, card.model_id)
    text = question_text(t, card, counts, await models.stop_percent())
    await screen.show(text, deletion_keyboard(t, card.model_id))


async def delete(
    _: CallbackQuery,
    callback_data: DeleteModel,
    bot: Bot,
    person: User,
    t: Translate,
    screen: Screen,
    models: Models,
) -> None:
    """Delete it; a press that is handled again finds the receipt. Raises ModelNotFound, ModelKeepsTraining."""
    async with keep_showing(bot, person.user_id, ChatAction.TYPING):
        receipt = await models.delete(person, callback_data.model_id, callback_data.reference)
    await tell_receipt(screen, t, receipt)


async def show_receipt(
    _: CallbackQuery, callback_data: ShowModelReceipt, t: Translate, screen: Screen, models: Models
) -> None:
    """How far the vendors are by now. Raises ModelReceiptNotFound."""
    await tell_receipt(screen, t, await models.receipt(callback_data.reference))


async def tell_receipt(screen: Screen, t: Translate, receipt: ModelReceipt) -> None:
    """Turn the screen into the receipt, which stays where it is; the next screen is a new one."""
    await screen.show(receipt_text(t, receipt), receipt_keyboard(t, receipt))
    await screen.hand_over()
