"""Tokens are bought in the chat: whoever pays gets them once, and Telegram's question is answered in time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiogram.types import Update

from bot.features.buy.desk import CHECK_WITHIN
from bot.features.buy.offers import Card
from bot.polling import Polling
from services.errors import PaymentNotFound
from tests.integration.bot.conftest import Chat, Front

pytestmark = pytest.mark.asyncio

WELCOME, TOKENS, STARS = 30, 150, 200


async def invoice_for(chat: Chat, offer: str = "150 ") -> dict[str, Any]:
    await chat.writes("/buy")
    await chat.presses(offer)
    invoice = await chat.last()
    assert "invoice" in invoice
    return invoice


async def pays(front: Front, chat: Chat, invoice: dict[str, Any]) -> dict[str, Any]:
    return await front.act(chat.id, "pay", json={"message_id": invoice["message_id"]})


async def written(front: Front, table: str) -> int:
    return int(await front.house.db.reading.fetchval(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - ours


def buttons_of(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


@asynccontextmanager
async def polling(front: Front, handle: Callable[[Update], Awaitable[object]]) -> AsyncIterator[asyncio.Task[None]]:
    """The bot as its process runs it; cancelled, it dies with whatever it has in hand."""
    running = Polling(front.bot, handle, front.dispatcher.resolve_used_update_types())
    stop = asyncio.Event()
    task = asyncio.create_task(running.run(stop, 1))
    await asyncio.wait_for(running.is_polling.wait(), 5)
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=10)
        for left in asyncio.all_tasks():
            if left.get_name().startswith("update "):
                left.cancel()


class Handler:
    """The dispatcher, and whether a payment has passed through it."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._booked = asyncio.Event()

    async def __call__(self, update: Update) -> None:
        await self._front.dispatcher.feed_update(self._front.bot, update)
        if tells_of_a_payment(update):
            self._booked.set()

    async def has_booked(self) -> None:
        await asyncio.wait_for(self._booked.wait(), 10)


def tells_of_a_payment(update: Update) -> bool:
    return update.message is not None and update.message.successful_payment is not None


@pytest.mark.parametrize(
    ("language", "offers"),
    [
        ("en", ["50 tokens · 10 photos · 75\u202f⭐", "1500 tokens · 300 photos · 1600\u202f⭐"]),
        ("ru", ["50 токенов · 10 фото · 75\u202f⭐", "1500 токенов · 300 фото · 1600\u202f⭐"]),
    ],
)
async def test_offers_say_what_they_are_worth_in_photos_and_which_is_the_best(front, language, offers):
    chat = await front.meet("Ann", language)
    await chat.writes("/buy")
    shown = buttons_of(await chat.last())
    assert [shown[0], shown[3]] == offers
    marked = [button["text"] for [button, *_] in (await chat.last())["buttons"] if button.get("style") == "success"]
    assert marked == [offers[1]]
    assert "1500" in (await chat.text()).split("🔥")[1]


async def test_it_is_open_from_the_menu_and_the_balance(anna):
    for way in ([], ["Balance"]):
        await anna.writes("/start")
        for step in (*way, "Buy tokens"):
            await anna.presses(step)
        assert "enough for 6 photos" in await anna.text()


async def test_a_card_that_costs_more_than_there_is_leads_to_the_offers_and_back(front, anna, selfie):
    await front.house.db.reading.execute('UPDATE "Price" SET tokens = 31')
    await anna.sends(selfie, caption="a lighthouse")
    assert "/buy" in (await anna.presses("Make"))["text"]
    await anna.presses("Buy tokens")
    assert "Buy tokens" in await anna.text()
    await anna.presses("Back to the picture")
    assert "a lighthouse" in await anna.text()


async def test_who_owes_tokens_reads_so_where_tokens_are_shown_and_sold(front, anna):
    await front.house.db.reading.execute('UPDATE "User" SET tokens_owed = 7')
    for command in ("/balance", "/buy"):
        await anna.writes(command)
        assert "You owe 7 tokens" in await anna.text()


