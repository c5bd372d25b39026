import asyncio

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LabeledPrice

pytestmark = pytest.mark.asyncio


async def send_invoice(sandbox, person, **changes):
    invoice = {
        "title": "50 tokens",
        "description": "Fifty tokens",
        "payload": "order-1",
        "currency": "XTR",
        "prices": [LabeledPrice(label="50 tokens", amount=75)],
        **changes,
    }
    return await sandbox.bot.send_invoice(person.id, **invoice)


async def agree(sandbox, paying, **answer):
    update = (await sandbox.updates())[-1]
    await sandbox.bot.answer_pre_checkout_query(update.pre_checkout_query.id, **answer)
    await sandbox.bot.get_updates(offset=update.update_id + 1)
    return await paying


async def test_a_payment_goes_through_pre_checkout_to_a_receipt(sandbox):
    person = await sandbox.reader()
    invoice = await send_invoice(sandbox, person)
    paying = asyncio.create_task(person.post("pay", json={"message_id": invoice.message_id}))
    paid = await agree(sandbox, paying, ok=True)
    assert paid["paid"] is True
    payment = (await sandbox.updates())[0].message.successful_payment
    assert (payment.currency, payment.total_amount, payment.invoice_payload) == ("XTR", 75, "order-1")
    assert payment.telegram_payment_charge_id == paid["telegram_payment_charge_id"]
    transactions = (await sandbox.bot.get_star_transactions()).transactions
    assert [(t.id, t.amount) for t in transactions] == [(payment.telegram_payment_charge_id, 75)]


async def test_a_refused_pre_checkout_takes_no_money(sandbox):
    person = await sandbox.reader()
    invoice = await send_invoice(sandbox, person)
    paying = asyncio.create_task(person.post("pay", json={"message_id": invoice.message_id}))
    answer = await agree(sandbox, paying, ok=False, error_message="Sold out")
    assert answer == {"paid": False, "error_message": "Sold out"}
    assert (await sandbox.bot.get_star_transactions()).transactions == []


async def test_an_old_invoice_can_be_paid_again_with_a_new_charge(sandbox):
    person = await sandbox.reader()
    invoice = await send_invoice(sandbox, person)
    charges = set()
    for _ in range(2):
        paying = asyncio.create_task(person.post("pay", json={"message_id": invoice.message_id}))
        charges.add((await agree(sandbox, paying, ok=True))["telegram_payment_charge_id"])
        receipt = (await sandbox.updates())[-1]
        await sandbox.bot.get_updates(offset=receipt.update_id + 1)
    assert len(charges) == 2


async def test_a_charge_is_refunded_once(sandbox):
    person = await sandbox.reader()
    invoice = await send_invoice(sandbox, person)
    paying = asyncio.create_task(person.post("pay", json={"message_id": invoice.message_id}))
    charge = (await agree(sandbox, paying, ok=True))["telegram_payment_charge_id"]
    assert await sandbox.bot.refund_star_payment(person.id, charge)
    with pytest.raises(TelegramBadRequest, match="CHARGE_ALREADY_REFUNDED"):
        await sandbox.bot.refund_star_payment(person.id, charge)
    with pytest.raises(TelegramBadRequest, match="CHARGE_NOT_FOUND"):
        await sandbox.bot.refund_star_payment(person.id, "other")
    transactions = (await sandbox.bot.get_star_transactions()).transactions
    assert [(t.id, t.source is not None, t.receiver is not None) for t in transactions] == [
        (charge, True, False),
        (charge, False, True),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"provider_token": "1:TEST:x"}, "PAYMENT_PROVIDER_INVALID"),
        ({"prices": [LabeledPrice(label="a", amount=1)] * 2}, "STARS_INVOICE_INVALID"),
        ({"title": "x" * 33}, "INVOICE_TITLE_INVALID"),
        ({"payload": "я" * 65}, "INVOICE_PAYLOAD_INVALID"),
        ({"currency": "USD"}, "PAYMENT_PROVIDER_INVALID"),
    ],
)
async def test_an_invoice_that_telegram_would_refuse_is_refused(sandbox, changes, reason):
    person = await sandbox.reader()
    with pytest.raises(TelegramBadRequest, match=reason):
        await send_invoice(sandbox, person, **changes)
