"""Tokens are bought: whoever pays gets them once, and nobody gets them without."""

import asyncio
from typing import Any

import pytest

from config.failpoints import Write
from db.pool import Database
from repository.ledger import LedgerRepository
from repository.products import Product
from repository.users import UserRepository
from services.errors import (
    AccountFrozen,
    Banned,
    InvoiceForeign,
    InvoiceMismatch,
    InvoiceUnknown,
    ProductError,
    ProductNotSold,
)
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments, Receipt
from tests.integration.money.conftest import Meet

WELCOME = 30
PRODUCT, STARS, TOKENS = "tokens_150", 200, 150


async def left(database: Database, user_id: int) -> int:
    person = await UserRepository(database.reading).get_user(user_id)
    assert person is not None
    return person.tokens_left


async def books_add_up(database: Database) -> bool:
    return await LedgerRepository(database.reading).find_gaps() == []


async def written(database: Database, table: str) -> int:
    return int(await database.reading.fetchval(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - a name of this file


async def receipt_for(payments: Payments, person: Any, charge: str = "charge-1", **changed: Any) -> Receipt:
    to_send = await payments.invoice(person, PRODUCT)
    given = {"payload": to_send.payload, "currency": "XTR", "amount": STARS, "charge_id": charge}
    return Receipt(**(given | changed))


async def test_every_product_is_sold_for_stars_and_larger_ones_cost_less_per_token(payments: Payments) -> None:
    products = await payments.products()
    assert Product(PRODUCT, TOKENS, "XTR", STARS) in products
    prices = [product.amount / product.tokens for product in products]
    assert prices == sorted(prices, reverse=True)
    assert len(prices) == len(set(prices)) >= 3


async def test_a_payment_brings_its_tokens_a_message_and_a_line_for_the_admins(
    payments: Payments, meet: Meet, database: Database
) -> None:
    person = await meet(7)
    receipt = await receipt_for(payments, person)
    await payments.check(7, receipt.payload, "XTR", STARS)
    received = await payments.receive(7, receipt)
    assert received is not None
    assert (received.tokens, received.debt_paid) == (TOKENS, 0)
    assert await left(database, 7) == WELCOME + TOKENS
    kinds = await database.reading.fetch('SELECT kind, details FROM "Notification" WHERE user_id = 7')
    assert [(row["kind"], row["details"]["tokens"]) for row in kinds] == [("payment_credited", TOKENS)]
    assert await database.reading.fetchval('SELECT kind FROM "AdminEvent"') == "payment"
    assert await books_add_up(database)


async def test_one_payment_told_ten_times_at_once_is_credited_once(
    payments: Payments, meet: Meet, database: Database
) -> None:
    receipt = await receipt_for(payments, await meet(7))
    received = await asyncio.gather(*(payments.receive(7, receipt) for _ in range(10)))
    assert sum(one is not None for one in received) == 1
    assert await left(database, 7) == WELCOME + TOKENS
    assert await written(database, "Payment") == 1


async def test_an_old_invoice_paid_again_is_another_payment(payments: Payments, meet: Meet, database: Database) -> None:
    first = await receipt_for(payments, await meet(7))
    again = Receipt(first.payload, "XTR", STARS, "charge-2")
    assert await payments.receive(7, first) is not None
    assert await payments.receive(7, again) is not None
    assert await left(database, 7) == WELCOME + 2 * TOKENS


@pytest.mark.parametrize(
    ("changed", "tokens", "reason"),
    [
        ({"amount": 100}, 75, "amount"),
        ({"amount": 1}, 1, "amount"),
        ({"currency": "USD", "amount": 149}, 50, "currency"),
        ({"currency": "JPY", "amount": 149}, 0, "currency"),
        ({"payload": "1.1.7.tokens_150.XTR.1.forged"}, 134, "unknown_invoice"),
        ({"payload": ""}, 134, "unknown_invoice"),
    ],
)
async def test_what_was_paid_and_fits_no_invoice_is_credited_as_what_it_is_worth_and_the_admins_hear_of_it(
    payments: Payments, meet: Meet, database: Database, changed: dict[str, Any], tokens: int, reason: str
) -> None:
    received = await payments.receive(7, await receipt_for(payments, await meet(7), **changed))
    assert received is not None
    assert received.tokens == tokens
    assert await left(database, 7) == WELCOME + tokens
    told = await database.reading.fetchrow(
        "SELECT details, closed_at FROM \"AdminEvent\" WHERE kind = 'payment_mismatch'"
    )
    assert told is not None
    assert (told["details"]["reason"], told["closed_at"]) == (reason, None)
    assert await books_add_up(database)


async def test_an_invoice_that_another_person_paid_credits_who_paid(
    payments: Payments, meet: Meet, database: Database
) -> None:
    receipt = await receipt_for(payments, await meet(7))
    await meet(8)
    received = await payments.receive(8, receipt)
    assert received is not None
    assert (await left(database, 7), await left(database, 8)) == (WELCOME, WELCOME + TOKENS)


@pytest.mark.parametrize("amount", [0, -200, 10**13, 10**30])
async def test_an_amount_that_no_payment_has_is_refused_and_nothing_is_written(
    payments: Payments, meet: Meet, database: Database, amount: int
) -> None:
    receipt = await receipt_for(payments, await meet(7), amount=amount)
    with pytest.raises(InvoiceMismatch):
        await payments.receive(7, receipt)
    assert await written(database, "Payment") == 0


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"amount": STARS - 1}, InvoiceMismatch),
        ({"amount": -STARS}, InvoiceMismatch),
        ({"amount": 10**30}, InvoiceMismatch),
        ({"currency": "USD"}, InvoiceMismatch),
        ({"user_id": 8}, InvoiceForeign),
        ({"payload": "1.1.7.tokens_150.XTR.200.AAAAAAAAAAAAAAAAAAAAAAAA"}, InvoiceUnknown),
        ({"payload": 'Robert\'); DROP TABLE "Payment";--'}, InvoiceUnknown),
        ({"payload": "…" * 40}, InvoiceUnknown),
    ],
)
async def test_what_is_not_the_invoice_of_this_person_is_refused_before_it_is_paid(
    payments: Payments, meet: Meet, changed: dict[str, Any], error: type[ProductError]
) -> None:
    to_send = await payments.invoice(await meet(7), PRODUCT)
    await meet(8)
    asked = {"user_id": 7, "payload": to_send.payload, "currency": "XTR", "amount": STARS} | changed
    with pytest.raises(error):
        await payments.check(**asked)


