"""Edits and deletions: what changes, what cannot, and until when."""

import pytest

TWO_DAYS = 48 * 3600
SAME = (
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message",
)
KEYBOARD = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader()


async def _upload(sandbox, method, field, part, **fields):
    answer = await sandbox.http.post(f"/bot{sandbox.bot.token}/{method}", data=fields, files={field: part})
    return answer.raise_for_status().json()["result"]


async def test_every_kind_of_edit_that_changes_nothing_is_refused(sandbox, anna, picture):
    text = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=KEYBOARD)
    of_text = {"chat_id": anna.id, "message_id": text["message_id"]}
    assert await sandbox.refusal("editMessageText", **of_text, text=" x ", reply_markup=KEYBOARD) == SAME
    assert await sandbox.refusal("editMessageReplyMarkup", **of_text, reply_markup=KEYBOARD) == SAME
    photo = await _upload(
        sandbox, "sendPhoto", "photo", ("a.png", picture(), "image/png"), chat_id=anna.id, caption="c"
    )
    of_photo = {"chat_id": anna.id, "message_id": photo["message_id"]}
    assert await sandbox.refusal("editMessageCaption", **of_photo, caption="c") == SAME
    media = {"type": "photo", "media": photo["photo"][-1]["file_id"], "caption": "c"}
    assert await sandbox.refusal("editMessageMedia", **of_photo, media=media) == SAME
    assert await sandbox.call("editMessageMedia", **of_photo, media=media | {"caption": "d"})


async def test_an_edit_without_a_keyboard_takes_it_away(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=KEYBOARD)
    edited = await sandbox.call("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="y")
    assert "reply_markup" not in edited
    assert (edited["text"], edited["date"]) == ("y", sent["date"])
    assert edited["edit_date"] >= sent["date"]


async def test_a_text_has_no_caption_and_a_photo_no_text(sandbox, anna, picture):
    text = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    photo = await _upload(sandbox, "sendPhoto", "photo", ("a.png", picture(), "image/png"), chat_id=anna.id)
    assert await sandbox.refusal("editMessageCaption", chat_id=anna.id, message_id=text["message_id"], caption="y") == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )
    assert await sandbox.refusal("editMessageText", chat_id=anna.id, message_id=photo["message_id"], text="y") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )


async def test_a_text_becomes_a_photo_and_an_album_stays_one(sandbox, anna, picture):
    photo = await _upload(sandbox, "sendPhoto", "photo", ("a.png", picture(), "image/png"), chat_id=anna.id)
    document = await _upload(sandbox, "sendDocument", "document", ("a.txt", b"x", "text/plain"), chat_id=anna.id)
    item = {"type": "photo", "media": photo["photo"][-1]["file_id"]}
    text = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    edited = await sandbox.call("editMessageMedia", chat_id=anna.id, message_id=text["message_id"], media=item)
    assert "text" not in edited
    album = await sandbox.call("sendMediaGroup", chat_id=anna.id, media=[item, item])
    file = {"type": "document", "media": document["document"]["file_id"]}
    of_album = {"chat_id": anna.id, "message_id": album[0]["message_id"]}
    assert (await sandbox.refusal("editMessageMedia", **of_album, media=file))[0] == 400
    captioned = await sandbox.call("editMessageCaption", **of_album, caption="new")
    assert captioned["media_group_id"] == album[0]["media_group_id"]


@pytest.mark.parametrize("kind", ["theirs", "forwarded", "with a keyboard below"])
async def test_only_own_messages_can_be_edited(sandbox, anna, kind):
    theirs = (await anna.chat())["messages"][0]["message_id"]
    match kind:
        case "theirs":
            message_id = theirs
        case "forwarded":
            source = {"from_chat_id": anna.id, "message_id": theirs}
            message_id = (await sandbox.call("forwardMessage", chat_id=anna.id, **source))["message_id"]
        case _:
            below = {"keyboard": [["Menu"]], "resize_keyboard": True}
            sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=below)
            message_id = sent["message_id"]
    assert await sandbox.refusal("editMessageText", chat_id=anna.id, message_id=message_id, text="y") == (
        400,
        "Bad Request: message can't be edited",
    )


async def test_a_message_can_be_deleted_for_two_days_and_edited_for_ever(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    named = {"chat_id": anna.id, "message_id": sent["message_id"]}
    await sandbox.settings(clock_advance=TWO_DAYS + 60)
    too_old = (400, "Bad Request: message can't be deleted for everyone")
    assert await sandbox.refusal("deleteMessage", **named) == too_old
    young = await sandbox.call("sendMessage", chat_id=anna.id, text="young")
    both = [sent["message_id"], young["message_id"]]
    assert await sandbox.refusal("deleteMessages", chat_id=anna.id, message_ids=both) == too_old
    edited = await sandbox.call("editMessageText", **named, text="y")
    assert edited["edit_date"] - edited["date"] > TWO_DAYS
    await sandbox.settings(clock_shift=0)
    assert await sandbox.call("deleteMessage", **named) is True


async def test_deleting_many_skips_those_that_are_not_there(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    wanted = [99999, sent["message_id"], sent["message_id"]]
    assert await sandbox.call("deleteMessages", chat_id=anna.id, message_ids=wanted) is True
    assert [message["text"] for message in (await anna.chat())["messages"]] == ["/start"]
    assert await sandbox.refusal("deleteMessage", chat_id=anna.id, message_id=sent["message_id"]) == (
        400,
        "Bad Request: message to delete not found",
    )


async def test_a_draft_grows_in_place_and_the_next_message_takes_it_away(sandbox, anna):
    for text in ("gro", "growing"):
        await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=7, text=text, can_stop=True)
    assert (await anna.chat())["draft"] == {"draft_id": 7, "text": "growing", "entities": [], "can_stop": True}
    await sandbox.call("sendMessage", chat_id=anna.id, text="grown")
    assert (await anna.chat())["draft"] is None


async def test_a_draft_is_gone_after_thirty_seconds_or_when_the_person_stops_it(sandbox, anna):
    await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=7, text="one")
    await sandbox.settings(clock_advance=31)
    assert (await anna.chat())["draft"] is None
    await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=8, text="two", can_stop=True)
    await anna.post("stop", json={})
    stopped = (await sandbox.updates())[-1].stopped_message_generation
    assert (stopped.chat.id, stopped.draft_id) == (anna.id, 8)
    await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=8, text="two more")
    assert (await anna.chat())["draft"] is None


async def test_pinned_messages_are_told_by_getchat_until_they_are_unpinned(sandbox, anna):
    first = await sandbox.call("sendMessage", chat_id=anna.id, text="first")
    second = await sandbox.call("sendMessage", chat_id=anna.id, text="second")
    for message in (first, second):
        await sandbox.call("pinChatMessage", chat_id=anna.id, message_id=message["message_id"])
    assert await sandbox.refusal("pinChatMessage", chat_id=anna.id, message_id=first["message_id"]) == (
        400,
        "Bad Request: CHAT_NOT_MODIFIED",
    )
    assert (await sandbox.call("getChat", chat_id=anna.id))["pinned_message"]["text"] == "second"
    assert (await anna.chat())["messages"][-1]["pinned_message"]["text"] == "second"
    await sandbox.call("unpinChatMessage", chat_id=anna.id)
    assert (await anna.chat())["pinned"] == first["message_id"]
    await sandbox.call("unpinAllChatMessages", chat_id=anna.id)
    assert "pinned_message" not in await sandbox.call("getChat", chat_id=anna.id)
