"""Flood control: short bursts pass, what goes on is told to wait, and tests may loosen it."""

import pytest

CHAT_BURST = 20
OVERALL_BURST = 30
EDIT_BURST = 40


async def _send_until_refused(sandbox, person_ids, most=100):
    """Send round and round; return how many were sent, and the answer that refused."""
    for sent in range(most):
        chat_id = person_ids[sent % len(person_ids)]
        answer = await sandbox.http.post(
            f"/bot{sandbox.bot.token}/sendMessage", json={"chat_id": chat_id, "text": str(sent)}
        )
        if answer.status_code != 200:
            return sent, answer
    return most, None


async def test_a_burst_in_a_chat_passes_and_what_goes_on_is_told_when_to_come_again(sandbox):
    anna = await sandbox.reader()
    sent, answer = await _send_until_refused(sandbox, [anna.id])
    assert sent in (CHAT_BURST, CHAT_BURST + 1)
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert answer.headers["Retry-After"] == "1"
    await sandbox.settings(clock_advance=1)
    assert await sandbox.call("sendMessage", chat_id=anna.id, text="after the wait")


async def test_all_chats_together_have_a_limit_too(sandbox):
    people = [await sandbox.person(f"Person {number}") for number in range(5)]
    for person in people:
        await person.writes("/start")
    sent, answer = await _send_until_refused(sandbox, [person.id for person in people])
    assert OVERALL_BURST <= sent < 4 * OVERALL_BURST
    assert answer.status_code == 429


async def test_edits_are_held_back_later_than_messages_and_actions_and_answers_never(sandbox):
    anna = await sandbox.reader()
    message = await sandbox.call("sendMessage", chat_id=anna.id, text="0")
    named = {"chat_id": anna.id, "message_id": message["message_id"]}
    for number in range(1, EDIT_BURST + 1):
        await sandbox.call("editMessageText", **named, text=str(number))
        await sandbox.call("sendChatAction", chat_id=anna.id, action="typing")
        await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=1, text=str(number))
    for number in range(EDIT_BURST):
        answer = await sandbox.http.post(
            f"/bot{sandbox.bot.token}/editMessageText", json={**named, "text": f"on {number}"}
        )
        if answer.status_code == 429:
            break
    else:
        pytest.fail("edits are never held back")
    assert await sandbox.call("sendMessage", chat_id=anna.id, text="a message passes all the same")


async def test_flood_control_can_be_switched_off_and_made_faster(sandbox):
    anna = await sandbox.reader()
    assert (await sandbox.settings(flood_rate=0))["flood_rate"] == 0
    assert await _send_until_refused(sandbox, [anna.id], most=60) == (60, None)
    await sandbox.settings(flood_rate=1000)
    assert await _send_until_refused(sandbox, [anna.id], most=60) == (60, None)


async def test_an_album_counts_as_one(sandbox, picture):
    anna = await sandbox.reader()
    answer = await sandbox.http.post(
        f"/bot{sandbox.bot.token}/sendPhoto",
        data={"chat_id": anna.id},
        files={"photo": ("a.png", picture(), "image/png")},
    )
    item = {"type": "photo", "media": answer.json()["result"]["photo"][-1]["file_id"]}
    await sandbox.settings(flood_rate=0.01)
    for _ in range(CHAT_BURST):
        await sandbox.call("sendMediaGroup", chat_id=anna.id, media=[item] * 10)
    code, words = await sandbox.refusal("sendMediaGroup", chat_id=anna.id, media=[item] * 10)
    assert (code, words.rpartition(" ")[0]) == (429, "Too Many Requests: retry after")
