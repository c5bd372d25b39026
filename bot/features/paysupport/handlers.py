"""`/paysupport`: own payments, a question before each refund, and what became of it."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.amounts import price_words
from bot.features.legal.facts import LegalFacts
from bot.features.paysupport import cases
from bot.features.paysupport.buttons import AskRefund, ConfirmRefund, ShowSupport
from bot.features.paysupport.keyboards import after_keyboard, question_keyboard, support_keyboard
from bot.features.paysupport.wording import is_askable, question_text, support_text
from bot.screen import Screen
from bot.texts import Translate
from repository.refunds import RefundState
from repository.users import User
from services.money.refunds import Refunds


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="paysupport")
    router.message.register(show_support, Command("paysupport"))
    router.callback_query.register(show_support, ShowSupport.filter())
    router.callback_query.register(ask, AskRefund.filter())
    router.callback_query.register(give_back, ConfirmRefund.filter())
    router.include_router(cases.build_router())
    return router


async def show_support(
    _: Message | CallbackQuery, person: User, t: Translate, screen: Screen, legal: LegalFacts, refunds: Refunds
) -> None:
    """Whom to ask about tokens and payments, and what can be given back."""
    payments = await refunds.own(person)
    text = support_text(t, person, legal, payments, await refunds.window_days())
    await screen.show(text, support_keyboard(t, [payment for payment in payments if is_askable(payment)]))


async def ask(
    _: CallbackQuery, callback_data: AskRefund, person: User, t: Translate, screen: Screen, refunds: Refunds
) -> None:
    """Really? And what happens to the tokens. Raises PaymentNotFound, AlreadyRefunded, RefundDeclined."""
    foresight = await refunds.foresee(person, callback_data.payment_id)
    if foresight.standing.state is RefundState.CASE:
        await screen.show(t("refund-case-opened"), after_keyboard(t))
        return
    text = question_text(t, foresight, await refunds.window_days())
    is_case = foresight.why is not None
    await screen.show(text, question_keyboard(t, callback_data.payment_id, is_case=is_case))


async def give_back(
    _: CallbackQuery, callback_data: ConfirmRefund, person: User, t: Translate, screen: Screen, refunds: Refunds
) -> None:
    """Yes: at once, or through an admin where something has changed since the question, or it was such a one."""
    requested = await refunds.request(person, callback_data.payment_id)
    if requested.state is RefundState.CASE:
        await screen.show(t("refund-case-opened"), after_keyboard(t))
        return
    standing = requested.standing
    price = price_words(t, standing.amount, standing.currency)
    await screen.show(t("refund-on-its-way", price=price, tokens=standing.tokens), after_keyboard(t))
