"""The ways in which a client may spell a call: address, method, encoding, files; and what is no call."""

import json

import pytest

PNG = "image/png"
KEYBOARD = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader()


@pytest.mark.parametrize("spelled", ["sendMessage", "sendmessage", "SENDMESSAGE", "SendMessage"])
async def test_the_case_of_a_method_does_not_matter(sandbox, anna, spelled):
    sent = await sandbox.call(spelled, chat_id=anna.id, text="x")
    assert sent["text"] == "x"
    assert [call["method"] for call in await sandbox.calls("sendMessage")] == ["sendMessage"]


async def test_query_string_and_body_make_one_call(sandbox, anna):
    url = f"/bot{sandbox.bot.token}/sendMessage"
    for body in ({"data": {"text": "x"}}, {"json": {"text": "x"}}, {"files": {"text": (None, "x")}}):
        answer = await sandbox.http.post(url, params={"chat_id": anna.id}, **body)
        assert answer.json()["result"]["text"] == "x"


async def test_a_body_is_read_whatever_the_method(sandbox, anna):
    answer = await sandbox.http.request(
        "GET", f"/bot{sandbox.bot.token}/sendMessage", json={"chat_id": anna.id, "text": "x"}
    )
    assert answer.json()["result"]["text"] == "x"


async def test_numbers_and_flags_may_be_text_and_text_may_be_left_empty(sandbox, anna):
    sent = await sandbox.call(
        "sendMessage",
        chat_id=str(anna.id),
        text="x",
        protect_content="True",
        disable_notification="0",
        reply_markup="",
        message_thread_id="",
        parse_mode="",
        entities=None,
    )
    assert sent["has_protected_content"] is True
    again = await sandbox.call(
        "sendMessage", chat_id=anna.id, text="y", reply_parameters={"message_id": str(sent["message_id"])}
    )
    assert again["reply_to_message"]["message_id"] == sent["message_id"]


async def test_json_inside_a_form_and_json_inside_json_say_the_same(sandbox, anna):
    url = f"/bot{sandbox.bot.token}/sendMessage"
    fields = {"chat_id": anna.id, "text": "x"}
    answers = [
        await sandbox.http.post(url, data={**fields, "reply_markup": json.dumps(KEYBOARD)}),
        await sandbox.http.post(url, json={**fields, "reply_markup": json.dumps(KEYBOARD)}),
        await sandbox.http.post(url, json={**fields, "reply_markup": KEYBOARD}),
        await sandbox.http.get(url, params={**fields, "reply_markup": json.dumps(KEYBOARD)}),
    ]
    assert [answer.json()["result"]["reply_markup"] for answer in answers] == [KEYBOARD] * 4


async def test_a_file_comes_as_the_field_itself_or_attached_by_name(sandbox, anna, picture):
    url = f"/bot{sandbox.bot.token}/sendPhoto"
    part = ("a.png", picture(), PNG)
    plain = await sandbox.http.post(url, data={"chat_id": anna.id}, files={"photo": part})
    named = await sandbox.http.post(url, data={"chat_id": anna.id, "photo": "attach://mine"}, files={"mine": part})
    ids = [answer.json()["result"]["photo"][-1]["file_unique_id"] for answer in (plain, named)]
    assert ids[0] == ids[1]


async def test_an_album_takes_attached_files_and_file_ids_side_by_side(sandbox, anna, picture):
    first = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendPhoto", data={"chat_id": anna.id}, files={"photo": ("a.png", picture(), PNG)}
    )
    file_id = first.json()["result"]["photo"][-1]["file_id"]
    media = [{"type": "photo", "media": file_id, "caption": "one"}, {"type": "photo", "media": "attach://second"}]
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendMediaGroup",
        data={"chat_id": anna.id, "media": json.dumps(media)},
        files={"second": ("b.png", picture(colour="red"), PNG)},
    )
    album = answer.json()["result"]
    assert [message.get("caption") for message in album] == ["one", None]
    assert album[0]["photo"][-1]["file_id"] == file_id


async def test_a_named_file_that_is_not_there_is_refused(sandbox, anna):
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendDocument",
        data={"chat_id": anna.id, "document": "attach://missing"},
        files={"other": ("a.txt", b"x", "text/plain")},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/bot4242:other/getMe", 401, "Unauthorized"),
        ("/bot4242/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot0:x/getMe", 401, "Unauthorized: invalid token specified"),
        ("/botme:x/getMe", 421, "Misdirected Request: unallowed token specified"),
        ("/bot{token}/sendMassage", 404, "Not Found"),
        ("/bot{token}", 404, "Not Found"),
        ("/bot{token}/", 404, "Not Found"),
        ("/bot{token}/send/Message", 404, "Not Found"),
        ("/file/bot{token}/photos/none.jpg", 404, "Not Found"),
        ("/file/bot4242:other/photos/none.jpg", 401, "Unauthorized"),
    ],
)
async def test_an_address_that_is_none_is_refused(sandbox, path, code, words):
    answer = await sandbox.http.get(path.format(token=sandbox.bot.token))
    assert (answer.status_code, answer.json()) == (code, {"ok": False, "error_code": code, "description": words})


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"chat_id": 1'),
        ("application/json", b"[1]"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
        ("text/plain", b"chat_id=1"),
        ("application/x-www-form-urlencoded", b"chat_id=1&text=%ff"),
        ("application/x-www-form-urlencoded", b"chat_id=1&text=\xff"),
        ("application/json", b'{"chat_id": 1, "text": "\xff"}'),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_bad_request(sandbox, content_type, body):
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendMessage", content=body, headers={"Content-Type": content_type}
    )
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


async def test_a_file_above_what_a_bot_may_send_is_too_large(sandbox, anna):
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendDocument",
        data={"chat_id": anna.id},
        files={"document": ("large.bin", bytes(50 * 1024 * 1024 + 1), "application/octet-stream")},
    )
    assert (answer.status_code, answer.json()["description"]) == (413, "Request Entity Too Large")


async def test_a_refused_call_stands_in_the_journal_with_what_was_wrong(sandbox, anna):
    await sandbox.refusal("sendMessage", chat_id=anna.id, text="x", txt="y")
    seen = (await sandbox.calls("sendMessage"))[-1]
    assert seen["parameters"]["txt"] == "y"
    assert seen["answer"]["error_code"] == 400
    assert 'unknown parameter "txt" of sendMessage' in seen["answer"]["description"]
