"""Star payments that people made to the bot, their refunds and subscriptions."""

from dataclasses import asdict, dataclass

from sandbox.stand_in.journal import Journal
from sandbox.telegram.invoices import STARS, Bill
from sandbox.telegram.refusals import bad_request


@dataclass(slots=True)
class Payment:
    """A successful payment; the amount is in the currency's smallest unit (Stars are whole)."""

    charge_id: str
    person_id: int
    currency: str
    amount: int
    payload: str
    paid_at: int
    refunded_at: int | None = None
    subscription_period: int = 0
    is_canceled: bool = False

    def bill(self) -> Bill:
        """Return what was paid."""
        return Bill(self.currency, self.amount, self.payload, self.subscription_period)


class Payments:
    """Every payment, by Telegram's charge id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._payments = {record["charge_id"]: Payment(**record) for record in journal.read("payment")}

    def add(self, payment: Payment) -> None:
        """Book a payment."""
        self._payments[payment.charge_id] = payment
        self._keep(payment)

    def refund(self, person_id: int, charge_id: str, now: int) -> Payment:
        """Give a Star payment back, once; refuses an unknown charge and a second refund."""
        payment = self._in_stars(person_id, charge_id, "CHARGE_NOT_FOUND")
        if payment.refunded_at is not None:
            raise bad_request("CHARGE_ALREADY_REFUNDED")
        payment.refunded_at = now
        self._keep(payment)
        return payment

    def change_subscription(self, person_id: int, charge_id: str, is_canceled: bool) -> None:
        """Cancel the extension of a subscription, or allow it again."""
        payment = self._in_stars(person_id, charge_id, "CHARGE_ID_INVALID")
        if not payment.subscription_period:
            raise bad_request("CHARGE_ID_INVALID")
        payment.is_canceled = is_canceled
        self._keep(payment)

    def in_stars(self) -> list[Payment]:
        """Return the payments made in Stars, oldest first."""
        return sorted((p for p in self._payments.values() if p.currency == STARS), key=lambda p: p.paid_at)

    def _in_stars(self, person_id: int, charge_id: str, unknown: str) -> Payment:
        payment = self._payments.get(charge_id)
        if payment is None or payment.person_id != person_id or payment.currency != STARS:
            raise bad_request(unknown)
        return payment

    def _keep(self, payment: Payment) -> None:
        self._journal.put("payment", payment.charge_id, asdict(payment))
