"""What people can do in the sandbox, and what the bot hears of it."""

import pytest

from sandbox.telegram.contract import Contract
from sandbox.telegram.contract_source import derive_answers

FILES = [
    ("video", ("v.mp4", b"video", "video/mp4")),
    ("animation", ("a.mp4", b"moving", "video/mp4")),
    ("voice", ("v.ogg", b"voice", "audio/ogg")),
    ("audio", ("a.mp3", b"music", "audio/mpeg")),
    ("video_note", ("r.mp4", b"round", "video/mp4")),
    ("sticker", ("s.webp", b"sticker", "image/webp")),
    ("document", ("d.txt", b"text", "text/plain")),
]


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader("Anna")


@pytest.mark.parametrize(("kind", "part"), FILES)
async def test_every_kind_of_file_reaches_the_bot_and_can_be_downloaded(sandbox, anna, kind, part):
    await anna.sends((kind, part))
    message = (await sandbox.updates())[-1].message
    file = getattr(message, kind)
    assert message.content_type == kind
    assert (await sandbox.bot.download(file)).read() == part[1]
    shown = (await anna.chat())["messages"][-1]["document"]
    assert (shown["kind"], shown["file_id"]) == (kind, file.file_id)


async def test_every_update_is_of_the_type_that_the_bot_api_promises(sandbox, anna, picture):
    answers = derive_answers()
    await sandbox.call(
        "getUpdates", allowed_updates=["message", "edited_message", "message_reaction", "my_chat_member"]
    )
    ids = await anna.sends(("photo", ("a.png", picture(), "image/png")), caption="#one")
    for kind, part in FILES:
        await anna.sends((kind, part))
    await anna.post("messages", json={"contact": {"phone_number": "+1", "first_name": "A", "user_id": anna.id}})
    await anna.post("messages", json={"location": {"latitude": 1.5, "longitude": 2}})
    await anna.post("messages", json={"text": "reply", "reply_to": ids[0]})
    await anna.post("forward", json={"message_id": ids[0]})
    await anna.post("edit", json={"message_id": ids[0], "caption": "two"})
    await anna.post("react", json={"message_id": ids[0], "emoji": "🔥"})
    await anna.post("block", json={})
    updates = await sandbox.call("getUpdates")
    assert len(updates) == len(FILES) + 8
    Contract(answers).check_value(answers["answers"]["getUpdates"], updates)


async def test_an_own_caption_can_be_edited_and_another_ones_cannot(sandbox, anna, picture):
    (mine,) = await anna.sends(("photo", ("a.png", picture(), "image/png")), caption="one")
    await anna.post("edit", json={"message_id": mine, "caption": "two"})
    edited = (await sandbox.updates())[-1].edited_message
    assert (edited.message_id, edited.caption) == (mine, "two")
    assert edited.edit_date is not None
    bots = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    assert (await anna.refused("edit", json={"message_id": bots["message_id"], "text": "y"}))[0] == 400
    assert (await anna.refused("edit", json={"message_id": mine, "text": "y"}))[0] == 400


async def test_a_reaction_is_told_with_the_one_before_to_who_asked_for_it(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    await anna.post("react", json={"message_id": sent["message_id"], "emoji": "👍"})
    assert await sandbox.call("getUpdates") == []
    await sandbox.call("getUpdates", allowed_updates=["message_reaction"])
    await anna.post("react", json={"message_id": sent["message_id"], "emoji": "🔥"})
    await anna.post("react", json={"message_id": sent["message_id"]})
    changed, removed = (update.message_reaction for update in await sandbox.updates())
    assert (changed.old_reaction[0].emoji, changed.new_reaction[0].emoji) == ("👍", "🔥")
    assert (removed.old_reaction[0].emoji, removed.new_reaction) == ("🔥", [])
    assert (await anna.refused("react", json={"message_id": sent["message_id"], "emoji": "🧵"}))[0] == 400


async def test_the_bot_reacts_with_one_of_the_free_emoji(sandbox, anna):
    message_id = await anna.writes("x")
    named = {"chat_id": anna.id, "message_id": message_id}
    await sandbox.call("setMessageReaction", **named, reaction=[{"type": "emoji", "emoji": "❤️"}])
    assert (await anna.chat())["messages"][-1]["reaction"] == "❤️"
    wrong = (400, "Bad Request: REACTION_INVALID")
    assert await sandbox.refusal("setMessageReaction", **named, reaction=[{"type": "emoji", "emoji": "🧵"}]) == wrong
    two = [{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🔥"}]
    assert await sandbox.refusal("setMessageReaction", **named, reaction=two) == (
        400,
        "Bad Request: REACTIONS_TOO_MANY",
    )
    await sandbox.call("setMessageReaction", **named)
    assert (await anna.chat())["messages"][-1]["reaction"] is None


async def test_a_person_deletes_a_message_or_the_whole_chat_and_may_stop_the_bot(sandbox, anna):
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    await anna.post("delete", json={"message_id": sent["message_id"]})
    edit = {"chat_id": anna.id, "message_id": sent["message_id"], "text": "y"}
    assert await sandbox.refusal("editMessageText", **edit) == (400, "Bad Request: message to edit not found")
    await anna.post("clear", json={})
    assert (await anna.chat())["messages"] == []
    await sandbox.call("sendMessage", chat_id=anna.id, text="still here")
    await anna.post("clear", json={"block": True})
    assert (await sandbox.updates())[-1].my_chat_member.new_chat_member.status == "kicked"
    assert (await sandbox.refusal("sendMessage", chat_id=anna.id, text="x"))[0] == 403


async def test_a_link_to_the_bot_is_followed_with_its_payload(sandbox, anna):
    username = (await sandbox.call("getMe"))["username"]
    await anna.post("open", json={"link": f"https://t.me/{username}?start=ref_1-a"})
    await anna.post("open", json={"link": f"t.me/{username}?start={'x' * 65}"})
    assert [update.message.text for update in await sandbox.updates()] == ["/start ref_1-a", "/start"]
    assert (await anna.refused("open", json={"link": "https://t.me/another_bot"}))[0] == 400


async def test_a_button_below_the_chat_says_its_text_or_shares_what_it_asks_for(sandbox, anna):
    below = {
        "keyboard": [
            ["Menu", {"text": "My number", "request_contact": True}],
            [{"text": "I am here", "request_location": True}],
        ]
    }
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=below)
    for text in ("Menu", "My number", "I am here"):
        await anna.post("press", json={"message_id": sent["message_id"], "text": text})
    said, shared, there = (update.message for update in await sandbox.updates())
    assert said.text == "Menu"
    assert shared.contact.user_id == anna.id
    assert there.location is not None


async def test_a_deleted_account_has_no_name_and_can_come_back(sandbox, anna):
    told = await anna.changes(deactivated=True)
    assert told["deactivated"] is True
    assert (await sandbox.refusal("sendMessage", chat_id=anna.id, text="x"))[1] == "Forbidden: user is deactivated"
    assert (await sandbox.call("getChat", chat_id=anna.id))["first_name"] == ""
    await anna.changes(deactivated=False, last_name="B")
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    assert (sent["chat"]["first_name"], sent["chat"]["last_name"]) == ("Anna", "B")


async def test_files_that_cannot_share_an_album_are_refused(sandbox, anna, picture):
    photo = ("photo", ("a.png", picture(), "image/png"))
    for other in FILES:
        if other[0] != "video":
            assert (await anna.refused("messages", files=[photo, other]))[0] == 400
    await anna.sends(photo, FILES[0])
    assert len({update.message.media_group_id for update in await sandbox.updates()}) == 1
