"""Star payments that people made to the bot, and their refunds."""

from dataclasses import asdict, dataclass

from sandbox.telegram.journal import Journal
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


class Payments:
    """Every payment, by Telegram's charge id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._payments = {record["charge_id"]: Payment(**record) for record in journal.read("payment")}

    def add(self, payment: Payment) -> None:
        """Book a payment."""
        self._payments[payment.charge_id] = payment
        self._journal.put("payment", payment.charge_id, asdict(payment))

    def refund(self, person_id: int, charge_id: str, now: int) -> Payment:
        """Give a Star payment back, once; refuses an unknown charge and a second refund."""
        payment = self._payments.get(charge_id)
        if payment is None or payment.person_id != person_id or payment.currency != "XTR":
            raise bad_request("CHARGE_NOT_FOUND")
        if payment.refunded_at is not None:
            raise bad_request("CHARGE_ALREADY_REFUNDED")
        payment.refunded_at = now
        self._journal.put("payment", charge_id, asdict(payment))
        return payment

    def in_stars(self) -> list[Payment]:
        """Return the payments made in Stars, oldest first."""
        return sorted((p for p in self._payments.values() if p.currency == "XTR"), key=lambda p: p.paid_at)
