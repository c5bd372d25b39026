"""What goes wrong between Telegram, the database and us, and what the person sees of it."""

import asyncio

import asyncpg
import pytest
import structlog
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.middlewares.answers import Answers

pytestmark = pytest.mark.asyncio


def fail_with(error: Exception):
    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


async def test_the_unexpected_is_logged_once_and_told_with_the_id_of_its_log_line(front, anna, monkeypatch):
    monkeypatch.setattr(front.house.generations, "unit_price", fail_with(RuntimeError("boom")))
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        answer = await anna.presses("Balance")
        await anna.writes("/balance")
    failed = [line for line in logs if line["event"] == "update.failed"]
    assert len(failed) == 2
    assert f"Code for support: {failed[0]['error_id']}" in answer["text"]
    assert answer["show_alert"]
    assert f"Code for support: {failed[1]['error_id']}" in await anna.text()
    assert failed[0]["correlation_id"].startswith(failed[0]["error_id"])


async def test_what_the_product_refuses_is_told_without_an_error_in_the_log(front, anna):
    with structlog.testing.capture_logs() as logs:
        await anna.sends_file("me.jpg", b"no picture", "image/jpeg")
    assert "I can’t open this photo" in await anna.text()
    assert [line for line in logs if line["log_level"] in ("error", "critical")] == []


@pytest.mark.parametrize(
    "away",
    [
        ConnectionRefusedError(),
        asyncpg.CannotConnectNowError(),
        RedisConnectionError(),
        TelegramNetworkError(None, "lost"),  # type: ignore[arg-type]
        TelegramServerError(None, "502"),  # type: ignore[arg-type]
    ],
)
async def test_what_is_away_leaves_the_update_to_be_handled_again(front, anna, monkeypatch, away):
    working = front.house.generations.unit_price
    monkeypatch.setattr(front.house.generations, "unit_price", fail_with(away))
    with pytest.raises(type(away)):
        await anna.writes("/balance")
    monkeypatch.setattr(front.house.generations, "unit_price", working)
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert "Your balance" in await anna.text()


async def test_somebody_who_blocked_the_bot_meanwhile_is_marked_and_left_alone(front, anna):
    await front.fault(method="sendMessage", error_code=403, times=1)
    with structlog.testing.capture_logs() as logs:
        await anna.writes("/balance")
    assert (await anna.person()).blocked_bot_at is not None
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_a_slow_handler_does_not_leave_the_button_spinning(front, anna, monkeypatch):
    answered = asyncio.Event()
    answer_callback_query = type(front.bot).answer_callback_query

    async def note(*args, **parameters):
        result = await answer_callback_query(*args, **parameters)
        answered.set()
        return result

    monkeypatch.setattr(type(front.bot), "answer_callback_query", note)
    observer = front.dispatcher.callback_query
    observer.outer_middleware.unregister(next(m for m in observer.outer_middleware if isinstance(m, Answers)))
    observer.outer_middleware._middlewares.insert(0, Answers(patience_seconds=0.01))
    price = front.house.generations.unit_price

    async def slow(kind):
        await asyncio.wait_for(answered.wait(), 10)
        return await price(kind)

    monkeypatch.setattr(front.house.generations, "unit_price", slow)
    answer = await anna.presses("Balance")
    assert answer["answered"]
    assert "Your balance" in await anna.text()
    assert len(await front.calls("answerCallbackQuery")) == 1


async def test_every_press_is_answered_exactly_once(front, anna, selfie):
    await anna.sends(selfie)
    presses = ["Look 00", "2", "Style", "Back", "Add words", "Back", "Landscape", "Make", "Stop"]
    for text in presses:
        assert (await anna.presses(text))["answered"], text
    assert len(await front.calls("answerCallbackQuery")) == len(presses)


async def test_a_screen_that_the_person_deleted_comes_anew(front, anna):
    menu = await anna.last()
    await front.fault(method="editMessageText", error_code=400, times=1)
    await anna.presses("Help", menu)
    assert "How it works" in await anna.text()
    (only,) = await anna.from_bot()
    assert only["message_id"] != menu["message_id"]


async def test_the_same_screen_twice_is_no_error(front, anna):
    await anna.presses("Help")
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert len(await anna.from_bot()) == 1
    assert "How it works" in await anna.text()
