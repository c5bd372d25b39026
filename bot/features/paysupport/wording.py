"""What is said about payments that may go back, line by line."""

from collections.abc import Sequence
from typing import assert_never

from bot.amounts import price_words
from bot.features.legal.facts import LegalFacts
from bot.texts import Translate
from repository.refunds import PaymentStanding, RefundState
from repository.users import User
from services.money.refund_rules import Foresight, WhyCase, why_case


def support_text(t: Translate, person: User, legal: LegalFacts, payments: Sequence[PaymentStanding], days: int) -> str:
    """What can be asked for, the payments of late, and whom to write to."""
    blocks = [t("support"), t("refunds-how", days=days)]
    if payments:
        blocks.append("\n".join([t("refunds-list"), *(_payment_line(t, payment) for payment in payments)]))
    return "\n\n".join([*blocks, _contact(t, legal), t("support-number", number=str(person.user_id))])


def question_text(t: Translate, foresight: Foresight, days: int) -> str:
    """What a refund would do to the tokens, before it is asked for."""
    standing, price = foresight.standing, _price(t, foresight.standing)
    title = t("refund-really", date=standing.date, price=price, tokens=standing.tokens)
    if foresight.why is None:
        at_once = t("refund-at-once", price=price, tokens=standing.tokens, rest=standing.tokens_left - standing.tokens)
        return "\n\n".join([title, at_once])
    becomes_case = t("refund-becomes-case", price=price, tokens=standing.tokens)
    return "\n\n".join([title, why_text(t, foresight.why, standing, days), becomes_case])


def why_text(t: Translate, why: WhyCase, standing: PaymentStanding, days: int) -> str:
    """Why an admin has to look at it, said to the person."""
    match why:
        case WhyCase.CARD:
            return t("refund-why-card")
        case WhyCase.REFUSED:
            return t("refund-why-refused")
        case WhyCase.FROZEN:
            return t("refund-why-frozen")
        case WhyCase.TOO_OLD:
            return t("refund-why-too-old", days=days)
        case WhyCase.SPENT:
            left = max(standing.tokens_left - standing.tokens_owed, 0)
            return t("refund-why-spent", tokens=standing.tokens, left=left)
        case unknown:
            assert_never(unknown)


def case_text(t: Translate, case: PaymentStanding) -> str:
    """A case as an admin sees it."""
    lines = [
        t(
            "case",
            number=str(case.refund_id),
            date=case.date,
            price=_price(t, case),
            tokens=case.tokens,
            name=case.first_name or "–",
            person=str(case.user_id),
            left=case.tokens_left,
            owed=case.tokens_owed,
        )
    ]
    match why_case(case):
        case WhyCase.CARD:
            lines.append(t("case-card"))
        case WhyCase.FROZEN:
            lines.append(t("case-frozen"))
        case WhyCase.TOO_OLD:
            lines.append(t("case-too-old"))
        case WhyCase.SPENT:
            lines.append(t("case-spent", missing=max(case.tokens - case.tokens_left, 0)))
        case WhyCase.REFUSED | None:
            lines.append(t("case-plain"))
        case unknown:
            assert_never(unknown)
    return "\n".join(lines)


def is_askable(standing: PaymentStanding) -> bool:
    """Whether a press may ask for it (again)."""
    return standing.refunded_at is None and standing.state in (None, RefundState.FAILED)


def _payment_line(t: Translate, standing: PaymentStanding) -> str:
    line = t("refund-payment", date=standing.date, price=_price(t, standing), tokens=standing.tokens)
    return f"{line}{_state_words(t, standing)}"


def _state_words(t: Translate, standing: PaymentStanding) -> str:
    match standing.state:
        case None:
            return ""
        case RefundState.CASE:
            return t("refund-is-case")
        case RefundState.SENDING:
            return t("refund-is-sending")
        case RefundState.DONE:
            return t("refund-is-done")
        case RefundState.DECLINED:
            return t("refund-is-declined")
        case RefundState.FAILED:
            return t("refund-is-failed")
        case unknown:
            assert_never(unknown)


def _price(t: Translate, standing: PaymentStanding) -> str:
    return price_words(t, standing.amount, standing.currency)


def _contact(t: Translate, legal: LegalFacts) -> str:
    link = legal.support_link(t.plain("support-owner"))
    # The link is HTML of ours: as a value of the text it would be escaped.
    return f"{t('support-write')} {link}" if link else t("support-nobody")
