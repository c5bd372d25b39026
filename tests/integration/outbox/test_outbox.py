"""The outbox: everybody hears how their task ended, once, whatever fails on the way."""

import asyncio
import re
import time
from datetime import timedelta

import pytest
from redis.asyncio import Redis

import bot.outbox
from bot.delivery import CONFETTI
from bot.stored_picture import StoredPicture
from config.failpoints import Write
from repository.tasks import TaskStatus
from services.storage import PIECE_BYTES

KEY_OF_TASK = """SELECT idempotency_key FROM "Task" WHERE task_id = $1"""


async def subscribed(office) -> None:
    """Wait until the outbox hears the bell."""
    async with asyncio.timeout(10):
        while (await office.redis.pubsub_numsub(office.doorbell.outbox_channel))[0][1] == 0:
            await asyncio.wait(office.running, timeout=0.01)


async def test_one_picture_comes_with_words_and_buttons_in_place_of_the_progress(office, anna):
    task = await office.ended_task(anna)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    assert message["photo"]
    assert "Here you are" in message["caption"]
    assert message["buttons"]
    file_id = await office.db.reading.fetchval("""SELECT telegram_file_id FROM "File" WHERE kind = 'output'""")
    assert file_id == message["photo"]["file_id"]


async def test_the_first_picture_of_all_comes_with_an_effect_and_later_ones_without(office, anna):
    async with office.delivering():
        for _ in range(2):
            assert await office.closed(await office.ended_task(anna)) == "delivered"
    sent = [call["parameters"] for call in await office.telegram.calls("sendPhoto")]
    assert [parameters.get("message_effect_id") for parameters in sent] == [CONFETTI, None]


async def test_an_effect_that_telegram_no_longer_has_keeps_nothing_back(office, anna):
    await office.telegram.fault(method="sendPhoto", error_code=400, description="Bad Request: EFFECT_ID_INVALID")
    async with office.delivering():
        assert await office.closed(await office.ended_task(anna)) == "delivered"
    assert (await office.chat(anna))[-1]["photo"]


async def test_a_ring_wakes_the_outbox_at_once(office, anna):
    task = await office.running_task(anna)
    async with office.delivering():
        await subscribed(office)
        began = time.monotonic()
        await office.end(task)
        assert await office.closed(task) == "delivered"
        assert time.monotonic() - began < bot.outbox.IDLE_LOOK / 2


@pytest.mark.parametrize(("pictures", "albums"), [(2, [2]), (10, [10]), (11, [10, 1]), (12, [10, 2])])
async def test_several_come_as_albums_of_at_most_ten_and_then_the_words(office, anna, pictures, albums):
    task = await office.ended_task(anna, pictures)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    *shown, words = await office.chat(anna)
    assert len(shown) == pictures
    assert all(message["photo"] for message in shown)
    sent = await office.telegram.calls("sendMediaGroup") + await office.telegram.calls("sendPhoto")
    assert len(sent) == len(albums)
    assert "Here you are" in words["text"]
    assert words["buttons"]


async def test_a_failure_stands_where_the_progress_stood(office, anna):
    task = await office.running_task(anna)
    await office.end(task, 0, TaskStatus.FAILED, "deadline")
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    assert "It took too long" in message["text"]
    assert message["edited"]


async def test_a_failure_is_sent_where_the_progress_was_deleted(office, anna):
    task = await office.running_task(anna)
    [progress] = await office.chat(anna)
    await office.telegram.bot.delete_message(anna.user_id, progress["message_id"])
    await office.end(task, 0, TaskStatus.FAILED, "deadline")
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    assert "It took too long" in message["text"]


@pytest.mark.parametrize("method", ["sendPhoto", "deleteMessage"])
@pytest.mark.parametrize("fault", [{"error_code": 502}, {"error_code": 429, "retry_after": 1}])
async def test_a_passing_failure_is_tried_again_until_it_is_told(office, anna, method, fault):
    task = await office.ended_task(anna)
    await office.telegram.fault(method=method, **fault)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    [message] = await office.chat(anna)
    assert message["photo"]


async def test_what_was_sent_and_marked_is_not_sent_again(office, anna):
    task = await office.ended_task(anna, 12)
    await office.telegram.fault(method="deleteMessage", error_code=502)
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    assert len(await office.telegram.calls("deleteMessage")) == 2
    chat = await office.chat(anna)
    assert len([message for message in chat if message["photo"]]) == 12
    assert len([message for message in chat if message["text"]]) == 1


async def test_a_lost_answer_repeats_one_album_and_no_more(office, anna):
    task = await office.ended_task(anna, 12)
    async with office.delivering():
        await office.telegram.fault(method="sendMediaGroup", error_code=502, executed=True)
        assert await office.closed(task) == "delivered"
    albums = [len(call["parameters"]["media"]) for call in await office.telegram.calls("sendMediaGroup")]
    assert albums in ([10, 10, 2], [10, 2, 2])


