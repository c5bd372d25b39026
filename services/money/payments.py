"""Buying tokens: what is sold, the invoice, the question before the payment, and the payment itself.

Money that has come is booked, whatever is wrong with it: the person gets what was really paid, and the owner hears
of what did not fit.
"""

from dataclasses import dataclass

import structlog

from config import telemetry
from config.failpoints import Write
from db.pool import Connection, Database
from repository.admin_events import AdminEventRepository
from repository.ledger import LedgerRepository
from repository.notifications import NotificationKind, NotificationRepository
from repository.payments import Payment, PaymentRepository
from repository.products import Invoice, Product, ProductRepository
from repository.referrals import ReferralRepository
from repository.rewards import RewardRepository
from repository.users import User, UserRepository
from services.doorbell import Doorbell
from services.errors import (
    AccountFrozen,
    Banned,
    InvoiceForeign,
    InvoiceMismatch,
    InvoiceUnknown,
    PaymentNotFound,
    ProductNotSold,
)
from services.money.invoice_payloads import InvoiceClaim, InvoicePayloads

STARS = "XTR"
"""Telegram's currency for what is sold inside Telegram."""
LARGEST_AMOUNT = 10**12
"""Minor units: far above anything that Telegram lets anybody pay."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InvoiceToSend:
    """An invoice and the payload under which it comes back."""

    invoice: Invoice
    payload: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What Telegram says of a successful payment. The amount is in the currency's minor units."""

    payload: str
    currency: str
    amount: int
    charge_id: str
    provider_charge_id: str | None = None
    is_recovered: bool = False
    """No message told of it, Telegram's list did."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a payment."""

    payment_id: int
    tokens: int
    debt_paid: int
    """Tokens of these that went to what the person owed."""


@dataclass(frozen=True, slots=True)
class _Worth:
    tokens: int
    claim: InvoiceClaim | None
    mismatch: str | None


