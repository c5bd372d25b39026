"""Flood control: short bursts pass, what goes on is told to wait, and tests may loosen it."""

from bot.limiter import OVERALL_BURST as OWN_BURST
from bot.limiter import TELEGRAM_CHAT, TELEGRAM_EDITS
from config.settings import Settings
from sandbox.telegram.flood import (
    CHAT_BURST,
    CHAT_PER_SECOND,
    EDIT_BURST,
    EDIT_PER_SECOND,
    OVERALL_BURST,
    OVERALL_PER_SECOND,
)

# So slow that nothing comes back while a test runs.
SLOWLY = 0.01


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


def test_the_bots_own_limiter_stays_within_what_the_sandbox_takes():
    assert TELEGRAM_CHAT.per_second <= CHAT_PER_SECOND
    assert TELEGRAM_CHAT.burst < CHAT_BURST
    assert TELEGRAM_EDITS.per_second < EDIT_PER_SECOND
    assert TELEGRAM_EDITS.burst < EDIT_BURST
    assert Settings(_env_file=None).telegram_messages_per_second < OVERALL_PER_SECOND
    assert OWN_BURST < OVERALL_BURST


async def test_a_burst_in_a_chat_passes_and_what_goes_on_is_told_when_to_come_again(sandbox):
    anna = await sandbox.reader()
    await sandbox.settings(flood_rate=SLOWLY)
    sent, answer = await _send_until_refused(sandbox, [anna.id])
    assert sent == CHAT_BURST
    retry_after = answer.json()["parameters"]["retry_after"]
    assert 0 < retry_after <= 1 / SLOWLY
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {retry_after}",
        "parameters": {"retry_after": retry_after},
    }
    assert answer.headers["Retry-After"] == str(retry_after)
    await sandbox.settings(clock_advance=retry_after)
    assert await _send_until_refused(sandbox, [anna.id], most=1) == (1, None)


async def test_all_chats_together_have_a_limit_too(sandbox):
    people = [await sandbox.person(f"Person {number}") for number in range(5)]
    for person in people:
        await person.writes("/start")
    await sandbox.settings(flood_rate=SLOWLY)
    sent, answer = await _send_until_refused(sandbox, [person.id for person in people])
    assert (sent, answer.status_code) == (OVERALL_BURST, 429)


async def test_edits_are_held_back_later_than_messages_and_actions_never(sandbox):
    anna = await sandbox.reader()
    await sandbox.settings(flood_rate=SLOWLY)
    message = await sandbox.call("sendMessage", chat_id=anna.id, text="0")
    named = {"chat_id": anna.id, "message_id": message["message_id"]}
    for number in range(1, EDIT_BURST + 1):
        await sandbox.call("editMessageText", **named, text=str(number))
        await sandbox.call("sendChatAction", chat_id=anna.id, action="typing")
        await sandbox.call("sendMessageDraft", chat_id=anna.id, draft_id=1, text=str(number))
    assert (await sandbox.refusal("editMessageText", **named, text="too early"))[0] == 429
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
    await sandbox.settings(flood_rate=SLOWLY)
    for _ in range(CHAT_BURST):
        await sandbox.call("sendMediaGroup", chat_id=anna.id, media=[item] * 10)
    code, words = await sandbox.refusal("sendMediaGroup", chat_id=anna.id, media=[item] * 10)
    assert (code, words.rpartition(" ")[0]) == (429, "Too Many Requests: retry after")
