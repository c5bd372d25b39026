"""`/delete_me`: two questions, the end, a receipt that stays, and nobody who is known afterwards."""

import asyncio
import re

import pytest
from aiogram.exceptions import TelegramAPIError
from redis.asyncio import Redis

from bot.features.erasure.keyboards import Erase
from bot.middlewares.answers import Answers
from tests.integration.bot.conftest import draw
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio

REFERENCE = re.compile(r"DP-[A-Z2-9]{5}-[A-Z2-9]{5}")


async def known(front, anna) -> bool:
    return await front.house.accounts.get(anna.id) is not None


async def traces(front, anna) -> list[str]:
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        keys = [key.decode() async for key in redis.scan_iter()]
    return [key for key in keys if str(anna.id) in key.split(":") and ":limit:" not in key]


async def at_the_last_question(anna) -> None:
    await anna.writes("/delete_me")
    await anna.presses("Delete everything")


async def test_it_says_in_numbers_what_goes_and_what_stays(anna):
    await anna.sends(draw())
    await anna.presses("Look 00")
    await anna.presses("Make")
    await anna.writes("/delete_me")
    text = await anna.text()
    for words in (
        "1 photo of yours",
        "0 finished pictures",
        "1 order in the making, which stops",
        "25 tokens on your balance",
        "records of tokens and payments, without your name",
    ):
        assert words in text


async def test_it_is_asked_twice_and_no_leaves_everything_as_it_was(front, anna):
    await at_the_last_question(anna)
    assert "Really delete everything?" in await anna.text()
    assert buttons_of(await anna.last())[0] == "‹ No, keep it"
    await anna.presses("No, keep it")
    assert "You have 30 tokens" in await anna.text()
    assert await known(front, anna)


async def test_the_receipt_stays_and_the_person_is_unknown(front, anna):
    await anna.sends(draw())
    await anna.presses("Look 00")
    await anna.presses("Make")
    progress = await anna.last()
    await at_the_last_question(anna)
    question = await anna.last()
    await anna.presses("Yes, delete")
    receipt = await anna.last()
    assert receipt["message_id"] == question["message_id"]
    assert not receipt["buttons"]
    assert "Your data is deleted" in receipt["text"]
    assert "photos: 1" in receipt["text"]
    assert "tokens given up: 30" in receipt["text"], "what was held for the order came back first"
    reference = REFERENCE.search(receipt["text"])[0]
    assert (await front.house.erasures.receipt(reference)).completed_at is not None
    assert not await known(front, anna)
    assert await traces(front, anna) == []
    assert progress["message_id"] not in [message["message_id"] for message in await anna.from_bot()]
    await anna.writes("/start")
    assert "Hello, Anna!" in await anna.text()
    assert (await anna.person()).tokens_left == 0, "the gift is given once"
    assert receipt["text"] in [message["text"] for message in await anna.from_bot()]


async def test_a_second_press_finds_the_receipt_and_registers_nobody(front, anna):
    await at_the_last_question(anna)
    await anna.presses("Yes, delete")
    receipt = await anna.text()
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert await anna.text() == receipt
    assert not await known(front, anna)
    assert await front.house.db.reading.fetchval("""SELECT count(*) FROM "Erasure" """) == 1


async def test_two_presses_at_once_erase_once(front, anna):
    await at_the_last_question(anna)
    question = await anna.last()
    data = question["buttons"][1][0]["data"]
    await asyncio.gather(
        *(
            front.http.post(
                f"/sim/users/{anna.id}/press", json={"message_id": question["message_id"], "data": data, "timeout": 0}
            )
            for _ in range(3)
        )
    )
    await front.handle_pending()
    assert "Your data is deleted" in await anna.text()
    assert not await known(front, anna)
    assert await front.house.db.reading.fetchval("""SELECT count(*) FROM "Erasure" """) == 1


