"""`/paysupport`: a purchase goes back by two presses, through Telegram's absences and our own deaths."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiogram.types import LabeledPrice
from redis.asyncio import Redis

from bot.refund_sender import RefundSender
from repository.refunds import RefundState
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments, Receipt
from services.money.refunds import Refunds
from tests.integration.bot.conftest import Chat, Front
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio

WELCOME, TOKENS, STARS = 30, 150, 200
STATE = 'SELECT state FROM "Refund" ORDER BY refund_id DESC LIMIT 1'


async def bought(front: Front, chat: Chat, product: str = "tokens_150") -> tuple[int, str]:
    """A payment that Telegram has in its list and the house in its books: payment_id and charge."""
    payments = Payments(front.house.db, front.house.doorbell, InvoicePayloads("a secret of this test"))
    offer = await payments.invoice(await chat.person(), product)
    price = LabeledPrice(label="tokens", amount=offer.invoice.amount)
    link = await front.bot.create_invoice_link("Tokens", "Tokens", offer.payload, "XTR", [price])
    paying = asyncio.create_task(front.http.post(f"/sim/users/{chat.id}/pay", json={"link": link}))
    while not paying.done():
        for update in await front.bot.get_updates(offset=front._next(), timeout=0):
            front.handled.append(update)
            if update.pre_checkout_query is not None:
                await front.bot.answer_pre_checkout_query(update.pre_checkout_query.id, ok=True)
        await asyncio.wait({paying}, timeout=0.005)
    front.handled += await front.bot.get_updates(offset=front._next(), timeout=0)
    charge = str(paying.result().json()["telegram_payment_charge_id"])
    received = await payments.receive(chat.id, Receipt(offer.payload, "XTR", offer.invoice.amount, charge))
    assert received is not None
    return received.payment_id, charge


async def sent(front: Front) -> int:
    """Let the bot tell Telegram of everything that is due, and hear what Telegram says to it."""
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        told = await RefundSender(front.house.refunds, front.bot, redis, "unheard").send_due()
    await front.handle_pending()
    return told


async def state(front: Front) -> str | None:
    found: str | None = await front.house.db.reading.fetchval(STATE)
    return found


async def make_due(front: Front) -> None:
    """Let every pause and every lease be over."""
    await front.house.db.reading.execute("""UPDATE "Refund" SET due_at = now(), lease_until = NULL""")


async def asked(anna: Chat) -> None:
    await anna.writes("/paysupport")
    await anna.presses("200\u202f⭐ · 🪙 150")


async def refund(anna: Chat) -> None:
    await asked(anna)
    await anna.presses("Yes, refund it")


async def admin(front: Front) -> Chat:
    chat = await front.meet("Olga")
    await front.house.accounts.grant_admin(chat.id)
    return chat


async def news(front: Front, chat: Chat) -> list[str]:
    rows = await front.house.db.reading.fetch(
        """SELECT kind FROM "Notification" WHERE user_id = $1 AND kind LIKE 'refund%'""", chat.id
    )
    return [row["kind"] for row in rows]


async def test_who_bought_nothing_finds_whom_to_write_to(anna):
    await anna.writes("/paysupport")
    text = await anna.text()
    assert "Support and refunds" in text
    assert "For 14 days after paying" in text
    assert "Please write to the owner of the bot" in text
    assert f"Your ID: {anna.id}" in text
    assert "Your latest purchases" not in text
    await anna.presses("Terms")
    assert "What the bot does" in await anna.text()


async def test_an_unspent_purchase_goes_back_by_two_presses(front, anna):
    await bought(front, anna)
    await asked(anna)
    text = await anna.text()
    assert "200\u202f⭐ for 150 tokens" in text
    assert "150 tokens leave your balance at once, and 30 will be left" in text
    assert buttons_of(await anna.last())[0] == "‹ No, keep the tokens"
    await anna.presses("Yes, refund it")
    assert "The refund is on its way" in await anna.text()
    assert (await anna.person()).tokens_left == WELCOME
    assert await sent(front) == 1
    [call] = await front.calls("refundStarPayment")
    assert call["answer"]["ok"]
    assert await state(front) == "done"
    assert await news(front, anna) == ["refund_done"], "told once, though Telegram said it as well"
    assert (await front.bot.get_my_star_balance()).amount == 0
    await anna.presses("Support")
    assert "refunded" in await anna.text()
    assert not [text for text in buttons_of(await anna.last()) if "⭐" in text]


async def test_no_leads_back_and_changes_nothing(front, anna):
    await bought(front, anna)
    await asked(anna)
    await anna.presses("No, keep")
    assert "Your latest purchases" in await anna.text()
    assert await state(front) is None
    assert (await anna.person()).tokens_left == WELCOME + TOKENS


async def test_presses_at_once_are_one_refund(front, anna):
    await bought(front, anna)
    await asked(anna)
    question = await anna.last()
    data = question["buttons"][1][0]["data"]
    press = {"message_id": question["message_id"], "data": data, "timeout": 0}
    await asyncio.gather(*(front.http.post(f"/sim/users/{anna.id}/press", json=press) for _ in range(5)))
    await front.handle_pending()
    assert "The refund is on its way" in await anna.text()
    assert await sent(front) == 1
    assert len(await front.calls("refundStarPayment")) == 1
    assert (await anna.person()).tokens_left == WELCOME


async def test_a_press_that_is_handled_again_says_the_same(front, anna):
    await bought(front, anna)
    await refund(anna)
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert "The refund is on its way" in await anna.text()
    assert await front.house.db.reading.fetchval('SELECT count(*) FROM "Refund"') == 1


async def test_tokens_that_are_spent_after_the_question_make_it_a_case(front, anna):
    await bought(front, anna)
    await asked(anna)
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 0 WHERE kind = 'refund_window_days'""")
    await anna.presses("Yes, refund it")
    assert "Your request is being looked at" in await anna.text()
    assert await state(front) == "case"


