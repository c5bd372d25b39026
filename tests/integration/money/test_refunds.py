"""A payment goes back once, whole, and its tokens with it; what a person cannot have by themselves an admin decides."""

import asyncio

import pytest
from arq import ArqRedis

from db.pool import Database
from repository.refunds import RefundOrigin, RefundState
from repository.users import UserRepository
from services.errors import AlreadyRefunded, PaymentNotFound, RefundDeclined
from services.money.payments import Payments, Receipt
from services.money.refund_rules import WhyCase
from services.money.refunds import Refunds
from tests.integration.money.buyers import PRODUCT, STARS, TOKENS, WELCOME, Shop, open_shop
from tests.integration.money.conftest import Meet


@pytest.fixture
def shop(database: Database, arq: ArqRedis, payments: Payments, meet: Meet) -> Shop:
    return open_shop(database, arq, payments, meet)


@pytest.fixture
def refunds(shop: Shop) -> Refunds:
    return shop.refunds


async def case_of(shop: Shop, spent: int = 100) -> int:
    """A request that an admin must decide; its payment."""
    person, payment_id = await shop.bought()
    await shop.spend(spent)
    assert (await shop.refunds.request(person, payment_id)).state is RefundState.CASE
    return payment_id


async def decide(shop: Shop, payment_id: int, approve: bool) -> bool:
    return await shop.refunds.decide((await shop.refund_of(payment_id)).refund_id, approve)


