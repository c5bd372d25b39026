"""Invoices, refunds, subscriptions and the bot's list of Star transactions."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.invoices import STARS, check_invoice
from sandbox.telegram.messages import post_as_bot, post_as_person, recipient
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.stars import Payment
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_PAGE_LIMIT = 100


async def send_invoice(world: World, parameters: JsonObject) -> Json:
    """Send an invoice; for Stars with one price and no provider."""
    bill = check_invoice(parameters)
    person = recipient(world, parameters)
    content: JsonObject = {
        "invoice": {
            "title": parameters["title"],
            "description": parameters["description"],
            "start_parameter": parameters.get("start_parameter", ""),
            "currency": bill.currency,
            "total_amount": bill.amount,
        }
    }
    with_button = {
        **parameters,
        "reply_markup": parameters.get("reply_markup") or _pay_button(bill.currency, bill.amount),
    }
    return post_as_bot(world, person, content, with_button, pays=True, bill=bill).wire


async def create_invoice_link(world: World, parameters: JsonObject) -> Json:
    """Make a link under which an invoice can be paid; only here may Stars be a subscription."""
    return world.invoices.add(check_invoice(parameters))


async def refund_star_payment(world: World, parameters: JsonObject) -> Json:
    """Give a whole Star payment back; both sides see a service message."""
    give_back(world, _payer(world, parameters), parameters["telegram_payment_charge_id"])
    return True


def give_back(world: World, person: Person, charge_id: str) -> StoredMessage:
    """Give a payment back, whoever asked for it; returns the service message. Refuses what cannot be given back."""
    payment = world.payments.refund(person.id, charge_id, world.now())
    refunded = {**payment.bill().wire(), "telegram_payment_charge_id": charge_id}
    return post_as_person(world, person, {"refunded_payment": refunded})


async def edit_user_star_subscription(world: World, parameters: JsonObject) -> Json:
    """Cancel the extension of a subscription, or allow it again."""
    person = _payer(world, parameters)
    world.payments.change_subscription(person.id, parameters["telegram_payment_charge_id"], parameters["is_canceled"])
    return True


async def get_star_transactions(world: World, parameters: JsonObject) -> Json:
    """List the bot's Star transactions in order of time; a refund has its payment's id."""
    listed: list[JsonObject] = []
    for payment in world.payments.in_stars():
        listed.append(_transaction(world, payment, "source", payment.paid_at))
        if payment.refunded_at is not None:
            listed.append(_transaction(world, payment, "receiver", payment.refunded_at))
    listed.sort(key=lambda transaction: int(transaction["date"]))
    offset = max(parameters.get("offset", 0), 0)
    limit = min(max(parameters.get("limit", _PAGE_LIMIT), 1), _PAGE_LIMIT)
    return {"transactions": listed[offset : offset + limit]}


async def get_my_star_balance(world: World, parameters: JsonObject) -> Json:
    """Tell how many Stars the bot holds."""
    kept = (payment.amount for payment in world.payments.in_stars() if payment.refunded_at is None)
    return {"amount": sum(kept)}


def _payer(world: World, parameters: JsonObject) -> Person:
    person = world.people.find(parameters["user_id"])
    if person is None:
        raise bad_request("USER_ID_INVALID")
    if not parameters["telegram_payment_charge_id"]:
        raise bad_request('parameter "telegram_payment_charge_id" is required')
    return person


def _transaction(world: World, payment: Payment, side: str, date: int) -> JsonObject:
    person = world.people.find(payment.person_id)
    partner: JsonObject = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": person.user() if person else {"id": payment.person_id, "is_bot": False, "first_name": ""},
        "invoice_payload": payment.payload,
    }
    if payment.subscription_period:
        partner["subscription_period"] = payment.subscription_period
    return {"id": payment.charge_id, "amount": payment.amount, "date": date, side: partner}


def _pay_button(currency: str, amount: int) -> JsonObject:
    """Return the keyboard that Telegram adds where the bot gives none."""
    if currency == STARS:
        price = f"⭐️{amount}"
    else:
        price = format_currency(Decimal(amount).scaleb(-get_currency_precision(currency)), currency, locale="en")
    return {"inline_keyboard": [[{"text": f"Pay {price}", "pay": True}]]}
