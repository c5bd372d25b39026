"""getUpdates: offsets, limits, kinds, and how long an update is kept."""

import asyncio

import pytest


@pytest.fixture
async def anna(sandbox):
    return await sandbox.person()


async def _texts(sandbox, **parameters):
    return [update["message"]["text"] for update in await sandbox.call("getUpdates", **parameters)]


async def _last_id(sandbox):
    return (await sandbox.call("getUpdates"))[-1]["update_id"]


async def test_a_negative_offset_forgets_all_but_the_last_ones(sandbox, anna):
    for text in ("one", "two", "three"):
        await anna.writes(text)
    assert await _texts(sandbox, offset=-2) == ["two", "three"]
    assert await _texts(sandbox) == ["two", "three"]
    assert await _texts(sandbox, offset=-99) == ["two", "three"]


async def test_an_offset_below_forgets_nothing_and_one_far_above_neither(sandbox, anna):
    await anna.writes("one")
    last = await _last_id(sandbox)
    assert await _texts(sandbox, offset=last) == ["one"]
    assert await _texts(sandbox, offset=last - 50) == ["one"]
    assert await _texts(sandbox, offset=last + 5000) == ["one"]
    assert await _texts(sandbox, offset=last + 1) == []


async def test_a_limit_is_kept_between_one_and_a_hundred(sandbox, anna):
    for number in range(101):
        await anna.writes(str(number))
    assert len(await _texts(sandbox, limit=1000)) == 100
    assert await _texts(sandbox, limit=0) == ["0"]
    assert await _texts(sandbox, limit=2) == ["0", "1"]


async def test_two_polls_at_once_end_the_older_with_a_conflict(sandbox, anna):
    poll = f"/bot{sandbox.bot.token}/getUpdates"
    older = asyncio.create_task(sandbox.http.get(poll, params={"timeout": 50, "allowed_updates": '["message"]'}))
    while (await sandbox.call("getWebhookInfo")).get("allowed_updates") is None:
        assert not older.done()
    newer = asyncio.create_task(sandbox.http.get(poll, params={"timeout": 50}))
    ended = await asyncio.wait_for(older, 10)
    assert (ended.status_code, ended.json()["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    await anna.writes("for the newer")
    assert (await asyncio.wait_for(newer, 10)).json()["result"][0]["message"]["text"] == "for the newer"


async def test_kinds_hold_until_they_are_changed_and_an_empty_list_means_the_usual(sandbox, anna):
    await sandbox.call("getUpdates", allowed_updates=["callback_query"])
    await anna.writes("not wanted")
    await sandbox.call("getUpdates")
    await anna.writes("still not wanted")
    await sandbox.call("getUpdates", allowed_updates=[])
    await anna.writes("wanted")
    assert await _texts(sandbox) == ["wanted"]
    assert (await sandbox.refusal("getUpdates", allowed_updates=["mesage"]))[0] == 400


async def test_an_update_is_kept_for_a_day(sandbox, anna):
    await anna.writes("one")
    await sandbox.settings(clock_advance=86_000)
    assert await _texts(sandbox) == ["one"]
    await sandbox.settings(clock_advance=500)
    assert await _texts(sandbox) == []


async def test_a_press_is_answerable_for_a_minute_and_once(sandbox, anna):
    await anna.writes("/start")
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    sent = await sandbox.call("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard)
    too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    query_ids = []
    for _ in range(2):
        told = await anna.post("press", json={"message_id": sent["message_id"], "data": "a", "timeout": 0})
        assert told["answered"] is False
        query_ids.append(told["callback_query_id"])
    assert await sandbox.call("answerCallbackQuery", callback_query_id=query_ids[0]) is True
    assert await sandbox.refusal("answerCallbackQuery", callback_query_id=query_ids[0]) == too_old
    await sandbox.settings(clock_advance=61)
    assert await sandbox.refusal("answerCallbackQuery", callback_query_id=query_ids[1]) == too_old


async def test_the_clock_stays_moved_after_a_restart(start_sandbox, tmp_path):
    async with start_sandbox(tmp_path) as before:
        moved = await before.settings(clock_advance=86_400)
    async with start_sandbox(tmp_path) as after:
        settings = (await after.http.get("/sim/settings")).json()
    assert settings["clock_shift"] == moved["clock_shift"] == 86_400
    assert settings["now"] >= moved["now"]
