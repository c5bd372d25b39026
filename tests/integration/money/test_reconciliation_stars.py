"""Telegram's list of Star transactions beside our books: no Star is lost because an update was."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.star_watch import StarWatch, movement_of
from db.pool import Database
from repository.payments import PaymentRepository
from repository.users import User
from services.accounts import Accounts
from services.money.payments import Payments, Receipt
from services.money.star_comparison import StarComparison, StarMovement, StarRound
from tests.integration.conftest import Telegram
from tests.integration.money.bookkeeping import events, make_due, value
from tests.integration.money.conftest import Meet

WELCOME, TOKENS, STARS = 30, 150, 200


@dataclass
class Desk:
    """A till with Telegram behind it; its clock is the test's."""

    telegram: Telegram
    database: Database
    payments: Payments
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    honoured: list[str] = field(default_factory=list)
    books_refunds: bool = True

    async def honour(self, charge_id: str) -> bool:
        self.honoured.append(charge_id)
        return self.books_refunds

    async def round(self) -> StarRound:
        comparison = StarComparison(
            self.database, self.payments, Accounts(self.database, "en"), self.honour, lambda: self.now
        )
        await make_due(self.database)
        found = await comparison.round(StarWatch(self.telegram.bot, comparison)._read_page)
        assert found is not None
        return found

    async def pay(self, person: User) -> str:
        """Pay at Telegram; its update is still to be handled. Returns the charge."""
        offer = await self.payments.invoice(person, "tokens_150")
        return await self.pay_for(person.user_id, offer.payload, offer.invoice.amount)

    async def pay_for(self, person_id: int, payload: str, stars: int) -> str:
        sent = await self.telegram.bot.send_invoice(
            person_id, title="t", description="d", payload=payload, currency="XTR", prices=[_price(stars)]
        )
        await self.telegram.confirm_all()
        paying = asyncio.create_task(
            self.telegram.http.post(f"/sim/users/{person_id}/pay", json={"message_id": sent.message_id})
        )
        [update] = await self.telegram.bot.get_updates(timeout=5)
        assert update.pre_checkout_query is not None
        await self.telegram.bot.answer_pre_checkout_query(update.pre_checkout_query.id, ok=True)
        charge = (await paying).raise_for_status().json()["telegram_payment_charge_id"]
        await self.telegram.confirm_all()
        return str(charge)

    async def receive(self, person: User, charge: str, payload: str = "") -> None:
        await self.payments.receive(person.user_id, Receipt(payload, "XTR", STARS, charge))

    async def left(self, user_id: int) -> int:
        return int(await value(self.database, 'SELECT tokens_left FROM "User" WHERE user_id = $1', user_id))

    async def verdicts(self) -> list[str]:
        rows = await self.database.reading.fetch('SELECT verdict FROM "StarTransaction" ORDER BY happened_at, read_at')
        return [row["verdict"] for row in rows]


def _price(stars: int):  # type: ignore[no-untyped-def]
    from aiogram.types import LabeledPrice

    return LabeledPrice(label="tokens", amount=stars)


@pytest.fixture
async def desk(telegram: Telegram, database: Database, payments: Payments) -> Desk:
    return Desk(telegram, database, payments)


@pytest.fixture
async def anna(desk: Desk, meet: Meet) -> User:
    return await meet(await desk.telegram.person())


async def test_a_payment_whose_update_was_lost_is_booked_within_two_rounds_and_once(desk: Desk, anna: User) -> None:
    charge = await desk.pay(anna)
    first = await desk.round()
    assert (first.recovered, await desk.verdicts()) == (0, ["waiting"]), "its update may still come"
    desk.now += timedelta(minutes=2)
    second = await desk.round()
    assert (second.recovered, await desk.verdicts()) == (1, ["recovered"])
    assert await desk.left(anna.user_id) == WELCOME + TOKENS
    assert await events(desk.database, "payment_recovered")
    assert await value(desk.database, 'SELECT is_recovered FROM "Payment" WHERE charge_id = $1', charge)
    for _ in range(3):
        assert (await desk.round()).recovered == 0
    await desk.receive(anna, charge)
    assert await desk.left(anna.user_id) == WELCOME + TOKENS, "the update came after all"


async def test_a_payment_that_an_update_told_of_is_matched(desk: Desk, anna: User) -> None:
    await desk.receive(anna, await desk.pay(anna))
    assert (await desk.round()).gaps == 0
    assert await desk.verdicts() == ["matched"]
    assert await value(desk.database, 'SELECT payment_id FROM "StarTransaction"') is not None


async def test_a_payer_whom_we_do_not_know_is_registered_and_gets_the_tokens(desk: Desk) -> None:
    stranger = await desk.telegram.person("Boris")
    await desk.pay_for(stranger, "whatever", STARS)
    desk.now += timedelta(minutes=2)
    assert (await desk.round()).recovered == 1
    assert await desk.left(stranger) == WELCOME + 134, "what these Stars are worth"


async def test_no_id_of_a_charge_or_a_person_is_kept(desk: Desk, anna: User) -> None:
    charge = await desk.pay(anna)
    desk.now += timedelta(minutes=2)
    await desk.round()
    row = await desk.database.reading.fetchrow('SELECT * FROM "StarTransaction"')
    assert row is not None
    kept = " ".join(str(column) for column in row.values())
    assert charge not in kept
    assert str(anna.user_id) not in kept


