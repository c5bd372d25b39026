"""Which payments a person can have back by themselves, and why the others wait for an admin."""

from dataclasses import dataclass
from enum import StrEnum

from repository.refunds import PaymentStanding, RefundState
from services.errors import AlreadyRefunded, RefundDeclined
from services.money.payments import STARS


class WhyCase(StrEnum):
    """Why an admin must look at it."""

    CARD = "card"
    """Not paid in Stars, or under no charge that Telegram knows: it cannot give that back."""
    REFUSED = "refused"
    """Telegram refused it before."""
    FROZEN = "frozen"
    TOO_OLD = "too_old"
    SPENT = "spent"
    """Fewer tokens are left, beyond what is owed, than the payment brought."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of it if the person asked now."""

    standing: PaymentStanding
    why: WhyCase | None
    """None: it would be given back at once."""


@dataclass(frozen=True, slots=True)
class Requested:
    """What became of it."""

    standing: PaymentStanding
    """Of the payment, as it was when it was asked for."""
    state: RefundState
    """SENDING or CASE."""
    why: WhyCase | None
    """Why it is a case."""


def why_case(standing: PaymentStanding) -> WhyCase | None:
    """Why a person cannot have a payment back by themselves; None where they can."""
    if standing.currency != STARS or standing.charge_id is None:
        return WhyCase.CARD
    if standing.state is RefundState.FAILED:
        return WhyCase.REFUSED
    if standing.is_frozen:
        return WhyCase.FROZEN
    if not standing.is_recent:
        return WhyCase.TOO_OLD
    if standing.tokens_left - standing.tokens_owed < standing.tokens:
        return WhyCase.SPENT
    return None


def check_is_open(standing: PaymentStanding) -> None:
    """Raises AlreadyRefunded, RefundDeclined where nothing more can be asked for."""
    if standing.state is RefundState.DECLINED:
        raise RefundDeclined
    if standing.state is RefundState.DONE or standing.refunded_at is not None:
        raise AlreadyRefunded
