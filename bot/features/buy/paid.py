"""The person's own payments: a list, and one of them."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.amounts import price_words
from bot.buttons import Open, Section
from bot.features.buy.buttons import ShowPayment, ShowPayments
from bot.features.buy.keyboards import payment_keyboard, payments_keyboard
from bot.screen import Screen
from bot.texts import Translate
from repository.payments import Payment
from repository.users import User
from services.money.payments import Payments

PAGE = 10


def build_router() -> Router:
    """What leads to payments that were made."""
    router = Router(name="paid")
    router.message.register(show_payments, Command("history_payments"))
    router.callback_query.register(show_payments, Open.filter(F.section == Section.PAYMENTS))
    router.callback_query.register(turn_page, ShowPayments.filter())
    router.callback_query.register(show_payment, ShowPayment.filter())
    return router


async def show_payments(
    _: Message | CallbackQuery, person: User, t: Translate, screen: Screen, payments: Payments
) -> None:
    """The newest."""
    await _show_page(screen, person, t, payments, None)


async def turn_page(
    _: CallbackQuery, callback_data: ShowPayments, person: User, t: Translate, screen: Screen, payments: Payments
) -> None:
    """Older ones, or the newest again."""
    await _show_page(screen, person, t, payments, callback_data.before)


async def show_payment(
    _: CallbackQuery, callback_data: ShowPayment, person: User, t: Translate, screen: Screen, payments: Payments
) -> None:
    """Everything about one. Raises PaymentNotFound."""
    payment = await payments.own(person.user_id, callback_data.payment_id)
    place = screen.below() if callback_data.below else screen
    await place.show(payment_text(t, payment), payment_keyboard(t, payment))


async def _show_page(screen: Screen, person: User, t: Translate, payments: Payments, before: int | None) -> None:
    found = await payments.of_person(person.user_id, limit=PAGE + 1, before=before)
    page = found[:PAGE]
    older = page[-1].payment_id if len(found) > PAGE else None
    text = t("payments") if page else t("payments-none")
    await screen.show(text, payments_keyboard(t, page, older=older, is_first=before is None))


def payment_text(t: Translate, payment: Payment) -> str:
    """Number, moment, amount, what came of it, as HTML."""
    blocks = [
        t(
            "payment",
            number=str(payment.payment_id),
            date=payment.date,
            price=price_words(t, payment.amount, payment.currency),
            tokens=payment.tokens,
        )
    ]
    if payment.mismatch is not None:
        blocks.append(t("payment-mismatch"))
    if payment.refunded_at is not None:
        blocks.append(t("payment-refunded", date=payment.refunded_at))
    return "\n\n".join(blocks)
