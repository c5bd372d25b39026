"""Faults on demand: refused, slow and lost calls, each for one method or for any, as often as wanted."""

import httpx
import pytest
from aiogram.exceptions import TelegramNetworkError


@pytest.fixture
async def anna(sandbox):
    return await sandbox.reader()


async def test_a_fault_strikes_its_method_only_and_as_often_as_told(sandbox, anna):
    await sandbox.fault(method="sendPhoto", error_code=500)
    await sandbox.fault(method="sendmessage", error_code=400, description="Bad Request: strange", times=2)
    for _ in range(2):
        assert await sandbox.refusal("sendMessage", chat_id=anna.id, text="x") == (400, "Bad Request: strange")
    assert await sandbox.call("sendMessage", chat_id=anna.id, text="x")
    assert await sandbox.refusal("sendPhoto", chat_id=anna.id, photo="x") == (500, "Internal Server Error")


@pytest.mark.parametrize("code", [401, 403, 404, 409, 502, 503, 504])
async def test_a_fault_without_words_gets_telegrams(sandbox, anna, code):
    await sandbox.fault(error_code=code)
    given, words = await sandbox.refusal("sendMessage", chat_id=anna.id, text="x")
    assert given == code
    assert words != "Error"


async def test_a_lost_answer_is_lost_after_the_work_is_done(sandbox, anna):
    await sandbox.fault(method="sendMessage", lost=True)
    with pytest.raises(TelegramNetworkError):
        await sandbox.bot.send_message(anna.id, "done")
    assert (await anna.chat())["messages"][-1]["text"] == "done"
    assert (await sandbox.calls("sendMessage"))[-1]["answer"]["ok"] is True
    assert (await sandbox.bot.send_message(anna.id, "next")).text == "next"


async def test_a_slow_call_is_answered_after_its_delay_and_in_time_for_nobody_else(sandbox, anna):
    await sandbox.fault(method="sendMessage", delay=600)
    with pytest.raises(httpx.ReadTimeout):
        await sandbox.http.post(
            f"/bot{sandbox.bot.token}/sendMessage", json={"chat_id": anna.id, "text": "x"}, timeout=0.2
        )
    assert await sandbox.call("getMe")
    assert (await sandbox.call("sendMessage", chat_id=anna.id, text="y"))["text"] == "y"


async def test_faults_that_have_not_struck_yet_can_be_dropped(sandbox, anna):
    await sandbox.fault(error_code=500, times=50)
    await sandbox.fault(clear=True)
    assert await sandbox.call("sendMessage", chat_id=anna.id, text="x")


async def test_a_fault_for_any_call_leaves_polls_alone(sandbox, anna):
    await sandbox.fault(error_code=500)
    assert await sandbox.call("getUpdates") == []
    assert (await sandbox.refusal("getMe"))[0] == 500


async def test_the_last_updates_come_again_in_their_order(sandbox, anna):
    for text in ("one", "two", "three"):
        await anna.writes(text)
    first = await sandbox.taken()
    await sandbox.fault(redeliver=2)
    again = await sandbox.updates()
    assert [update.update_id for update in again] == [update.update_id for update in first[-2:]]


async def test_a_fault_that_says_nothing_is_refused(sandbox):
    answer = await sandbox.http.post("/sim/faults", json={})
    assert answer.status_code == 400
