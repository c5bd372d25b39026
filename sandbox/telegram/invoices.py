"""Invoices: what Telegram takes as one, and the links under which some of them can be paid."""

import secrets
from dataclasses import asdict, dataclass

from sandbox.stand_in.journal import Journal
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import JsonObject

STARS = "XTR"
SUBSCRIPTION_PERIOD_SECONDS = 2_592_000
_SUBSCRIPTION_LIMIT_STARS = 10_000
_STARS_LIMIT = 1_000_000
_LINK = "https://t.me/$"


@dataclass(frozen=True, slots=True)
class Bill:
    """What is paid: the amount in the currency's smallest unit, the bot's own payload, and how often (seconds)."""

    currency: str
    amount: int
    payload: str
    subscription_period: int = 0

    def wire(self) -> JsonObject:
        """Return the fields that every object about this payment has."""
        return {"currency": self.currency, "total_amount": self.amount, "invoice_payload": self.payload}


class InvoiceLinks:
    """Bills by link; a link can be paid by anyone, any number of times."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._bills = {record.pop("link"): Bill(**record) for record in journal.read("invoice_link")}

    def add(self, bill: Bill) -> str:
        """Return a new link for a bill."""
        link = f"{_LINK}{secrets.token_urlsafe(16)}"
        self._bills[link] = bill
        self._journal.put("invoice_link", link, {"link": link, **asdict(bill)})
        return link

    def find(self, link: str) -> Bill | None:
        """Return what a link asks to be paid, or None."""
        return self._bills.get(link)


def check_invoice(parameters: JsonObject) -> Bill:
    """Return the bill of sendInvoice's or createInvoiceLink's parameters; refuses what Telegram refuses."""
    prices, currency = parameters["prices"], parameters["currency"]
    if not 1 <= len(parameters["title"]) <= 32:
        raise bad_request("INVOICE_TITLE_INVALID")
    if not 1 <= len(parameters["description"]) <= 255:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(parameters["payload"].encode()) <= 128:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if not prices:
        raise bad_request("there must be at least one price")
    if any(not price["label"] for price in prices):
        raise bad_request("can't parse labeled price: LabeledPrice label must be non-empty")
    amount = sum(price["amount"] for price in prices)
    if currency == STARS:
        _check_stars(parameters, amount)
    else:
        _check_currency(parameters)
    if amount <= 0 or any(price["amount"] == 0 for price in prices):
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    return Bill(currency, amount, parameters["payload"], parameters.get("subscription_period", 0))


def _check_stars(parameters: JsonObject, amount: int) -> None:
    if parameters.get("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if len(parameters["prices"]) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    if amount > _STARS_LIMIT or parameters.get("max_tip_amount"):
        raise bad_request("STARS_INVOICE_INVALID")
    if any(parameters.get(name) for name in parameters if name.startswith(("need_", "send_")) or name == "is_flexible"):
        raise bad_request("STARS_INVOICE_INVALID")
    if period := parameters.get("subscription_period", 0):
        if period != SUBSCRIPTION_PERIOD_SECONDS:
            raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
        if amount > _SUBSCRIPTION_LIMIT_STARS:
            raise bad_request("STARS_INVOICE_INVALID")


def _check_currency(parameters: JsonObject) -> None:
    currency = parameters["currency"]
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise bad_request("CURRENCY_INVALID")
    if not parameters.get("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if parameters.get("subscription_period"):
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    tips = parameters.get("suggested_tip_amounts") or []
    if len(tips) > 4:
        raise bad_request("there can be at most 4 suggested tip amounts")
    if any(not 0 < tip <= parameters.get("max_tip_amount", 0) for tip in tips) or tips != sorted(set(tips)):
        raise bad_request("suggested tip amount can't be bigger than max_tip_amount")
