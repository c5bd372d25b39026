import asyncio

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)

pytestmark = pytest.mark.asyncio


def keyboard(*texts: str) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(text=text, callback_data=text.lower()) for text in texts]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


async def test_a_text_with_html_reaches_the_person_as_text_and_entities(sandbox):
    person = await sandbox.reader()
    sent = await sandbox.bot.send_message(
        person.id,
        '😀 <b>bold <i>both</i></b> <a href="https://a.example/?x=1&amp;y=2">link</a> &lt;3',
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text == "😀 bold both link <3"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 3, 9),
        ("italic", 8, 4),
        ("text_link", 13, 4),
    ]
    assert sent.entities[2].url == "https://a.example/?x=1&y=2"
    shown = (await person.chat())["messages"][-1]
    assert (shown["from"], shown["text"]) == ("bot", sent.text)


async def test_pre_with_a_language_is_one_entity(sandbox):
    person = await sandbox.reader()
    html = '<pre><code class="language-python">x = 1</code></pre>'
    sent = await sandbox.bot.send_message(person.id, html, parse_mode="HTML")
    assert [(e.type, e.language) for e in sent.entities] == [("pre", "python")]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'expected "</i>", found "</b>"'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", "can't parse entities"),
    ],
)
async def test_broken_html_is_refused_in_telegrams_words(sandbox, html, reason):
    person = await sandbox.reader()
    with pytest.raises(TelegramBadRequest) as refusal:
        await sandbox.bot.send_message(person.id, html, parse_mode="HTML")
    assert "can't parse entities" in refusal.value.message
    assert reason in refusal.value.message


async def test_a_bot_cannot_write_first(sandbox):
    person = await sandbox.person()
    for stranger in (person.id, 999):
        with pytest.raises(TelegramBadRequest, match="chat not found"):
            await sandbox.bot.send_message(stranger, "hello")
    await person.writes("/start")
    assert (await sandbox.bot.send_message(person.id, "hello")).text == "hello"


async def test_a_bot_that_is_blocked_is_forbidden_until_it_is_unblocked(sandbox):
    person = await sandbox.reader()
    await person.post("block", json={"blocked": True})
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await sandbox.bot.send_message(person.id, "hello")
    assert (await person.refused("messages", json={"text": "x"}))[0] == 409
    await person.post("block", json={"blocked": False})
    await sandbox.bot.send_message(person.id, "hello")
    changes = [update.my_chat_member.new_chat_member.status for update in await sandbox.updates()]
    assert changes == ["kicked", "member"]


async def test_texts_and_buttons_beyond_telegrams_limits_are_refused(sandbox):
    person = await sandbox.reader()
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await sandbox.bot.send_message(person.id, "x" * 4097)
    with pytest.raises(TelegramBadRequest, match="text must be non-empty"):
        await sandbox.bot.send_message(person.id, " \n ")
    await sandbox.bot.send_message(person.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    too_long = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="я" * 33)]])
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await sandbox.bot.send_message(person.id, "x", reply_markup=too_long)


async def test_an_edit_changes_the_message_in_place_and_an_equal_one_is_refused(sandbox):
    person = await sandbox.reader()
    sent = await sandbox.bot.send_message(person.id, "one", reply_markup=keyboard("A"))
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message content"):
        await sent.edit_text("one", reply_markup=keyboard("A"))
    await sent.edit_text("two", reply_markup=keyboard("A", "B"))
    shown = (await person.chat())["messages"][-1]
    assert (shown["message_id"], shown["text"], shown["edited"]) == (sent.message_id, "two", True)
    assert shown["buttons"] == [[{"text": "A", "data": "a"}, {"text": "B", "data": "b"}]]
    await sent.edit_reply_markup(reply_markup=None)
    assert (await person.chat())["messages"][-1]["buttons"] == []


async def test_edits_and_deletions_of_what_is_not_there_are_refused(sandbox):
    person = await sandbox.reader()
    theirs = (await person.chat())["messages"][0]["message_id"]
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await sandbox.bot.edit_message_text("x", chat_id=person.id, message_id=12345)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await sandbox.bot.edit_message_text("x", chat_id=person.id, message_id=theirs)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await sandbox.bot.delete_message(person.id, 12345)
    sent = await sandbox.bot.send_message(person.id, "gone soon")
    await sent.delete()
    assert [m["text"] for m in (await person.chat())["messages"]] == ["/start"]