async def test_an_invoice_says_what_telegram_wants_and_leads_others_to_the_bot(front, anna):
    invoice = await invoice_for(anna)
    [call] = await front.calls("sendInvoice")
    sent = call["parameters"]
    assert (sent["currency"], sent.get("provider_token", ""), len(sent["prices"])) == ("XTR", "", 1)
    assert sent["start_parameter"] == "buy"
    assert (invoice["invoice"]["title"], invoice["invoice"]["total_amount"]) == ("150 tokens", STARS)
    assert "30 photos" in invoice["invoice"]["description"]


async def test_who_pays_has_the_tokens_and_finds_the_payment(front, anna):
    assert (await pays(front, anna, await invoice_for(anna)))["paid"]
    assert (await anna.person()).tokens_left == WELCOME + TOKENS
    await anna.writes("/history_payments")
    [row] = [text for text in buttons_of(await anna.last()) if "200\u202f⭐" in text]
    assert row.endswith("🪙 150")
    await anna.presses(row)
    text = await anna.text()
    for words in ("Payment no.", "200\u202f⭐", "150 tokens"):
        assert words in text
    assert "↩️ Ask for a refund" in buttons_of(await anna.last())


async def test_the_same_payment_told_again_is_credited_once(front, anna):
    await pays(front, anna, await invoice_for(anna))
    paid = front.handled[-1]
    assert tells_of_a_payment(paid)
    await front.fault(redeliver=1)
    await front.handle_pending()
    await asyncio.gather(*(front.dispatcher.feed_update(front.bot, paid) for _ in range(10)))
    assert (await anna.person()).tokens_left == WELCOME + TOKENS
    assert await written(front, "Payment") == 1


async def test_an_old_invoice_may_be_paid_once_more(front, anna):
    invoice = await invoice_for(anna)
    for times in (1, 2):
        assert (await pays(front, anna, invoice))["paid"]
        assert (await anna.person()).tokens_left == WELCOME + times * TOKENS


async def test_the_question_before_the_payment_waits_for_no_earlier_update_of_the_person(front, anna, monkeypatch):
    invoice = await invoice_for(anna)
    hanging = asyncio.Event()

    async def hang(*_: object) -> None:
        hanging.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(front.house.generations, "unit_price", hang)
    handler = Handler(front)
    async with polling(front, handler):
        await front.http.post(f"/sim/users/{anna.id}/messages", json={"text": "/balance"})
        await asyncio.wait_for(hanging.wait(), 5)
        began = time.monotonic()
        answer = await front.http.post(f"/sim/users/{anna.id}/pay", json={"message_id": invoice["message_id"]})
        assert answer.json()["paid"]
        assert time.monotonic() - began < CHECK_WITHIN
        await handler.has_booked()
    assert (await anna.person()).tokens_left == WELCOME + TOKENS


async def test_a_payment_told_while_the_bot_dies_is_credited_at_its_next_start(front, anna):
    invoice = await invoice_for(anna)
    told = asyncio.Event()

    async def die_over_a_payment(update: Update) -> None:
        if tells_of_a_payment(update):
            told.set()
            await asyncio.Event().wait()
        await front.dispatcher.feed_update(front.bot, update)

    async with polling(front, die_over_a_payment) as bot:
        answer = await front.http.post(f"/sim/users/{anna.id}/pay", json={"message_id": invoice["message_id"]})
        assert answer.json()["paid"]
        await asyncio.wait_for(told.wait(), 5)
        bot.cancel()
    assert (await anna.person()).tokens_left == WELCOME
    handler = Handler(front)
    async with polling(front, handler):
        await handler.has_booked()
    assert (await anna.person()).tokens_left == WELCOME + TOKENS


