"""Messages sent again: forwarded with their origin, copied without it, by the bot and by people."""

import pytest


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader("Anna")


@pytest.fixture
async def boris(sandbox):
    return await sandbox.reader("Boris")


async def _send(sandbox, person, **content):
    return await sandbox.call("sendMessage", chat_id=person.id, **content)


async def test_a_forward_tells_its_origin_and_a_copy_does_not(sandbox, anna, boris):
    sent = await _send(sandbox, anna, text="<b>x</b>", parse_mode="HTML")
    source = {"from_chat_id": anna.id, "message_id": sent["message_id"]}
    forwarded = await sandbox.call("forwardMessage", chat_id=boris.id, **source)
    assert forwarded["forward_origin"]["sender_user"]["is_bot"] is True
    assert (forwarded["text"], forwarded["entities"]) == ("x", sent["entities"])
    again = await sandbox.call(
        "forwardMessage", chat_id=anna.id, from_chat_id=boris.id, message_id=forwarded["message_id"]
    )
    assert again["forward_origin"] == forwarded["forward_origin"]
    copied = await sandbox.call("copyMessage", chat_id=boris.id, **source)
    assert copied.keys() == {"message_id"}
    assert (await boris.chat())["messages"][-1]["forwarded"] is False


async def test_a_copied_photo_may_get_another_caption(sandbox, anna, picture):
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendPhoto",
        data={"chat_id": anna.id, "caption": "old"},
        files={"photo": ("a.png", picture(), "image/png")},
    )
    source = {"from_chat_id": anna.id, "message_id": answer.json()["result"]["message_id"]}
    for more, caption in (({}, "old"), ({"caption": "new"}, "new"), ({"caption": ""}, None)):
        await sandbox.call("copyMessage", chat_id=anna.id, **source, **more)
        assert (await anna.chat())["messages"][-1]["caption"] == caption


async def test_protected_content_cannot_leave_its_chat(sandbox, anna, boris):
    sent = await _send(sandbox, anna, text="x", protect_content=True)
    source = {"from_chat_id": anna.id, "message_id": sent["message_id"]}
    for method in ("forwardMessage", "copyMessage"):
        assert await sandbox.refusal(method, chat_id=boris.id, **source) == (
            400,
            "Bad Request: message has protected content and can't be forwarded",
        )


async def test_what_is_not_there_cannot_be_sent_again(sandbox, anna):
    source = {"from_chat_id": anna.id, "message_id": 99999}
    assert await sandbox.refusal("forwardMessage", chat_id=anna.id, **source) == (
        400,
        "Bad Request: message to forward not found",
    )
    assert await sandbox.refusal("copyMessage", chat_id=anna.id, **source) == (
        400,
        "Bad Request: message to copy not found",
    )
    many = {"from_chat_id": anna.id, "message_ids": [99998, 99999]}
    assert await sandbox.refusal("forwardMessages", chat_id=anna.id, **many) == (
        400,
        "Bad Request: there are no messages to forward",
    )


async def test_many_messages_go_in_strictly_increasing_order(sandbox, anna, boris):
    ids = [(await _send(sandbox, anna, text=text))["message_id"] for text in ("one", "two", "three")]
    source = {"chat_id": boris.id, "from_chat_id": anna.id}
    assert len(await sandbox.call("forwardMessages", **source, message_ids=[*ids, 99999])) == 3
    assert await sandbox.refusal("copyMessages", **source, message_ids=ids[::-1]) == (
        400,
        "Bad Request: message identifiers must be in a strictly increasing order",
    )
    too_many = list(range(1, 102))
    assert await sandbox.refusal("copyMessages", **source, message_ids=too_many) == (
        400,
        "Bad Request: too many message identifiers specified",
    )


async def test_an_album_stays_an_album_and_one_of_it_does_not(sandbox, anna, boris, picture):
    part = ("photo", ("a.png", picture(), "image/png"))
    ids = await anna.sends(part, part)
    source = {"chat_id": boris.id, "from_chat_id": anna.id}
    copied = await sandbox.call("copyMessages", **source, message_ids=ids)
    shown = (await boris.chat())["messages"][-2:]
    assert [message["message_id"] for message in shown] == [message["message_id"] for message in copied]
    assert len({message["media_group_id"] for message in shown}) == 1
    await sandbox.call("copyMessages", **source, message_ids=ids[:1])
    assert (await boris.chat())["messages"][-1]["media_group_id"] is None


async def test_a_person_forwards_to_the_bot_and_may_hide_the_author(sandbox, anna, boris):
    written = (await boris.chat())["messages"][0]["message_id"]
    for hidden in (False, True):
        await anna.post("forward", json={"from_user": boris.id, "message_id": written, "hidden": hidden})
    known, unknown = (update.message.forward_origin for update in await sandbox.updates())
    assert known.sender_user.id == boris.id
    assert unknown.sender_user_name == "Boris"