async def test_a_payload_is_signed_by_this_installation_and_short_enough_for_telegram(
    payments: Payments, meet: Meet
) -> None:
    to_send = await payments.invoice(await meet(2**52), "tokens_1500")
    assert len(to_send.payload.encode()) <= 128
    other = InvoicePayloads("another installation").write(to_send.invoice)
    with pytest.raises(InvoiceUnknown):
        await payments.check(2**52, other, "XTR", to_send.invoice.amount)


async def test_what_is_not_sold_any_more_is_neither_offered_nor_paid(
    payments: Payments, meet: Meet, database: Database
) -> None:
    person = await meet(7)
    to_send = await payments.invoice(person, PRODUCT)
    await database.reading.execute('UPDATE "Product" SET is_sold = FALSE WHERE code = $1', PRODUCT)
    with pytest.raises(ProductNotSold):
        await payments.check(7, to_send.payload, "XTR", STARS)
    with pytest.raises(ProductNotSold):
        await payments.invoice(person, PRODUCT)


@pytest.mark.parametrize(("column", "error"), [("banned_at", Banned), ("frozen_at", AccountFrozen)])
async def test_who_is_shut_out_or_frozen_buys_nothing(
    payments: Payments, meet: Meet, database: Database, column: str, error: type[ProductError]
) -> None:
    to_send = await payments.invoice(await meet(7), PRODUCT)
    await database.reading.execute(f'UPDATE "User" SET {column} = now() WHERE user_id = 7')  # noqa: S608 - as above
    with pytest.raises(error):
        await payments.check(7, to_send.payload, "XTR", STARS)
    with pytest.raises(error):
        await payments.invoice(await meet(7), PRODUCT)
    assert await written(database, "Invoice") == 1


async def test_a_debt_is_paid_by_the_next_purchase(payments: Payments, meet: Meet, database: Database) -> None:
    person = await meet(7)
    first = await payments.receive(7, await receipt_for(payments, person))
    assert first is not None
    await UserRepository(database.reading).update_tokens(7, -TOKENS)
    async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
        taken = await LedgerRepository(tx).take_back(7, TOKENS, "x", first.payment_id, all_or_nothing=False)
    assert taken == WELCOME
    owed = TOKENS - WELCOME
    second = await payments.receive(7, await receipt_for(payments, person, "charge-2"))
    assert second is not None
    assert second.debt_paid == owed
    assert await left(database, 7) == TOKENS - owed
    assert await books_add_up(database)