async def test_somebody_who_blocked_the_bot_is_noted_and_left_alone(office, anna):
    task = await office.ended_task(anna)
    await office.telegram.block(anna.user_id)
    async with office.delivering():
        assert await office.closed(task) == "undeliverable"
    person = await office.accounts.get(anna.user_id)
    assert person.blocked_bot_at is not None


@pytest.mark.parametrize("error_code", [400, 413])
async def test_a_refused_picture_is_given_up_and_the_person_hears_of_it(office, anna, error_code):
    task = await office.ended_task(anna)
    await office.telegram.fault(method="sendPhoto", error_code=error_code, times=100)
    async with office.delivering():
        assert await office.closed(task) == "undeliverable"
    assert len(await office.telegram.calls("sendPhoto")) == 1
    [message] = await office.chat(anna)
    assert "kept for you in the history" in message["text"]


async def test_a_picture_that_is_gone_from_the_storage_is_given_up(office, anna):
    task = await office.ended_task(anna)
    await office.storage.delete(await office.db.reading.fetchval("""SELECT storage_key FROM "File" """))
    async with office.delivering():
        assert await office.closed(task) == "undeliverable"


async def test_what_nobody_expected_is_given_up_after_some_tries(office, anna):
    """A row that the words cannot be made for stands here for every mistake of ours."""
    task = await office.ended_task(anna)
    await office.db.reading.execute("""UPDATE "Task" SET status = 'running'""")
    await office.db.reading.execute("""UPDATE "Notification" SET attempt = $1""", bot.outbox.MOST_MISHAPS - 2)
    async with office.delivering():
        await office.until("""SELECT due_at > now() FROM "Notification" """, becomes=True)
        await office.db.reading.execute("""UPDATE "Notification" SET due_at = now()""")
        await office.doorbell.ring_outbox()
        assert await office.closed(task) == "undeliverable"


async def test_the_endings_of_a_person_come_in_their_order(office, anna):
    tasks = [await office.ended_task(anna) for _ in range(4)]
    await office.telegram.fault(method="sendPhoto", delay=0.3)
    async with office.delivering():
        await office.closed(*tasks)
    keys = [await office.db.reading.fetchval(KEY_OF_TASK, task.task_id) for task in tasks]
    buttons = [str(call["parameters"]["reply_markup"]) for call in await office.telegram.calls("sendPhoto")]
    assert [f"draft:{re.findall(r'again:([0-9]+)', row)[0]}" for row in buttons] == keys


async def test_people_are_served_side_by_side(office):
    people = [await office.meet(f"Person {number}") for number in range(8)]
    tasks = [await office.ended_task(person) for person in people]
    await office.telegram.fault(method="sendPhoto", delay=0.5, times=8)
    began = time.monotonic()
    async with office.delivering():
        await office.closed(*tasks)
    assert time.monotonic() - began < 8 * 0.5


async def test_it_delivers_while_redis_is_away(office, anna):
    task = await office.ended_task(anna)
    async with Redis.from_url("redis://127.0.0.1:9/0") as nobody, office.delivering(redis=nobody):
        assert await office.closed(task) == "delivered"


async def test_it_survives_that_postgresql_cuts_every_connection(office, anna):
    async with office.delivering():
        for _ in range(3):
            await office.db.reading.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            )
            await office.doorbell.ring_outbox()
        task = await office.ended_task(anna)
        assert await office.closed(task) == "delivered"


async def test_a_delivery_that_takes_longer_than_its_lease_stays_with_its_process(office, anna, monkeypatch):
    monkeypatch.setattr(bot.outbox, "IDLE_LOOK", 0.2)
    office.notifications.lease = timedelta(seconds=0.6)
    task = await office.ended_task(anna)
    await office.telegram.fault(method="sendPhoto", delay=2)
    async with office.delivering(), office.delivering():
        assert await office.closed(task) == "delivered"
    assert len(await office.telegram.calls("sendPhoto")) == 1


async def test_a_stop_hands_back_what_it_cannot_finish(office, anna):
    task = await office.ended_task(anna)
    await office.telegram.fault(method="sendPhoto", delay=30)
    began = time.monotonic()
    async with office.delivering(patience=0.2):
        await office.until("""SELECT attempt FROM "Notification" """, becomes=1)
    assert time.monotonic() - began < 3
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    assert time.monotonic() - began < office.notifications.lease.total_seconds() / 2


async def test_large_pictures_go_out_piece_by_piece(office, anna):
    content = bytes(range(256)) * (PIECE_BYTES // 64)
    await office.storage.put(Write.OUTPUT_STORE, "outputs/large.png", content)
    picture = StoredPicture(office.storage, "outputs/large.png")
    for _ in range(2):  # a second try reads it anew
        pieces = [piece async for piece in picture.read(office.telegram.bot)]
        assert b"".join(pieces) == content
        assert max(map(len, pieces)) <= 2 * PIECE_BYTES
