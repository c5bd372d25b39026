"""Under what is sold, under the list of payments, under one of them, and under the news about money."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.amounts import price_words
from bot.buttons import Open, Section, button, buy_button, in_rows, keyboard, menu_button
from bot.features.buy.buttons import Buy, ShowPayment, ShowPayments
from bot.features.buy.offers import OnSale, offer_words
from bot.features.help.keyboards import help_button
from bot.features.help.topics import Topic
from bot.features.paysupport.buttons import AskRefund
from bot.features.train.buttons import Train
from bot.texts import Translate
from repository.payments import Payment

CARDS_IN_ROW = 2


def offers_keyboard(t: Translate, on_sale: OnSale, way_back: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """A product a row, the best one in green; by card below, in short. way_back: to what the person was doing."""
    for_stars = [
        [
            button(
                offer_words(t, product, on_sale),
                Buy(product=product.code, currency=product.currency),
                "success" if product == on_sale.best else None,
            )
        ]
        for product in on_sale.for_stars
    ]
    by_card = [
        button(
            t.plain("offer-by-card", tokens=product.tokens, price=price_words(t, product.amount, product.currency)),
            Buy(product=product.code, currency=product.currency),
        )
        for product in on_sale.by_card
    ]
    return keyboard(
        *for_stars,
        *in_rows(by_card, CARDS_IN_ROW),
        way_back,
        [button(t.plain("button-payments"), Open(section=Section.PAYMENTS))],
        [menu_button(t), help_button(t, Topic.TOKENS)],
    )


def payments_keyboard(
    t: Translate, payments: Sequence[Payment], *, older: int | None, is_first: bool
) -> InlineKeyboardMarkup:
    """A payment a row, and the neighbours. older: the last one shown, where there are more behind it."""
    rows = [[button(_row(t, payment), ShowPayment(payment_id=payment.payment_id))] for payment in payments]
    turning = []
    if not is_first:
        turning.append(button(t.plain("button-newest-payments"), ShowPayments()))
    if older is not None:
        turning.append(button(t.plain("button-older"), ShowPayments(before=older)))
    return keyboard(*rows, turning, [buy_button(t)], [_balance_button(t), menu_button(t)])


def payment_keyboard(t: Translate, payment: Payment) -> InlineKeyboardMarkup:
    """What can be done about one payment."""
    refund = AskRefund(payment_id=payment.payment_id)
    asking = [] if payment.refunded_at else [button(t.plain("button-ask-refund"), refund)]
    return keyboard(asking, [button(t.plain("button-all-payments"), ShowPayments()), menu_button(t)])


def bought_keyboard(t: Translate, payment_id: int | None, *, is_collecting: bool) -> InlineKeyboardMarkup:
    """Under the news that tokens have come: what they are for, and the payment where there is one.

    is_collecting: photos for a model wait for these tokens, most likely.
    """
    training = [button(t.plain("button-train-go-back"), Train(below=True), "primary")] if is_collecting else []
    make = button(t.plain("button-make"), Open(section=Section.GENERATE, below=True), None if training else "primary")
    return keyboard(training, [make], _payment_row(t, payment_id))


def news_keyboard(t: Translate, payment_id: int | None) -> InlineKeyboardMarkup:
    """Under other news about a payment."""
    menu = button(t.plain("button-menu"), Open(section=Section.MENU, below=True))
    return keyboard(_payment_row(t, payment_id), [menu])


def _payment_row(t: Translate, payment_id: int | None) -> list[InlineKeyboardButton]:
    if payment_id is None:
        return []
    return [button(t.plain("button-payment"), ShowPayment(payment_id=payment_id, below=True))]


def _balance_button(t: Translate) -> InlineKeyboardButton:
    return button(t.plain("button-balance"), Open(section=Section.BALANCE))


def _row(t: Translate, payment: Payment) -> str:
    price = price_words(t, payment.amount, payment.currency)
    if payment.refunded_at is not None:
        return t.plain("payment-row-refunded", date=payment.date, price=price, tokens=payment.tokens)
    return t.plain("payment-row", date=payment.date, price=price, tokens=payment.tokens)