async def test_spent_tokens_are_said_to_become_a_case_and_what_that_means(front, anna):
    await bought(front, anna)
    await front.house.db.reading.execute("""UPDATE "Payment" SET tokens = 181""")
    await anna.writes("/paysupport")
    await anna.presses("🪙 181")
    text = await anna.text()
    assert "the purchase brought 181 tokens, and only 180 are left" in text
    assert "becomes a debt that your next purchases pay off" in text
    await anna.presses("Send the request")
    assert "Your request is being looked at" in await anna.text()
    await anna.presses("Support")
    assert "your request is being looked at" in await anna.text()
    assert not [text for text in buttons_of(await anna.last()) if "⭐" in text]


async def test_an_admin_decides_by_a_press_and_sees_what_it_costs(front, anna):
    await bought(front, anna)
    await front.house.db.reading.execute("""UPDATE "Payment" SET date = now() - interval '13 days'""")
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 10 WHERE kind = 'refund_window_days'""")
    await front.house.refunds.request(await anna.person(), 1)
    olga = await admin(front)
    await olga.writes("/admin_cases")
    text = await olga.text()
    assert "200\u202f⭐ for 150 tokens" in text
    assert f"Anna ({anna.id}), has 180 tokens, owes 0" in text
    assert "automatic refund are over" in text
    answer = await olga.presses("Refund no. 1")
    assert answer["text"] == "No. 1 goes back"
    assert "No refund requests are open" in await olga.text()
    assert await sent(front) == 1
    assert await state(front) == "done"
    assert await news(front, anna) == ["refund_done"]


async def test_an_admin_may_decline_and_the_second_word_does_not_count(front, anna):
    await bought(front, anna)
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 0 WHERE kind = 'refund_window_days'""")
    await front.house.refunds.request(await anna.person(), 1)
    olga, boris = await admin(front), await admin(front)
    for chat in (olga, boris):
        await chat.writes("/admin_cases")
    assert (await olga.presses("Decline no. 1"))["text"] == "No. 1 is declined"
    assert (await boris.presses("Refund no. 1"))["text"] == "No. 1 is decided already"
    assert await sent(front) == 0
    assert await news(front, anna) == ["refund_declined"]