async def test_an_unspent_purchase_goes_back_at_once_and_its_tokens_first(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    assert (await refunds.foresee(person, payment_id)).why is None
    requested = await refunds.request(person, payment_id)
    assert (requested.state, requested.why) == (RefundState.SENDING, None)
    assert await shop.balance() == (WELCOME, 0)
    assert (await shop.standing_of(payment_id)).refunded_at is not None
    refund = await shop.refund_of(payment_id)
    assert (refund.origin, refund.tokens_taken, refund.tokens_owed) == (RefundOrigin.SELF, TOKENS, 0)
    assert await shop.told("refund_done") == [], "Telegram has not answered"
    assert await shop.books_add_up()


async def test_asked_for_ten_times_at_once_it_is_one_refund(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    answers = await asyncio.gather(*(refunds.request(person, payment_id) for _ in range(10)))
    assert {answer.state for answer in answers} == {RefundState.SENDING}
    assert await shop.written("Refund") == 1
    assert await shop.balance() == (WELCOME, 0)
    assert await shop.books_add_up()


async def test_asked_for_ten_times_at_once_it_is_one_case(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await shop.spend(100)
    answers = await asyncio.gather(*(refunds.request(person, payment_id) for _ in range(10)))
    assert {answer.state for answer in answers} == {RefundState.CASE}
    assert await shop.open_events() == [("refund_case", f"payment {payment_id}")]
    assert await shop.balance() == (WELCOME + TOKENS - 100, 0)


async def test_a_refund_and_an_order_for_the_same_tokens_cannot_both_have_them(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await asyncio.gather(
        refunds.request(person, payment_id),
        *(UserRepository(shop.db.reading).update_tokens(7, -60) for _ in range(3)),
        return_exceptions=True,
    )
    left, owed = await shop.balance()
    assert left >= 0
    assert owed == 0
    assert await shop.books_add_up()


async def test_what_is_given_back_is_not_given_back_again(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await refunds.request(person, payment_id)
    with pytest.raises(AlreadyRefunded):
        await refunds.foresee(person, payment_id)
    [to_send] = await refunds.claim(5)
    assert await refunds.sent(to_send)
    with pytest.raises(AlreadyRefunded):
        await refunds.request(person, payment_id)
    with pytest.raises(AlreadyRefunded):
        await refunds.foresee(person, payment_id)


async def test_nobody_asks_for_the_money_of_others(shop: Shop, refunds: Refunds) -> None:
    _, payment_id = await shop.bought()
    stranger = await shop.meet(8)
    for asking in (refunds.foresee, refunds.request):
        with pytest.raises(PaymentNotFound):
            await asking(stranger, payment_id)
        with pytest.raises(PaymentNotFound):
            await asking(stranger, 2**31 - 1)
    assert await shop.written("Refund") == 0


@pytest.mark.parametrize(
    ("made_so", "why"),
    [
        ("""UPDATE "Payment" SET currency = 'RUB', amount = 39900""", WhyCase.CARD),
        ("""UPDATE "Payment" SET charge_id = NULL""", WhyCase.CARD),
        ("""UPDATE "User" SET frozen_at = now()""", WhyCase.FROZEN),
        ("""UPDATE "Payment" SET date = now() - interval '14 days 1 minute'""", WhyCase.TOO_OLD),
        ("""UPDATE "Limit" SET amount = 0 WHERE kind = 'refund_window_days'""", WhyCase.TOO_OLD),
        ("""UPDATE "Payment" SET tokens = 181""", WhyCase.SPENT),
        ("""UPDATE "User" SET tokens_owed = 31""", WhyCase.SPENT),
    ],
)
async def test_what_a_person_cannot_have_by_themselves_becomes_a_case_that_says_why(
    shop: Shop, refunds: Refunds, made_so: str, why: WhyCase
) -> None:
    person, payment_id = await shop.bought()
    await shop.db.reading.execute(made_so)
    assert (await refunds.foresee(person, payment_id)).why is why
    assert (await refunds.request(person, payment_id)).why is why
    details = await shop.db.reading.fetchval("SELECT details FROM \"AdminEvent\" WHERE kind = 'refund_case'")
    assert details["why"] == why.value
    assert [case.payment_id for case in await refunds.cases(5)] == [payment_id]
    assert (await shop.balance())[0] == WELCOME + TOKENS, "nothing is taken before the word"
    assert await refunds.claim(5) == []


async def test_the_last_moment_of_the_window_is_inside_it(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await shop.db.reading.execute("""UPDATE "Payment" SET date = now() - interval '13 days 23 hours'""")
    assert (await refunds.foresee(person, payment_id)).why is None


async def test_an_approved_case_takes_what_is_left_and_the_rest_is_owed(shop: Shop, refunds: Refunds) -> None:
    payment_id = await case_of(shop)
    assert await decide(shop, payment_id, True)
    assert await shop.balance() == (0, TOKENS - (WELCOME + TOKENS - 100))
    refund = await shop.refund_of(payment_id)
    assert (refund.state, refund.origin, refund.tokens_taken, refund.tokens_owed) == (
        RefundState.SENDING,
        RefundOrigin.ADMIN,
        80,
        70,
    )
    assert await shop.open_events() == []
    [to_send] = await refunds.claim(5)
    assert await refunds.sent(to_send)
    assert await shop.told("refund_done") == [
        {"payment_id": payment_id, "tokens": 80, "owed": 70, "amount": STARS, "currency": "XTR"}
    ]
    assert await shop.books_add_up()


async def test_a_debt_of_a_refund_is_paid_by_the_next_purchase(shop: Shop, refunds: Refunds) -> None:
    payment_id = await case_of(shop)
    assert await decide(shop, payment_id, True)
    person, _ = await shop.bought(charge="charge-2")
    assert (person.tokens_left, person.tokens_owed) == (TOKENS - 70, 0)
    assert await shop.books_add_up()


async def test_a_declined_case_takes_nothing_and_the_person_hears_of_it(shop: Shop, refunds: Refunds) -> None:
    payment_id = await case_of(shop)
    assert await decide(shop, payment_id, False)
    assert await shop.balance() == (WELCOME + TOKENS - 100, 0)
    assert [told["amount"] for told in await shop.told("refund_declined")] == [STARS]
    assert await shop.open_events() == []
    for asking in (refunds.foresee, refunds.request):
        with pytest.raises(RefundDeclined):
            await asking(await shop.person(), payment_id)


async def test_of_two_admins_one_word_counts(shop: Shop) -> None:
    payment_id = await case_of(shop)
    said = await asyncio.gather(*(decide(shop, payment_id, approve) for approve in (True, False, True, False)))
    assert sum(said) == 1
    assert not await shop.refunds.decide(2**40, True)
    assert await shop.books_add_up()


async def test_a_card_payment_counts_as_given_back_by_the_admins_word(shop: Shop, refunds: Refunds) -> None:
    person = await shop.meet(7)
    to_send = await shop.payments.invoice(person, PRODUCT, "USD")
    received = await shop.payments.receive(7, Receipt(to_send.payload, "USD", to_send.invoice.amount, "card-1"))
    assert received is not None
    assert (await refunds.request(person, received.payment_id)).why is WhyCase.CARD
    assert await decide(shop, received.payment_id, True)
    assert (await shop.refund_of(received.payment_id)).state is RefundState.DONE
    assert await shop.balance() == (WELCOME, 0)
    assert await refunds.claim(5) == [], "Telegram has no part in it"
    assert [told["currency"] for told in await shop.told("refund_done")] == ["USD"]


async def test_own_payments_of_late_are_listed_and_old_ones_only_while_they_are_open(
    shop: Shop, refunds: Refunds
) -> None:
    person, old = await shop.bought(charge="charge-1")
    _, older = await shop.bought(charge="charge-2")
    _, recent = await shop.bought(charge="charge-3")
    await shop.bought(8, "charge-4")
    for payment_id in (old, older):
        await shop.age(payment_id, 30)
    await refunds.request(person, old)
    assert [(one.payment_id, one.state) for one in await refunds.own(person)] == [
        (recent, None),
        (old, RefundState.CASE),
    ]
    assert await refunds.window_days() == 14


async def test_waiting_rewards_of_a_payment_are_cancelled_with_it(shop: Shop, refunds: Refunds) -> None:
    inviter = await shop.meet(8)
    person, payment_id = await shop.bought()
    reward = await shop.reward(payment_id, inviter.user_id, 15, "waiting")
    _, another_payment = await shop.bought(charge="charge-2")
    another = await shop.reward(another_payment, inviter.user_id, 15, "waiting")
    await refunds.request(person, payment_id)
    assert await shop.state_of_reward(reward) == "cancelled"
    assert await shop.state_of_reward(another) == "waiting"


async def test_rewards_that_were_paid_out_are_taken_back_and_what_is_spent_of_them_is_owed(
    shop: Shop, refunds: Refunds
) -> None:
    await shop.meet(8)
    person, payment_id = await shop.bought()
    reward = await shop.reward(payment_id, 8, 15, "vested")
    await shop.spend(40, 8)
    await refunds.request(person, payment_id)
    [to_send] = await refunds.claim(5)
    assert await refunds.sent(to_send)
    assert await shop.state_of_reward(reward) == "cancelled"
    assert await shop.balance(8) == (0, 10)
    assert await shop.books_add_up()


async def test_buying_refunding_and_buying_again_gains_nobody_anything(shop: Shop, refunds: Refunds) -> None:
    await shop.meet(8)
    for turn in range(3):
        person, payment_id = await shop.bought(charge=f"charge-{turn}")
        await shop.reward(payment_id, 8, 15, "vested")
        await refunds.request(person, payment_id)
        [to_send] = await refunds.claim(5)
        assert await refunds.sent(to_send)
    assert await shop.balance() == (WELCOME, 0)
    assert await shop.balance(8) == (WELCOME, 0)
    assert await shop.books_add_up()