class Payments:
    """Sells tokens."""

    def __init__(self, db: Database, doorbell: Doorbell, payloads: InvoicePayloads) -> None:
        self._db = db
        self._doorbell = doorbell
        self._payloads = payloads

    async def products(self, currency: str = STARS) -> list[Product]:
        """What is sold for this currency, in its place."""
        return await ProductRepository(self._db.reading).get_sold(currency)

    async def invoice(self, person: User, product_code: str, currency: str = STARS) -> InvoiceToSend:
        """Offer a product to a person at the price of now. Raises Banned, AccountFrozen, ProductNotSold."""
        _check_standing(person)
        products = ProductRepository(self._db.writing(Write.INVOICE_ADD))
        invoice = await products.add_invoice(person.user_id, product_code, currency)
        if invoice is None:
            raise ProductNotSold
        return InvoiceToSend(invoice, self._payloads.write(invoice))

    async def check(self, user_id: int, payload: str, currency: str, amount: int) -> Invoice:
        """The last word before money moves: whether this person may pay this invoice. Writes nothing.

        Raises InvoiceUnknown, InvoiceForeign, InvoiceMismatch, ProductNotSold, Banned, AccountFrozen.
        """
        claim = self._payloads.read(payload)
        products = ProductRepository(self._db.reading)
        invoice = await products.get_invoice(claim.invoice_id) if claim is not None else None
        if claim is None or invoice is None:
            raise InvoiceUnknown
        if invoice.user_id != user_id or claim.user_id != user_id:
            raise InvoiceForeign
        if (invoice.currency, invoice.amount) != (currency, amount):
            raise InvoiceMismatch
        if not await products.is_sold(invoice.product_code, currency):
            raise ProductNotSold
        person = await UserRepository(self._db.reading).get_user(user_id)
        if person is None:
            raise InvoiceUnknown
        _check_standing(person)
        return invoice

    async def receive(self, user_id: int, receipt: Receipt) -> Received | None:
        """Book a payment of a person we know, once per charge: payment, tokens, debt, share of the inviter, messages.

        None where the charge is booked already. Raises InvoiceMismatch for an amount that no payment has, LookupError
        for somebody unknown; then nothing is written.
        """
        if not 0 < receipt.amount <= LARGEST_AMOUNT:
            _log.error("payment.impossible", amount=receipt.amount, currency=receipt.currency)
            raise InvoiceMismatch
        async with self._db.transaction(Write.PAYMENT_RECEIVE) as tx:
            worth = await self._worth(tx, user_id, receipt)
            payment_id = await PaymentRepository(tx).add_payment(
                user_id,
                receipt.amount,
                worth.tokens,
                currency=receipt.currency,
                charge_id=receipt.charge_id,
                provider_charge_id=receipt.provider_charge_id,
                invoice_id=worth.claim.invoice_id if worth.claim is not None else None,
                product_code=worth.claim.product_code if worth.claim is not None else None,
                mismatch=worth.mismatch,
                is_recovered=receipt.is_recovered,
            )
            if payment_id is None:
                return None
            received = Received(
                payment_id, worth.tokens, await LedgerRepository(tx).pay_debt(user_id, f"payment:{payment_id}")
            )
            await ReferralRepository(tx).flag_ring(user_id)
            await RewardRepository(tx).note_payment(payment_id)
            await self._tell(tx, user_id, receipt, received, worth.mismatch)
        telemetry.PAYMENTS.inc()
        _log.info(
            "payment.received",
            payment_id=payment_id,
            amount=receipt.amount,
            currency=receipt.currency,
            tokens=worth.tokens,
            is_recovered=receipt.is_recovered,
        )
        await self._doorbell.ring_outbox()
        return received

    async def of_person(self, user_id: int, *, limit: int = 10, before: int | None = None) -> list[Payment]:
        """The person's own payments, newest first, those older than payment `before`."""
        return await PaymentRepository(self._db.reading).get_user_payments(user_id, limit=limit, before=before)

    async def own(self, user_id: int, payment_id: int) -> Payment:
        """One of the person's own payments. Raises PaymentNotFound."""
        payment = await PaymentRepository(self._db.reading).get_payment(payment_id)
        if payment is None or payment.user_id != user_id:
            raise PaymentNotFound
        return payment

    async def _worth(self, tx: Connection, user_id: int, receipt: Receipt) -> _Worth:
        """How many tokens an amount buys: what its invoice says, or what the amount is really worth."""
        products = ProductRepository(tx)
        claim = self._payloads.read(receipt.payload)
        invoice = await products.get_invoice(claim.invoice_id) if claim is not None else None
        if claim is None or invoice is None:
            return _Worth(await products.tokens_worth(receipt.currency, receipt.amount), claim, "unknown_invoice")
        if invoice.currency != receipt.currency:
            return _Worth(await products.tokens_worth(receipt.currency, receipt.amount), claim, "currency")
        if invoice.amount != receipt.amount:
            return _Worth(-(-invoice.tokens * receipt.amount // invoice.amount), claim, "amount")
        return _Worth(invoice.tokens, claim, None if invoice.user_id == user_id else "payer")

    async def _tell(
        self, tx: Connection, user_id: int, receipt: Receipt, received: Received, mismatch: str | None
    ) -> None:
        await NotificationRepository(tx).add_news(
            user_id,
            NotificationKind.PAYMENT_CREDITED,
            {
                "payment_id": received.payment_id,
                "tokens": received.tokens,
                "debt_paid": received.debt_paid,
                "amount": receipt.amount,
                "currency": receipt.currency,
            },
        )
        subject = f"payment {received.payment_id}"
        told = {"amount": receipt.amount, "currency": receipt.currency, "tokens": received.tokens}
        await AdminEventRepository(tx).note("payment", subject, told)
        if mismatch is not None:
            await AdminEventRepository(tx).open("payment_mismatch", subject, {**told, "reason": mismatch})
        if receipt.is_recovered:
            await AdminEventRepository(tx).note("payment_recovered", subject, told)


def _check_standing(person: User) -> None:
    if person.banned_at is not None:
        raise Banned
    if person.frozen_at is not None:
        raise AccountFrozen