async def test_the_cases_are_silent_for_everybody_else(front, anna):
    await bought(front, anna)
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 0 WHERE kind = 'refund_window_days'""")
    await front.house.refunds.request(await anna.person(), 1)
    before = await anna.from_bot()
    await anna.writes("/admin_cases")
    assert await anna.from_bot() == before
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id,
        message_id=before[-1]["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": "refcase:1:1"}]]},
    )
    assert (await anna.presses("?"))["text"] == "This button is out of date. Here is the menu."
    assert await state(front) == "case"


@pytest.mark.parametrize("data", ["refund:2", "refyes:2", "refyes:2147483647"])
async def test_the_payment_of_somebody_else_is_not_found(front, anna, data):
    ben = await front.meet("Ben")
    await bought(front, anna)
    await bought(front, ben)
    last = await anna.last()
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id,
        message_id=last["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},
    )
    assert "I can’t find this payment" in (await anna.presses("?"))["text"]
    assert await state(front) is None


async def test_a_refund_that_telegram_makes_by_itself_takes_the_tokens(front, anna):
    _, charge = await bought(front, anna)
    await front.act(anna.id, "refund", json={"telegram_payment_charge_id": charge})
    assert await state(front) == "done"
    assert (await anna.person()).tokens_left == WELCOME
    assert await news(front, anna) == ["refund_done"]
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert await news(front, anna) == ["refund_done"]


async def test_a_refund_of_somebody_who_is_shut_out_is_heard(front, anna):
    _, charge = await bought(front, anna)
    await front.house.accounts.ban(anna.id, True)
    await front.act(anna.id, "refund", json={"telegram_payment_charge_id": charge})
    assert (await anna.person()).tokens_left == WELCOME


async def test_a_refund_of_an_erased_person_ends_and_registers_nobody(front, anna):
    await bought(front, anna)
    await refund(anna)
    await front.house.erasures.erase(await anna.person())
    assert await sent(front) == 1
    assert await state(front) == "done"
    assert await front.house.accounts.get(anna.id) is None
    assert await front.house.db.reading.fetchval('SELECT count(*) FROM "Refund" WHERE user_id IS NOT NULL') == 0


async def test_who_erases_themselves_reads_that_an_undecided_refund_ends_with_them(front, anna):
    await bought(front, anna)
    await front.house.db.reading.execute("""UPDATE "Limit" SET amount = 0 WHERE kind = 'refund_window_days'""")
    await front.house.refunds.request(await anna.person(), 1)
    await anna.writes("/delete_me")
    assert "1 refund request that is not decided yet: the money can no longer be returned" in await anna.text()


@pytest.mark.parametrize(
    "fault",
    [
        {"error_code": 502},
        {"error_code": 500, "executed": True},
        {"error_code": 429, "retry_after": 7},
        {"lost": True},
        {"error_code": 401},
    ],
)
async def test_what_passes_is_waited_out_and_the_money_goes_back_once(front, anna, fault):
    await bought(front, anna)
    await refund(anna)
    await front.fault(method="refundStarPayment", **fault)
    assert await sent(front) == 1
    if await state(front) == "sending":  # else Telegram's message about it came, and that was the answer
        assert await sent(front) == 0, "not before its time"
        await make_due(front)
        assert await sent(front) == 1
    assert await state(front) == "done"
    assert (await front.bot.get_my_star_balance()).amount == 0
    assert (await anna.person()).tokens_left == WELCOME
    assert await news(front, anna) == ["refund_done"]


async def test_a_refusal_for_good_gives_the_tokens_back_and_a_person_looks_at_the_next_request(front, anna):
    await bought(front, anna)
    await refund(anna)
    await front.fault(method="refundStarPayment", error_code=400, description="Bad Request: CHARGE_NOT_FOUND")
    await sent(front)
    assert await state(front) == "failed"
    assert (await anna.person()).tokens_left == WELCOME + TOKENS
    error = await front.house.db.reading.fetchval("SELECT details FROM \"AdminEvent\" WHERE kind = 'refund_failed'")
    assert "CHARGE_NOT_FOUND" in error["error"]
    await anna.writes("/paysupport")
    assert "Telegram did not accept the refund" in await anna.text()
    await anna.presses("200\u202f⭐ · 🪙 150")
    assert "Telegram did not accept the refund before" in await anna.text()
    await anna.presses("Send the request")
    assert await state(front) == "case"


async def test_a_bot_that_dies_before_telegram_has_answered_tells_it_again(front, anna):
    await bought(front, anna)
    await refund(anna)
    dying = Refunds(front.house.db, front.house.doorbell)
    [claimed] = await dying.claim(1)
    await front.bot.refund_star_payment(claimed.user_id, claimed.charge_id)  # and here it dies
    assert await sent(front) == 0, "its lease holds"
    assert await state(front) == "done", "Telegram's own message was heard"
    assert await news(front, anna) == ["refund_done"]


async def test_a_bot_that_dies_and_hears_no_message_either_is_told_by_telegram_that_it_is_done(front, anna):
    await bought(front, anna)
    await refund(anna)
    [claimed] = await front.house.refunds.claim(1)
    await front.bot.refund_star_payment(claimed.user_id, claimed.charge_id)
    front.handled += await front.bot.get_updates(offset=front._next(), timeout=0)  # lost
    assert await state(front) == "sending"
    await make_due(front)
    assert await sent(front) == 1
    assert [call["answer"]["ok"] for call in await front.calls("refundStarPayment")] == [True, False]
    assert await state(front) == "done"
    assert await news(front, anna) == ["refund_done"]


async def test_a_stop_in_the_middle_hands_the_refund_to_the_next_process_at_once(front, anna):
    await bought(front, anna)
    await refund(anna)
    await front.fault(method="refundStarPayment", delay=60)
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        sender = RefundSender(front.house.refunds, front.bot, redis, "unheard")
        sending = asyncio.create_task(sender.send_due())
        await until(lambda: _is_claimed(front))
        sending.cancel()
        await asyncio.wait({sending})
    assert await sent(front) == 1
    assert await state(front) == "done"


async def test_the_loop_in_the_bot_tells_telegram_of_what_is_asked_for_while_it_runs(front, anna):
    await bought(front, anna)
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        channel = front.house.doorbell.outbox_channel
        sending = asyncio.create_task(RefundSender(front.house.refunds, front.bot, redis, channel).keep_sending())
        try:
            await refund(anna)
            await until(lambda: _has_state(front, RefundState.DONE))
        finally:
            sending.cancel()
            await asyncio.wait({sending})


async def until(so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await so():
            await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0))})


async def _is_claimed(front: Front) -> bool:
    return bool(await front.house.db.reading.fetchval('SELECT lease_until > now() FROM "Refund"'))


async def _has_state(front: Front, wanted: RefundState) -> bool:
    return await state(front) == wanted.value
