"""Progress messages: kept up to date, never in anybody's way, and silent once the ending is told."""

import asyncio
from uuid import uuid4

from bot.limiter import LimitedSending, Limiter, Rate
from repository.tasks import TaskStatus


async def show(office) -> None:
    progress = office.live_progress()
    await progress.show_all()
    await progress.settle()


async def edits(office) -> int:
    return len(await office.telegram.calls("editMessageText"))


async def test_a_running_task_shows_how_far_it_is(office, anna):
    task = await office.running_task(anna)
    await office.renew(task, 40)
    await show(office)
    [message] = await office.chat(anna)
    assert "40" in message["text"]
    assert message["buttons"], "it can be stopped"
    await show(office)
    assert await edits(office) == 1, "nothing new, nothing sent"


async def test_another_process_goes_on_with_the_same_message(office, anna):
    task = await office.running_task(anna)
    for percent in (40, 60):
        await office.renew(task, percent)
        await show(office)  # every time a LiveProgress that knows nothing of the last
    [message] = await office.chat(anna)
    assert "60" in message["text"]


async def test_a_chat_that_was_sent_something_right_now_is_left_alone(office, anna):
    office.telegram.bot.session.middleware.unregister(office.telegram.bot.session.middleware[0])
    limiter = Limiter(office.redis, f"test:{uuid4().hex}", 1000, Rate(per_second=0.1, burst=6))
    office.telegram.bot.session.middleware(LimitedSending(limiter))
    task = await office.running_task(anna)  # this sent a message
    await office.renew(task, 40)
    await show(office)
    assert await edits(office) == 0


async def test_the_flood_of_one_chat_holds_up_no_other(office, anna):
    boris = await office.meet("Boris")
    for person in (anna, boris):
        await office.renew(await office.running_task(person), 40)
    await office.telegram.fault(method="editMessageText", error_code=429, retry_after=60)
    async with asyncio.timeout(5):
        await show(office)
    texts = [(await office.chat(person))[-1]["text"] for person in (anna, boris)]
    assert sum("40" in text for text in texts) == 1


async def test_a_chat_with_two_tasks_gets_one_edit_at_a_time(office, anna):
    for _ in range(2):
        await office.renew(await office.running_task(anna), 40)
    await show(office)
    assert await edits(office) == 1
    await show(office)
    assert await edits(office) == 2


async def test_a_message_that_was_deleted_is_forgotten(office, anna):
    task = await office.running_task(anna)
    [message] = await office.chat(anna)
    await office.telegram.bot.delete_message(anna.user_id, message["message_id"])
    await office.renew(task, 40)
    await show(office)
    await office.renew(task, 60)
    await show(office)
    assert await edits(office) == 1


async def test_an_edit_under_way_never_lands_after_the_ending(office, anna):
    task = await office.running_task(anna)
    await office.renew(task, 40)
    await office.telegram.fault(method="editMessageText", delay=0.5)
    progress = office.live_progress()
    await progress.show_all()
    await office.end(task, 0, TaskStatus.FAILED, "deadline")
    async with office.delivering():
        assert await office.closed(task) == "delivered"
    await progress.settle()
    [message] = await office.chat(anna)
    assert "It took too long" in message["text"]


async def test_what_was_read_before_the_ending_is_not_shown_after_it(office, anna):
    task = await office.running_task(anna)
    await office.renew(task, 40)
    async with office.turns.ending(task.task_id):
        progress = office.live_progress()
        await progress.show_all()
    await progress.settle()
    assert await edits(office) == 0


async def test_a_message_that_was_noted_after_the_ending_was_told_is_taken_away(office, anna):
    task = await office.ended_task(anna)
    async with office.delivering():
        await office.closed(task)
    late = await office.telegram.bot.send_message(anna.user_id, "working on it")
    await office.notifications.show_progress(task, anna.user_id, late.message_id)
    await show(office)
    assert [message["text"] for message in await office.chat(anna)] == [None]


async def test_it_goes_on_after_postgresql_was_away(office, anna, monkeypatch):
    monkeypatch.setattr("bot.live_progress.INTERVAL", 0.05)
    task = await office.running_task(anna)
    showing = asyncio.create_task(office.live_progress().keep_showing())
    office.running.add(showing)
    for _ in range(3):
        await office.db.reading.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
    await office.renew(task, 70)
    await office.until("""SELECT shown_progress FROM "ProgressMessage" """, becomes=70)
    showing.cancel()
