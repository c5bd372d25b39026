"""Under support, under the question before a refund, under what became of it, under the cases."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from bot.amounts import price_words
from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.features.help.keyboards import HelpTopic
from bot.features.help.topics import Topic
from bot.features.paysupport.buttons import AskRefund, ConfirmRefund, DecideCase, ShowSupport
from bot.texts import Translate
from repository.refunds import PaymentStanding


def support_keyboard(t: Translate, askable: Sequence[PaymentStanding]) -> InlineKeyboardMarkup:
    """A payment a row; then what is often asked, and the texts that are promised."""
    payments = [
        [
            button(
                t.plain("button-refund", price=price_words(t, one.amount, one.currency), tokens=one.tokens),
                AskRefund(payment_id=one.payment_id),
            )
        ]
        for one in askable
    ]
    return keyboard(
        *payments,
        [
            button(t.plain("help-title-problems"), HelpTopic(topic=Topic.PROBLEMS)),
            button(t.plain("button-balance"), Open(section=Section.BALANCE)),
        ],
        [button(t.plain("button-terms"), Open(section=Section.TERMS)), menu_button(t)],
    )


def question_keyboard(t: Translate, payment_id: int, *, is_case: bool) -> InlineKeyboardMarkup:
    """No comes first: it is what a hasty finger finds."""
    yes = t.plain("button-refund-case") if is_case else t.plain("button-refund-yes")
    return keyboard(
        [button(t.plain("button-refund-not"), ShowSupport())],
        [button(yes, ConfirmRefund(payment_id=payment_id), None if is_case else "danger")],
    )


def after_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under what became of it."""
    return keyboard([button(t.plain("button-support"), ShowSupport()), menu_button(t)])


def cases_keyboard(t: Translate, cases: Sequence[PaymentStanding]) -> InlineKeyboardMarkup:
    """Two buttons a case."""
    rows = [
        [
            button(
                t.plain("button-case-refund", number=str(refund_id)),
                DecideCase(refund_id=refund_id, approve=True),
                "danger",
            ),
            button(
                t.plain("button-case-decline", number=str(refund_id)), DecideCase(refund_id=refund_id, approve=False)
            ),
        ]
        for refund_id in (case.refund_id for case in cases)
        if refund_id is not None
    ]
    return keyboard(*rows, [menu_button(t)])
