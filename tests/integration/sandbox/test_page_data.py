"""What the chat page reads beyond the chat itself: the list of chats, delivery, waiting updates, edits, replies."""

from typing import Any

from tests.integration.sandbox.conftest import Person, Sandbox


async def _listed(sandbox: Sandbox, **parameters: str) -> dict[str, Any]:
    answer = await sandbox.http.get("/sim/users", params=parameters)
    return dict(answer.raise_for_status().json()["users"][0])


async def test_the_list_of_chats_shows_each_last_message_and_counts_what_was_not_seen(sandbox: Sandbox) -> None:
    anna = await sandbox.reader()
    seen = await sandbox.bot.send_message(anna.id, "one")
    await sandbox.bot.send_message(anna.id, "two")
    await sandbox.bot.send_message(anna.id, "three")
    listed = await _listed(sandbox, seen=f"{anna.id}:{seen.message_id}")
    assert listed["unread"] == 2
    assert (await _listed(sandbox))["unread"] == 3
    assert listed["last_message"] | {"date": 0, "message_id": 0} == {
        "message_id": 0, "from": "bot", "date": 0, "kind": "text", "text": "three",
    }  # fmt: skip


async def test_a_message_is_on_the_way_until_the_bot_has_taken_its_update(sandbox: Sandbox) -> None:
    anna = await sandbox.reader()
    message_id = await anna.writes("hello")
    assert (await _listed(sandbox))["on_the_way"] == [message_id]
    seen = (await sandbox.http.get("/sim/calls", params={"last": 1})).json()
    assert seen["pending_update_count"] == 1
    assert seen["pending_updates"][0]["message"]["text"] == "hello"
    assert len(seen["calls"]) == 1
    updates = await sandbox.updates()
    await sandbox.bot.get_updates(offset=updates[-1].update_id + 1)
    assert (await _listed(sandbox))["on_the_way"] == []


async def test_a_person_edits_an_own_text_and_the_bot_is_told(sandbox: Sandbox) -> None:
    anna = await sandbox.reader()
    message_id = await anna.writes("helo")
    await anna.post("messages", json={"text": "hello /start", "edit": message_id})
    edited = (await sandbox.updates())[-1].edited_message
    assert edited is not None
    assert (edited.message_id, edited.text) == (message_id, "hello /start")
    assert edited.entities is not None
    assert edited.entities[0].type == "bot_command"
    shown = (await anna.chat())["messages"][-1]
    assert (shown["text"], shown["edited"]) == ("hello /start", True)


async def test_only_an_own_text_can_be_edited(sandbox: Sandbox) -> None:
    anna: Person = await sandbox.reader()
    bots = await sandbox.bot.send_message(anna.id, "mine")
    status, _ = await anna.refused("messages", json={"text": "yours", "edit": bots.message_id})
    assert status == 400


async def test_a_photo_may_answer_a_message(sandbox: Sandbox, picture: Any) -> None:
    anna = await sandbox.reader()
    asked = await sandbox.bot.send_message(anna.id, "a photo, please")
    await anna.post(
        "messages", files=[("photo", ("a.png", picture(), "image/png"))], data={"reply_to": str(asked.message_id)}
    )
    message = (await sandbox.updates())[-1].message
    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == asked.message_id
