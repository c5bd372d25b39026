"""Invoices, refunds and the bot's list of Star transactions."""

from sandbox.telegram.messages import post_as_bot, post_as_person, recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.stars import Payment
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World


async def send_invoice(world: World, parameters: JsonObject) -> Json:
    """Send an invoice; for Stars with one price and no provider."""
    person = recipient(world, parameters)
    _check_invoice(parameters)
    amount = sum(price["amount"] for price in parameters["prices"])
    content: JsonObject = {
        "invoice": {
            "title": parameters["title"],
            "description": parameters["description"],
            "start_parameter": parameters.get("start_parameter", ""),
            "currency": parameters["currency"],
            "total_amount": amount,
        }
    }
    payload = parameters["payload"]
    with_button = {**parameters, "reply_markup": _with_pay_button(parameters, amount)}
    return post_as_bot(world, person, content, with_button, invoice_payload=payload).wire


async def refund_star_payment(world: World, parameters: JsonObject) -> Json:
    """Give a whole Star payment back; both sides see a service message."""
    person = world.people.find(parameters["user_id"])
    if person is None:
        raise bad_request("USER_ID_INVALID")
    charge_id = parameters["telegram_payment_charge_id"]
    payment = world.payments.refund(person.id, charge_id, world.now())
    refunded = {
        "currency": payment.currency,
        "total_amount": payment.amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": charge_id,
    }
    post_as_person(world, person, {"refunded_payment": refunded})
    return True


async def get_star_transactions(world: World, parameters: JsonObject) -> Json:
    """List the bot's Star transactions in order of time; a refund has its payment's id."""
    listed: list[JsonObject] = []
    for payment in world.payments.in_stars():
        listed.append(_transaction(world, payment, "source", payment.paid_at))
        if payment.refunded_at is not None:
            listed.append(_transaction(world, payment, "receiver", payment.refunded_at))
    listed.sort(key=lambda transaction: int(transaction["date"]))
    offset, limit = parameters.get("offset", 0), parameters.get("limit", 100)
    return {"transactions": listed[offset : offset + limit]}


async def get_my_star_balance(world: World, parameters: JsonObject) -> Json:
    """Tell how many Stars the bot holds."""
    kept = (payment.amount for payment in world.payments.in_stars() if payment.refunded_at is None)
    return {"amount": sum(kept)}


def _transaction(world: World, payment: Payment, side: str, date: int) -> JsonObject:
    person = world.people.find(payment.person_id)
    partner: JsonObject = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": person.user() if person else {"id": payment.person_id, "is_bot": False, "first_name": ""},
        "invoice_payload": payment.payload,
    }
    return {"id": payment.charge_id, "amount": payment.amount, "date": date, side: partner}


def _check_invoice(parameters: JsonObject) -> None:
    prices = parameters["prices"]
    if not 1 <= len(parameters["title"]) <= 32:
        raise bad_request("INVOICE_TITLE_INVALID")
    if not 1 <= len(parameters["description"]) <= 255:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(parameters["payload"].encode()) <= 128:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if parameters["currency"] == "XTR":
        if parameters.get("provider_token"):
            raise bad_request("PAYMENT_PROVIDER_INVALID")
        if len(prices) != 1:
            raise bad_request("STARS_INVOICE_INVALID")
    elif not parameters.get("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if not prices or any(price["amount"] <= 0 for price in prices):
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")


def _with_pay_button(parameters: JsonObject, amount: int) -> JsonObject:
    """Return the invoice's keyboard: the first button must pay, and Telegram adds it where it is missing."""
    markup: JsonObject | None = parameters.get("reply_markup")
    if markup is None:
        unit = "⭐️" if parameters["currency"] == "XTR" else parameters["currency"]
        return {"inline_keyboard": [[{"text": f"Pay {unit}{amount}", "pay": True}]]}
    rows = markup.get("inline_keyboard") or [[]]
    if rows and rows[0] and "pay" not in rows[0][0]:
        raise bad_request("the first button of an invoice must be a Pay button")
    return markup