async def test_a_forwarded_invoice_leads_another_person_to_offers_of_their_own(front, anna):
    invoice = await invoice_for(anna)
    boris = await front.meet("Boris")
    await front.bot.forward_message(boris.id, anna.id, invoice["message_id"])
    [[link]] = (await boris.last())["buttons"]
    assert link["url"].endswith("?start=buy")
    await front.act(boris.id, "open", json={"link": link["url"]})
    assert "Buy tokens" in await boris.text()
    clara = await front.meet("Clara", start=None)
    await front.act(clara.id, "open", json={"link": link["url"]})
    assert "You have 30 tokens" in await clara.text()


@pytest.mark.parametrize(("language", "words"), [("en", "This offer is gone"), ("ru", "Этого предложения больше нет")])
async def test_what_is_not_sold_any_more_is_refused_before_money_moves(front, language, words):
    chat = await front.meet("Ann", language)
    invoice = await invoice_for(chat)
    await front.house.db.reading.execute('UPDATE "Product" SET is_sold = FALSE')
    answer = await pays(front, chat, invoice)
    assert not answer["paid"]
    assert words in answer["error_message"]
    await chat.writes("/buy")
    assert "⭐" not in " ".join(buttons_of(await chat.last()))


def asked(front: Front, chat: Chat, invoice_payload: str, amount: int = STARS) -> Update:
    """Telegram's question before a payment, as it comes for somebody."""
    person = {"id": chat.id, "is_bot": False, "first_name": "A", "language_code": "ru"}
    query = {"id": "1", "from": person, "currency": "XTR", "total_amount": amount, "invoice_payload": invoice_payload}
    return Update.model_validate({"update_id": 1, "pre_checkout_query": query}, context={"bot": front.bot})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('UPDATE "User" SET banned_at = now()', "Доступ к боту для вас закрыт"),
        ('UPDATE "User" SET frozen_at = now()', "что-то не сходится"),
        ('DELETE FROM "Invoice"', "Этот счёт устарел"),
        ('UPDATE "Invoice" SET amount = 199', "Сумма не совпадает"),
    ],
)
async def test_every_refusal_is_in_the_persons_language(front, change, words):
    ivan = await front.meet("Ivan", "ru")
    await invoice_for(ivan)
    payload = (await front.calls("sendInvoice"))[0]["parameters"]["payload"]
    await front.house.db.reading.execute(change)
    await front.dispatcher.feed_update(front.bot, asked(front, ivan, payload))
    [call] = await front.calls("answerPreCheckoutQuery")
    assert call["parameters"]["ok"] in (False, "false", "False")
    assert words in call["parameters"]["error_message"]


async def test_an_invoice_of_somebody_else_is_refused(front, anna):
    await invoice_for(anna)
    payload = (await front.calls("sendInvoice"))[0]["parameters"]["payload"]
    await front.dispatcher.feed_update(front.bot, asked(front, await front.meet("Ivan", "ru"), payload))
    [call] = await front.calls("answerPreCheckoutQuery")
    assert "выписан другому" in call["parameters"]["error_message"]


async def test_a_database_that_says_nothing_is_told_in_time(front, anna, database_dsn):
    invoice = await invoice_for(anna)
    locking = await asyncpg.connect(database_dsn)
    try:
        await locking.execute('BEGIN; LOCK TABLE "Invoice" IN ACCESS EXCLUSIVE MODE')
        began = time.monotonic()
        answer = await pays(front, anna, invoice)
        assert CHECK_WITHIN <= time.monotonic() - began < CHECK_WITHIN + 1
        assert "try again in a minute" in answer["error_message"]
    finally:
        await locking.close()
    assert (await pays(front, anna, invoice))["paid"]


async def test_what_a_banned_or_unknown_person_paid_is_booked_too(front, anna):
    await pays(front, anna, await invoice_for(anna))
    paid = front.handled[-1].model_dump(mode="json", exclude_none=True, by_alias=True)
    await front.house.accounts.ban(anna.id, True)
    for payer, charge in ((anna.id, "second"), (987654, "third")):
        paid["message"]["successful_payment"]["telegram_payment_charge_id"] = charge
        paid["message"]["from"]["id"] = paid["message"]["chat"]["id"] = payer
        update = Update.model_validate(paid, context={"bot": front.bot})
        await front.dispatcher.feed_update(front.bot, update)
    assert (await anna.person()).tokens_left == WELCOME + 2 * TOKENS
    stranger = await front.house.accounts.get(987654)
    assert stranger is not None
    assert stranger.tokens_left == WELCOME + TOKENS


