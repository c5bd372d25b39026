"""News about money: everybody hears of it, in their language, with a way on."""

import pytest

from repository.notifications import NotificationKind, NotificationRepository
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments, Receipt

ALL_TOLD = 'SELECT count(*) FROM "Notification" WHERE closed_at IS NULL'
OUTCOMES = "SELECT string_agg(DISTINCT outcome, ',') FROM \"Notification\""


async def test_a_payment_is_told_with_a_way_to_photos_and_to_the_payment(office, anna):
    payments = Payments(office.db, office.doorbell, InvoicePayloads("of this test"))
    to_send = await payments.invoice(anna, "tokens_150")
    async with office.delivering():
        await payments.receive(anna.user_id, Receipt(to_send.payload, "XTR", 200, "charge"))
        await office.until(ALL_TOLD, becomes=0)
    [message] = await office.chat(anna)
    for words in ("Your payment of 200\u202f⭐", "150 tokens credited", "180 tokens"):
        assert words in message["text"]
    [[make], [payment]] = message["buttons"]
    assert (make["data"], payment["data"]) == ("open:generate:1", "pay:1:1")


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        (
            NotificationKind.PAYMENT_CREDITED,
            {"payment_id": 3, "tokens": 50, "amount": 149, "currency": "USD", "debt_paid": 7},
            {"en": ["$1.49", "7 tokens of these"], "ru": ["1,49\xa0$", "ушло 7 токенов"]},
        ),
        (
            NotificationKind.PAYMENT_CREDITED,
            {"payment_id": 3, "tokens": 0, "amount": 900, "currency": "JPY", "debt_paid": 0},
            {"en": ["¥900", "nothing is lost"], "ru": ["900\xa0¥", "ничего не пропадёт"]},
        ),
        (
            NotificationKind.REFUND_DONE,
            {"tokens": 31, "amount": 200, "currency": "XTR", "owed": 9},
            {
                "en": ["Your money is back", "31 tokens were taken", "You owe 9 tokens"],
                "ru": ["Деньги возвращены", "списан 31 токен", "За вами долг: 9 токенов"],
            },
        ),
        (
            NotificationKind.REFUND_DECLINED,
            {"amount": 200, "currency": "XTR"},
            {"en": ["200\u202f⭐", "cannot be given back"], "ru": ["200\u202f⭐", "не можем"]},
        ),
        (NotificationKind.REWARD_VESTED, {"tokens": 20}, {"en": ["20 tokens"], "ru": ["20 токенов"]}),
    ],
)
async def test_every_kind_of_news_is_told_in_both_languages(office, anna, locale, kind, details, words):
    await office.accounts.set_locale(anna.user_id, locale)
    await NotificationRepository(office.db.reading).add_news(anna.user_id, kind, details)
    async with office.delivering():
        await office.until(ALL_TOLD, becomes=0)
    assert await office.db.reading.fetchval(OUTCOMES) == "delivered"
    [message] = await office.chat(anna)
    for part in words[locale]:
        assert part in message["text"]
    assert message["buttons"]


async def test_news_for_somebody_who_blocked_the_bot_end_there(office, anna):
    await office.accounts.set_blocked_bot(anna.user_id, True)
    news = {"tokens": 1}
    await NotificationRepository(office.db.reading).add_news(anna.user_id, NotificationKind.REWARD_VESTED, news)
    async with office.delivering():
        await office.until(ALL_TOLD, becomes=0)
    assert await office.db.reading.fetchval(OUTCOMES) == "undeliverable"


async def test_news_that_telegram_could_not_take_for_a_moment_come_later(office, anna):
    await office.telegram.fault(method="sendMessage", error_code=502)
    news = {"tokens": 1}
    await NotificationRepository(office.db.reading).add_news(anna.user_id, NotificationKind.REWARD_VESTED, news)
    async with office.delivering():
        await office.until(ALL_TOLD, becomes=0)
    assert await office.db.reading.fetchval(OUTCOMES) == "delivered"