async def test_a_telegram_that_is_away_for_the_receipt_gets_it_later(front, anna):
    await anna.sends(draw())
    await at_the_last_question(anna)
    await front.fault(method="editMessageText", error_code=502, times=1)
    with pytest.raises(TelegramAPIError):
        await anna.presses("Yes, delete")
    assert not await known(front, anna)
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert "photos: 1" in await anna.text(), "the numbers of the first time"
    assert not await known(front, anna)
    assert await traces(front, anna) == []


async def test_an_erasure_that_broke_in_the_middle_goes_on_with_the_same_press(front, anna, monkeypatch):
    await anna.sends(draw())
    await at_the_last_question(anna)
    forget = front.house.erasures._forget_in_redis

    async def away(_: int) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(front.house.erasures, "_forget_in_redis", away)
    with pytest.raises(ConnectionRefusedError):
        await anna.presses("Yes, delete")
    monkeypatch.setattr(front.house.erasures, "_forget_in_redis", forget)
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert "Your data is deleted" in await anna.text()
    assert not await known(front, anna)
    assert await traces(front, anna) == []


async def test_a_question_that_cannot_be_edited_any_more_is_answered_by_a_new_message(front, anna):
    await at_the_last_question(anna)
    await front.fault(method="editMessageText", error_code=400, times=1)
    await anna.presses("Yes, delete")
    assert "Your data is deleted" in await anna.text()


async def test_one_that_takes_long_shows_typing_and_stops_the_spinner(front, anna, monkeypatch):
    await at_the_last_question(anna)
    typing, answered = asyncio.Event(), asyncio.Event()
    bot_type = type(front.bot)
    for method, event in (("send_chat_action", typing), ("answer_callback_query", answered)):
        asked = getattr(bot_type, method)

        async def noted(*args, asked=asked, event=event, **parameters):
            result = await asked(*args, **parameters)
            event.set()
            return result

        monkeypatch.setattr(bot_type, method, noted)
    observer = front.dispatcher.callback_query
    observer.outer_middleware.unregister(next(m for m in observer.outer_middleware if isinstance(m, Answers)))
    observer.outer_middleware._middlewares.insert(0, Answers(patience_seconds=0.01))
    erase = front.house.erasures.erase

    async def slow(*asked):
        await asyncio.wait_for(typing.wait(), 10)
        await asyncio.wait_for(answered.wait(), 10)
        return await erase(*asked)

    monkeypatch.setattr(front.house.erasures, "erase", slow)
    answer = await anna.presses("Yes, delete")
    assert answer["answered"]
    assert "Your data is deleted" in await anna.text()
    actions = [call["parameters"]["action"] for call in await front.calls("sendChatAction")]
    assert "typing" in actions


async def test_what_cannot_be_finished_now_says_so_and_can_be_asked_after(front, anna, monkeypatch):
    await at_the_last_question(anna)
    erase_rows = front.house.erasures._erase_rows

    async def not_yet(*_: object) -> bool:
        return False

    monkeypatch.setattr(front.house.erasures, "_erase_rows", not_yet)
    await anna.presses("Yes, delete")
    assert "The deletion has begun" in await anna.text()
    reference = REFERENCE.search(await anna.text())[0]
    monkeypatch.setattr(front.house.erasures, "_erase_rows", erase_rows)
    await anna.presses("Check")
    assert "Your data is deleted" in await anna.text()
    assert reference in await anna.text()


async def test_a_made_up_reference_is_an_unknown_button(front, anna):
    last = await anna.last()
    for data in ("erase:DP-1:ru", "erase:DP-ABCDE-FGHJK:xx", "erase"):
        await front.bot.edit_message_reply_markup(
            chat_id=anna.id,
            message_id=last["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},
        )
        assert (await anna.presses("?"))["text"] == "This button is out of date. Here is the menu."
        last = await anna.last()


async def test_it_is_told_in_the_language_of_the_person(front):
    anna = await front.meet("Аня", language_code="ru")
    await anna.writes("/delete_me")
    assert "Удалится насовсем" in await anna.text()
    await anna.presses("Удалить всё")
    data = (await anna.last())["buttons"][1][0]["data"]
    assert Erase.unpack(data).locale == "ru"
    await anna.presses("Да, удалить")
    assert "Ваши данные удалены" in await anna.text()
