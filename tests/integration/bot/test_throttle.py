"""Who sends faster than anybody can is asked to slow down; album parts and payments are never lost over it."""

from collections import Counter

import pytest
from aiogram.types import Message, Update

from bot.limiter import Rate
from bot.middlewares import throttle as throttle_module
from bot.middlewares.throttle import Throttle
from config import telemetry

pytestmark = pytest.mark.asyncio


@pytest.fixture
def handled():
    return Counter()


@pytest.fixture
def throttle(front, handled, monkeypatch):
    """While time stands still one is free, and one more is taken."""
    monkeypatch.setattr(throttle_module, "FREE_A_SECOND", 1)
    house = front.house
    return Throttle(house.accounts, house.texts, house.redis, house.settings.namespace, lambda: 0.0, Rate(0.01, 1))


def message(front, chat, **content):
    raw = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": chat.id, "type": "private", "first_name": "A"},
        "from": {"id": chat.id, "is_bot": False, "first_name": "A", "language_code": "ru"},
    }
    return Message.model_validate(raw | content, context={"bot": front.bot})


async def pass_through(throttle, handled, event, times=1, **data):
    async def handle(event, _):
        handled[event.from_user.id] += 1

    for _ in range(times):
        await throttle(handle, event, data)


async def test_too_many_messages_are_dropped_and_said_so_once_in_the_persons_language(front, anna, throttle, handled):
    ivan = await front.meet("Ivan", "ru")
    before = telemetry.THROTTLED._value.get()
    shown = len(await anna.from_bot())
    await pass_through(throttle, handled, message(front, anna, text="hello"), times=6)
    await pass_through(throttle, handled, message(front, ivan, text="привет"), times=1)
    assert handled == {anna.id: 2, ivan.id: 1}
    said = [m["text"] for m in (await anna.from_bot())[shown:]]
    assert said == ["That’s too fast for me. Please wait a few seconds."]
    assert telemetry.THROTTLED._value.get() - before == 4


async def test_every_press_that_is_dropped_is_answered(front, anna, throttle, handled):
    said = []

    async def answer(text):
        said.append(text)

    update = Update.model_validate(
        {
            "update_id": 1,
            "callback_query": {
                "id": "1",
                "from": {"id": anna.id, "is_bot": False, "first_name": "A"},
                "chat_instance": "1",
                "data": "open:menu:",
            },
        }
    )
    await pass_through(throttle, handled, update.callback_query, times=5, answer=answer)
    assert handled[anna.id] == 2
    assert said == ["That’s too fast for me. Please wait a few seconds."] * 3


async def test_album_parts_and_payments_are_never_dropped(front, anna, throttle, handled):
    photo = [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]
    payment = {
        "currency": "XTR",
        "total_amount": 1,
        "invoice_payload": "p",
        "telegram_payment_charge_id": "c",
        "provider_payment_charge_id": "",
    }
    await pass_through(throttle, handled, message(front, anna, photo=photo, media_group_id="7"), times=10)
    await pass_through(throttle, handled, message(front, anna, successful_payment=payment), times=10)
    assert handled[anna.id] == 20
    await pass_through(throttle, handled, message(front, anna, text="and they use up nothing"), times=2)
    assert handled[anna.id] == 22