async def test_a_refund_that_telegram_made_is_honoured_once_and_its_charge_stays_matched(
    desk: Desk, anna: User
) -> None:
    charge = await desk.pay(anna)
    await desk.receive(anna, charge)
    await desk.round()
    await desk.telegram.bot.refund_star_payment(anna.user_id, charge)
    await desk.round()
    assert desk.honoured == [], "its update may still come"
    desk.now += timedelta(minutes=2)
    await desk.round()
    await desk.round()
    assert desk.honoured == [charge]
    assert await desk.verdicts() == ["matched", "matched"]


async def test_a_refund_that_we_made_is_known(desk: Desk, anna: User) -> None:
    charge = await desk.pay(anna)
    await desk.receive(anna, charge)
    await desk.telegram.bot.refund_star_payment(anna.user_id, charge)
    await desk.database.reading.execute('UPDATE "Payment" SET refunded_at = now()')
    desk.now += timedelta(minutes=2)
    assert (await desk.round()).gaps == 0
    assert desk.honoured == []


async def test_a_refund_of_somebody_who_was_erased_takes_nothing_from_anybody(desk: Desk, anna: User) -> None:
    charge = await desk.pay(anna)
    await desk.receive(anna, charge)
    await desk.round()
    await desk.database.reading.execute('UPDATE "Payment" SET charge_id = NULL')
    await desk.database.reading.execute('DELETE FROM "User"')
    await desk.telegram.bot.refund_star_payment(anna.user_id, charge)
    desk.books_refunds = False
    desk.now += timedelta(minutes=2)
    assert (await desk.round()).gaps == 0
    assert await PaymentRepository(desk.database.reading).calculate_total_revenue() == 0


async def test_a_refund_that_nothing_explains_is_a_gap_until_it_is_booked(desk: Desk, anna: User) -> None:
    charge = await desk.pay(anna)
    await desk.receive(anna, charge)
    await desk.telegram.bot.refund_star_payment(anna.user_id, charge)
    desk.books_refunds = False
    desk.now += timedelta(minutes=2)
    assert (await desk.round()).gaps == 1
    assert list((await events(desk.database, "star_gap")).values()) == [True]
    desk.books_refunds = True
    assert (await desk.round()).gaps == 0
    assert list((await events(desk.database, "star_gap")).values()) == [False]


async def test_a_payment_that_telegram_does_not_list_is_a_gap_until_it_does(desk: Desk, anna: User) -> None:
    await desk.receive(anna, "made-up")
    assert (await desk.round()).gaps == 0, "the list may be late"
    await desk.database.reading.execute("""UPDATE "Payment" SET date = now() - interval '11 minutes'""")
    assert [(await desk.round()).gaps for _ in range(2)] == [1, 1]
    payment_id = await value(desk.database, 'SELECT payment_id FROM "Payment"')
    assert await events(desk.database, "star_gap") == {f"payment {payment_id}": True}
    charge = await desk.pay(anna)
    await desk.database.reading.execute('UPDATE "Payment" SET charge_id = $1', charge)
    desk.now += timedelta(minutes=2)
    assert (await desk.round()).gaps == 0
    assert await events(desk.database, "star_gap") == {f"payment {payment_id}": False}


async def test_a_telegram_that_is_away_in_the_middle_loses_nothing(desk: Desk, anna: User) -> None:
    await desk.pay(anna)
    desk.now += timedelta(minutes=2)
    await desk.telegram.fault(method="getStarTransactions", error_code=502, times=1)
    with pytest.raises(Exception, match="Bad Gateway"):
        await desk.round()
    assert (await desk.round()).recovered == 1


async def test_a_long_list_is_read_on_from_where_it_was_and_what_comes_late_between_is_found(
    desk: Desk, database: Database, payments: Payments
) -> None:
    listed = [_movement(f"c{number}", number) for number in range(1000)]
    asked: list[int] = []

    async def read_page(offset: int, limit: int) -> Sequence[StarMovement]:
        asked.append(offset)
        return listed[offset : offset + limit]

    comparison = StarComparison(database, payments, Accounts(database, "en"), desk.honour)
    assert await comparison.round(read_page) == StarRound(1000, 0, 0)
    assert asked == list(range(0, 1100, 100))
    listed.insert(950, _movement("late", 950))
    asked.clear()
    await make_due(database)
    found = await comparison.round(read_page)
    assert found is not None
    assert asked[0] == 900
    assert await value(database, 'SELECT count(*) FROM "StarTransaction"') == 1001
    listed[:] = listed[:3]
    for expected in (0, 3):
        await make_due(database)
        found = await comparison.round(read_page)
        assert found is not None
        assert found.read == expected, "another bot's list is read from its beginning"


def _movement(transaction_id: str, place: int) -> StarMovement:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=place)
    return StarMovement(transaction_id, False, 5, "fragment", at, False, None, "")


@pytest.mark.parametrize(
    ("partner", "is_payment"),
    [
        ({"source": {"type": "user", "transaction_type": "invoice_payment", "user": {"id": 7}}}, True),
        ({"source": {"type": "user", "transaction_type": "paid_media_payment", "user": {"id": 7}}}, False),
        ({"receiver": {"type": "user", "transaction_type": "gift_purchase", "user": {"id": 7}}}, False),
        ({"receiver": {"type": "fragment"}}, False),
        ({"source": {"type": "a partner of next year", "news": [1]}}, False),
        ({}, False),
    ],
)
def test_only_invoices_and_their_refunds_are_ours(partner: dict[str, object], is_payment: bool) -> None:
    movement = movement_of({"id": "x", "amount": 5, "date": 1_800_000_000, **partner})
    assert (movement.partner == "user" and movement.is_invoice and movement.person is not None) is is_payment
