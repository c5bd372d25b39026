"""Whatever people and Telegram send: a helpful word or silence, and never an error."""

from typing import Any

import pytest
import structlog
from aiogram.types import Update

pytestmark = pytest.mark.asyncio

DATE = 1_795_000_000
FILE = {"file_id": "f", "file_unique_id": "u"}
UNUSUAL: dict[str, tuple[dict[str, Any], str]] = {
    "sticker": (
        {"sticker": {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}},
        "Thank you!",
    ),
    "dice": ({"dice": {"emoji": "🎲", "value": 3}}, "Thank you!"),
    "voice": ({"voice": {**FILE, "duration": 3}}, "I can’t listen yet"),
    "round video": ({"video_note": {**FILE, "duration": 3, "length": 240}}, "I can’t listen yet"),
    "music": ({"audio": {**FILE, "duration": 3}}, "I can’t listen yet"),
    "video": ({"video": {**FILE, "duration": 3, "width": 9, "height": 9}}, "from a video"),
    "animation": (
        {
            "animation": {**FILE, "duration": 3, "width": 9, "height": 9},
            "document": {**FILE, "mime_type": "video/mp4"},
        },
        "from a video",
    ),
    "contact": ({"contact": {"phone_number": "+1", "first_name": "Ben"}}, "I don’t understand this yet"),
    "location": ({"location": {"latitude": 1.0, "longitude": 2.0}}, "I don’t understand this yet"),
    "venue": (
        {
            "venue": {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "a", "address": "b"},
            "location": {"latitude": 1.0, "longitude": 2.0},
        },
        "I don’t understand this yet",
    ),
    "poll": (
        {
            "poll": {
                "id": "1",
                "question": "?",
                "options": [],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        "I don’t understand this yet",
    ),
    "forwarded words": (
        {"text": "a red fox", "forward_origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "x"}},
        "You wrote:",
    ),
}
SERVICE: dict[str, dict[str, Any]] = {
    "payment": {
        "successful_payment": {
            "currency": "XTR",
            "total_amount": 1,
            "invoice_payload": "p",
            "telegram_payment_charge_id": "c",
            "provider_payment_charge_id": "d",
        }
    },
    "refund": {
        "refunded_payment": {
            "currency": "XTR",
            "total_amount": 1,
            "invoice_payload": "p",
            "telegram_payment_charge_id": "c",
        }
    },
    "pin": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "write access": {"write_access_allowed": {}},
}
TEXTS = {
    "5,000 characters, first part": "a" * 4096,
    "5,000 characters, second part": "a" * 904,
    "right to left": "\u202eصورة جميلة من البحر\u202c",
    "html": "<b>bold</b> <script>alert(1)</script> & <unclosed",
    "sql": '\'; DROP TABLE "User"; --',
    "braces": "{ $tokens } {0} %s",
    "zero width": "\u200b\u200b\u200b",
    "emoji": "🎈" * 50,
    "newlines": "\n\n\na\n\n\n",
    "combining": "Z" + "\u0351" * 300,
}


async def feed(front, chat, **content: Any) -> list[dict[str, Any]]:
    """Hand over a message that the control API cannot write; returns what was logged as wrong."""
    update = {
        "update_id": 1,
        "message": {
            "message_id": 900,
            "date": DATE,
            "chat": {"id": chat.id, "type": "private", "first_name": "Anna"},
            "from": {"id": chat.id, "is_bot": False, "first_name": "Anna", "language_code": "en"},
            **content,
        },
    }
    return await hand_over(front, update)


async def hand_over(front, update: dict[str, Any]) -> list[dict[str, Any]]:
    with structlog.testing.capture_logs() as logs:
        await front.dispatcher.feed_update(front.bot, Update.model_validate(update, context={"bot": front.bot}))
    return [line for line in logs if line["log_level"] in ("error", "critical")]


@pytest.mark.parametrize("name", UNUSUAL)
async def test_what_is_no_photo_and_no_words_gets_a_word_about_what_is(front, anna, name):
    content, words = UNUSUAL[name]
    assert await feed(front, anna, **content) == []
    assert words in await anna.text()
    assert (await anna.last())["buttons"]


@pytest.mark.parametrize("name", SERVICE)
async def test_what_telegram_says_by_itself_is_left_without_an_answer(front, anna, name):
    before = await anna.from_bot()
    assert await feed(front, anna, **SERVICE[name]) == []
    assert await anna.from_bot() == before


@pytest.mark.parametrize("name", TEXTS)
async def test_any_words_are_answered_by_words(front, anna, name):
    with structlog.testing.capture_logs() as logs:
        await anna.writes(TEXTS[name])
    assert [line for line in logs if line["log_level"] in ("error", "critical")] == []
    assert len(await anna.from_bot()) == 1
    assert "Something broke" not in await anna.text()
    assert (await anna.last())["buttons"]


async def test_what_people_write_comes_back_as_they_wrote_it(anna):
    await anna.writes(TEXTS["html"])
    assert "<b>bold</b> <script>alert(1)</script> & <unclosed" in await anna.text()


@pytest.mark.parametrize("step", ["menu", "pack", "words", "last question"])
async def test_rubbish_in_any_step_is_no_error_and_leads_on(front, anna, selfie, step):
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = TRUE""")
    match step:
        case "pack":
            await anna.writes("/pack")
            await anna.presses("Museum")
        case "words":
            await anna.sends(selfie, caption="a fox")
            await anna.presses("Change words")
        case "last question":
            await anna.writes("/delete_me")
            await anna.presses("Delete everything")
    for content, _ in UNUSUAL.values():
        assert await feed(front, anna, **content) == []
    for content in SERVICE.values():
        assert await feed(front, anna, **content) == []
    assert (await anna.last())["buttons"]
    assert await front.house.accounts.get(anna.id) is not None


async def test_an_edited_message_changes_nothing(front, anna, selfie):
    await anna.sends(selfie, caption="a fox")
    before = await anna.from_bot()
    edited = {
        "update_id": 1,
        "edited_message": {
            "message_id": 2,
            "date": DATE,
            "edit_date": DATE,
            "chat": {"id": anna.id, "type": "private"},
            "from": {"id": anna.id, "is_bot": False, "first_name": "Anna"},
            "text": "a cat",
        },
    }
    assert await hand_over(front, edited) == []
    assert await anna.from_bot() == before
    assert "edited_message" not in front.dispatcher.resolve_used_update_types()


async def test_a_group_is_left_alone(front, anna):
    before = await anna.from_bot()
    said = {
        "message_id": 900,
        "date": DATE,
        "chat": {"id": -100, "type": "group", "title": "g"},
        "from": {"id": anna.id, "is_bot": False, "first_name": "Anna"},
        "text": "/pack",
    }
    assert await hand_over(front, {"update_id": 1, "message": said}) == []
    assert await anna.from_bot() == before


async def test_a_button_of_a_message_that_telegram_tells_nothing_of_still_works(front, anna):
    pressed = {
        "update_id": 1,
        "callback_query": {
            "id": "1",
            "chat_instance": "1",
            "from": {"id": anna.id, "is_bot": False, "first_name": "Anna", "language_code": "en"},
            "message": {"message_id": 1, "date": 0, "chat": {"id": anna.id, "type": "private"}},
            "data": "open:packs:0",
        },
    }
    assert await hand_over(front, pressed) == []
    assert "packs" in await anna.text()


async def test_somebody_whose_first_message_is_no_picture_is_welcomed(front):
    ben = await front.meet("Ben", start=None)
    await ben.sends_file("song.mp3", b"ID3", "audio/mpeg")
    assert "Hello, Ben!" in await ben.text()
    assert "30 tokens" in await ben.text()
