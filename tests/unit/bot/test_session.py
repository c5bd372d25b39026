"""What a call of the Bot API looks like on the wire."""

import orjson
import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import PRODUCTION
from aiogram.methods import AnswerCallbackQuery, SendMediaGroup, SendMessage, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from aiohttp import BytesPayload, FormData

from bot.session import JsonSession


@pytest.fixture
def session() -> JsonSession:
    return JsonSession(PRODUCTION)


@pytest.fixture
def bot(session) -> Bot:
    return Bot("42:TEST", session=session, default=DefaultBotProperties(parse_mode="HTML"))


def fields(session, bot, method) -> dict[str, object]:
    body = session.build_form_data(bot, method)
    assert isinstance(body, BytesPayload)
    assert body.content_type == "application/json"
    return dict(orjson.loads(body.decode()))


def test_a_call_is_json_with_the_bots_defaults(session, bot):
    button = InlineKeyboardButton(text="Меню", callback_data="open:menu:0")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    assert fields(session, bot, SendMessage(chat_id=7, text="Привет", reply_markup=keyboard)) == {
        "chat_id": 7,
        "text": "Привет",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Меню", "callback_data": "open:menu:0"}]]},
    }


def test_no_is_said_and_nothing_is_left_out(session, bot):
    assert fields(
        session, bot, AnswerCallbackQuery(callback_query_id="1", text="", show_alert=False, cache_time=0)
    ) == {
        "callback_query_id": "1",
        "show_alert": False,
        "cache_time": 0,
    }


def test_pictures_that_telegram_has_are_json_too(session, bot):
    sent = fields(session, bot, SendMediaGroup(chat_id=7, media=[InputMediaPhoto(media="id-1", caption="<b>Ann</b>")]))
    assert sent["media"] == [{"type": "photo", "media": "id-1", "caption": "<b>Ann</b>", "parse_mode": "HTML"}]


@pytest.mark.parametrize(
    "method",
    [
        SendPhoto(chat_id=7, photo=BufferedInputFile(b"jpeg", "1.jpg")),
        SendMediaGroup(chat_id=7, media=[InputMediaPhoto(media=BufferedInputFile(b"jpeg", "1.jpg"))]),
    ],
)
def test_a_file_travels_in_a_form(session, bot, method):
    body = session.build_form_data(bot, method)
    assert isinstance(body, FormData)
    assert body.is_multipart
