"""Stars beyond one payment: links, subscriptions, refunds as both sides see them, balance and the list."""

import asyncio

import pytest

MONTH = 2_592_000
INVOICE = {
    "title": "50 tokens",
    "description": "Fifty tokens",
    "payload": "order-1",
    "currency": "XTR",
    "prices": [{"label": "50 tokens", "amount": 75}],
}


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader()


async def _pay(sandbox, person, **what):
    """Pay and let the bot agree; return what the person is told and the bot's receipt."""
    paying = asyncio.create_task(person.post("pay", json=what))
    query = (await sandbox.taken())[-1].pre_checkout_query
    await sandbox.call("answerPreCheckoutQuery", pre_checkout_query_id=query.id, ok=True)
    told = await paying
    return told, (await sandbox.taken())[-1].message.successful_payment


async def test_a_link_can_be_paid_by_anyone_any_number_of_times(sandbox, anna):
    boris = await sandbox.reader("Boris")
    link = await sandbox.call("createInvoiceLink", **INVOICE)
    assert link.startswith("https://t.me/$")
    charges = [(await _pay(sandbox, person, link=link))[1].telegram_payment_charge_id for person in (anna, boris, anna)]
    assert len(set(charges)) == 3
    assert await sandbox.call("getMyStarBalance") == {"amount": 225}
    assert (await anna.refused("pay", json={"link": "https://t.me/$none"}))[0] == 400


async def test_a_subscription_tells_until_when_it_is_paid(sandbox, anna):
    link = await sandbox.call("createInvoiceLink", **INVOICE, subscription_period=MONTH)
    _, receipt = await _pay(sandbox, anna, link=link)
    assert (receipt.is_recurring, receipt.is_first_recurring) == (True, True)
    assert receipt.subscription_expiration_date > 0
    named = {"user_id": anna.id, "telegram_payment_charge_id": receipt.telegram_payment_charge_id}
    assert await sandbox.call("editUserStarSubscription", **named, is_canceled=True) is True
    (listed,) = (await sandbox.call("getStarTransactions"))["transactions"]
    assert listed["source"]["subscription_period"] == MONTH


@pytest.mark.parametrize("changes", [{"prices": [{"label": "x", "amount": 10_001}]}, {"subscription_period": 60}])
async def test_a_subscription_is_for_thirty_days_and_at_most_ten_thousand_stars(sandbox, changes):
    invoice = {**INVOICE, "subscription_period": MONTH, **changes}
    assert (await sandbox.refusal("createInvoiceLink", **invoice))[0] == 400


async def test_a_payment_that_is_no_subscription_cannot_be_cancelled_as_one(sandbox, anna):
    invoice = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    told, _ = await _pay(sandbox, anna, message_id=invoice["message_id"])
    named = {"user_id": anna.id, "telegram_payment_charge_id": told["telegram_payment_charge_id"]}
    assert await sandbox.refusal("editUserStarSubscription", **named, is_canceled=True) == (
        400,
        "Bad Request: CHARGE_ID_INVALID",
    )


async def test_a_refund_is_a_service_message_and_leaves_the_balance(sandbox, anna):
    invoice = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    told, _ = await _pay(sandbox, anna, message_id=invoice["message_id"])
    charge = told["telegram_payment_charge_id"]
    await sandbox.call("refundStarPayment", user_id=anna.id, telegram_payment_charge_id=charge)
    refunded = (await sandbox.updates())[-1].message.refunded_payment
    assert (refunded.telegram_payment_charge_id, refunded.total_amount) == (charge, 75)
    assert await sandbox.call("getMyStarBalance") == {"amount": 0}
    listed = (await sandbox.call("getStarTransactions", offset=1, limit=1))["transactions"]
    assert [(entry["id"], "receiver" in entry) for entry in listed] == [(charge, True)]


async def test_telegram_may_give_a_payment_back_by_itself_once(sandbox, anna):
    invoice = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    told, _ = await _pay(sandbox, anna, message_id=invoice["message_id"])
    charge = {"telegram_payment_charge_id": told["telegram_payment_charge_id"]}
    given_back = await anna.post("refund", json=charge)
    heard = (await sandbox.updates())[-1].message
    assert heard.message_id == given_back["message_id"]
    assert heard.refunded_payment.telegram_payment_charge_id == charge["telegram_payment_charge_id"]
    assert await sandbox.call("getMyStarBalance") == {"amount": 0}
    assert (await anna.refused("refund", json=charge))[0] == 400
    assert await sandbox.refusal("refundStarPayment", user_id=anna.id, **charge) == (
        400,
        "Bad Request: CHARGE_ALREADY_REFUNDED",
    )


async def test_a_charge_belongs_to_its_payer(sandbox, anna):
    boris = await sandbox.reader("Boris")
    invoice = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    told, _ = await _pay(sandbox, anna, message_id=invoice["message_id"])
    named = {"user_id": boris.id, "telegram_payment_charge_id": told["telegram_payment_charge_id"]}
    assert await sandbox.refusal("refundStarPayment", **named) == (400, "Bad Request: CHARGE_NOT_FOUND")


async def test_a_pre_checkout_is_answerable_for_ten_seconds(sandbox, anna):
    invoice = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    paying = asyncio.create_task(anna.post("pay", json={"message_id": invoice["message_id"]}))
    query = (await sandbox.taken())[-1].pre_checkout_query
    await sandbox.settings(clock_advance=11)
    refused = await sandbox.refusal("answerPreCheckoutQuery", pre_checkout_query_id=query.id, ok=True)
    assert refused == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    assert (await paying)["paid"] is False


async def test_a_forwarded_invoice_keeps_its_button_or_gets_a_link_to_the_bot(sandbox, anna):
    payable = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE)
    linked = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE, start_parameter="buy")
    buttons = []
    for invoice in (payable, linked):
        source = {"from_chat_id": anna.id, "message_id": invoice["message_id"]}
        forwarded = await sandbox.call("forwardMessage", chat_id=anna.id, **source)
        buttons.append(forwarded["reply_markup"]["inline_keyboard"][0][0])
    assert buttons[0]["pay"] is True
    assert buttons[1]["url"].endswith("?start=buy")


async def test_an_invoice_may_bring_its_own_pay_button_and_others_below(sandbox, anna):
    rows = [[{"text": "Buy for 75", "pay": True}], [{"text": "Terms", "callback_data": "terms"}]]
    sent = await sandbox.call("sendInvoice", chat_id=anna.id, **INVOICE, reply_markup={"inline_keyboard": rows})
    assert sent["reply_markup"]["inline_keyboard"] == rows
    wrong = {"inline_keyboard": rows[::-1]}
    assert (await sandbox.refusal("sendInvoice", chat_id=anna.id, **INVOICE, reply_markup=wrong))[0] == 400