async def test_a_press_reaches_the_bot_and_its_answer_the_person(sandbox):
    person = await sandbox.reader()
    sent = await sandbox.bot.send_message(person.id, "Choose", reply_markup=keyboard("Yes"))
    pressing = asyncio.create_task(person.post("press", json={"message_id": sent.message_id, "data": "yes"}))
    query = (await sandbox.updates())[0].callback_query
    assert (query.data, query.from_user.id, query.message.message_id) == ("yes", person.id, sent.message_id)
    await sandbox.bot.answer_callback_query(query.id, text="Done", show_alert=True)
    answer = await pressing
    assert (answer["answered"], answer["text"], answer["show_alert"]) == (True, "Done", True)
    with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired"):
        await sandbox.bot.answer_callback_query(query.id)


async def test_a_button_can_be_pressed_by_its_text_and_an_unanswered_press_says_so(sandbox):
    person = await sandbox.reader()
    sent = await sandbox.bot.send_message(person.id, "Choose", reply_markup=keyboard("Yes"))
    answer = await person.post("press", json={"message_id": sent.message_id, "text": "Yes", "timeout": 0})
    assert answer["answered"] is False
    status, reason = await person.refused("press", json={"message_id": sent.message_id, "text": "No"})
    assert (status, reason) == (400, "Bad Request: the message has no such button")


async def test_a_chat_reader_wakes_at_the_next_change_and_not_before(sandbox):
    person = await sandbox.reader()
    version = (await person.chat())["version"]
    assert (await person.chat(after=version, timeout=0.05))["version"] == version
    waiting = asyncio.create_task(person.chat(after=version, timeout=20))
    await sandbox.bot.send_chat_action(person.id, "upload_photo")
    chat = await asyncio.wait_for(waiting, 5)
    assert chat["version"] > version
    assert chat["action"] == "upload_photo"
    assert [action["action"] for action in chat["actions"]] == ["upload_photo"]
    await sandbox.bot.send_message(person.id, "ready")
    assert (await person.chat())["action"] is None


async def test_events_tell_the_page_what_changed(sandbox):
    person = await sandbox.reader()
    async with sandbox.http.stream("GET", f"/sim/users/{person.id}/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "event: chat"
        await anext(lines)
        await anext(lines)
        await sandbox.bot.send_message(person.id, "news")
        assert await anext(lines) == "event: changes"
        assert '"news"' in await anext(lines)


async def test_the_next_calls_fail_as_told(sandbox):
    person = await sandbox.reader()
    await sandbox.fault(method="sendMessage", error_code=429, retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as flood:
            await sandbox.bot.send_message(person.id, "x")
        assert flood.value.retry_after == 7
    await sandbox.bot.send_message(person.id, "x")
    await sandbox.fault(error_code=502, executed=True)
    with pytest.raises(TelegramServerError):
        await sandbox.bot.send_message(person.id, "done, but the answer is lost")
    assert (await person.chat())["messages"][-1]["text"] == "done, but the answer is lost"


async def test_every_call_is_seen_with_parameters_and_answer(sandbox):
    person = await sandbox.reader()
    await sandbox.bot.send_message(person.id, "seen")
    call = (await sandbox.calls("sendMessage"))[-1]
    assert call["parameters"] == {"chat_id": str(person.id), "text": "seen"}
    assert call["answer"]["result"]["text"] == "seen"


async def test_commands_are_told_by_scope_and_language(sandbox):
    person = await sandbox.reader(language_code="ru")
    await sandbox.bot.set_my_commands([BotCommand(command="start", description="Begin")])
    russian = [BotCommand(command="start", description="Начать")]
    await sandbox.bot.set_my_commands(russian, language_code="ru")
    told = await sandbox.bot.get_my_commands(language_code="ru")
    assert [(command.command, command.description) for command in told] == [("start", "Начать")]
    assert (await person.chat())["bot"]["commands"] == [{"command": "start", "description": "Начать"}]
    own = [BotCommand(command="admin", description="Admin")]
    await sandbox.bot.set_my_commands(own, scope=BotCommandScopeChat(chat_id=person.id))
    assert (await person.chat())["bot"]["commands"][0]["command"] == "admin"


async def test_an_unknown_person_is_not_found(sandbox):
    answer = await sandbox.http.get("/sim/users/1/chat")
    assert answer.status_code == 404