async def test_a_payment_waits_for_the_database_and_for_nothing_else(front, anna, monkeypatch):
    await pays(front, anna, await invoice_for(anna))
    paid = front.handled[-1]
    receive = front.house.payments.receive
    failing = [ConnectionRefusedError("away")]

    async def fail_once(*given):
        if failing:
            raise failing.pop()
        return await receive(*given)

    monkeypatch.setattr(type(front.house.payments), "receive", lambda _, *given: fail_once(*given))
    with pytest.raises(ConnectionRefusedError):
        await front.dispatcher.feed_update(front.bot, paid)
    failing.append(RuntimeError("a mistake of ours"))  # type: ignore[arg-type]
    await front.dispatcher.feed_update(front.bot, paid)
    assert failing == []


async def test_payments_come_ten_a_page_newest_first(front, anna):
    invoice = await invoice_for(anna, "50 tokens")
    for _ in range(12):
        await pays(front, anna, invoice)
    await front.house.db.reading.execute('UPDATE "Payment" SET refunded_at = now() WHERE payment_id = 12')
    await anna.writes("/history_payments")
    rows = [text for text in buttons_of(await anna.last()) if "75\u202f⭐" in text]
    assert len(rows) == 10
    assert ["↩️" in row for row in rows] == [True] + [False] * 9
    await anna.presses("75\u202f⭐")
    assert "The money went back" in await anna.text()
    assert "↩️ Ask for a refund" not in buttons_of(await anna.last())
    await anna.presses("All payments")
    await anna.presses("Older")
    assert len([text for text in buttons_of(await anna.last()) if "75\u202f⭐" in text]) == 2
    await anna.presses("Newest")
    assert len([text for text in buttons_of(await anna.last()) if "75\u202f⭐" in text]) == 10


async def test_nobody_sees_the_payment_of_somebody_else(front, anna):
    await pays(front, anna, await invoice_for(anna))
    boris = await front.meet("Boris")
    await boris.writes("/history_payments")
    assert "not bought anything" in await boris.text()
    [payment] = await front.house.payments.of_person(anna.id)
    with pytest.raises(PaymentNotFound):
        await front.house.payments.own(boris.id, payment.payment_id)


async def test_by_card_the_same_is_sold_in_another_currency_where_the_owner_has_opened_it(front, anna):
    front.dispatcher["card"] = Card("1:TEST:x", "RUB")
    await anna.writes("/buy")
    assert "💳 150 · RUB399" in buttons_of(await anna.last())
    await anna.presses("RUB399")
    invoice = await anna.last()
    assert (invoice["invoice"]["currency"], invoice["invoice"]["total_amount"]) == ("RUB", 39900)
    assert (await pays(front, anna, invoice))["paid"]
    assert (await anna.person()).tokens_left == WELCOME + TOKENS
    await anna.writes("/buy")
    offers = await anna.last()
    front.dispatcher["card"] = None
    assert "Paying by card does not work" in (await anna.presses("RUB149", offers))["text"]


async def test_by_card_nothing_is_offered_in_a_currency_without_prices(front, anna):
    front.dispatcher["card"] = Card("1:TEST:x", "JPY")
    await anna.writes("/buy")
    assert "💳" not in " ".join(buttons_of(await anna.last()))


async def test_a_provider_that_telegram_refuses_is_told_as_such(front, anna):
    front.dispatcher["card"] = Card("1:TEST:x", "RUB")
    await anna.writes("/buy")
    await front.fault(method="sendInvoice", error_code=400, description="Bad Request: PAYMENT_PROVIDER_INVALID")
    assert "Paying by card does not work" in (await anna.presses("RUB149"))["text"]
