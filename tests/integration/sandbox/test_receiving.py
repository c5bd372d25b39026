import asyncio

import pytest
from aiogram.exceptions import TelegramConflictError
from aiohttp import web

pytestmark = pytest.mark.asyncio


async def test_an_update_is_given_again_until_a_higher_offset_confirms_it(sandbox):
    person = await sandbox.person()
    await person.writes("one")
    await person.writes("two")
    first = await sandbox.updates()
    assert [update.message.text for update in first] == ["one", "two"]
    assert [update.message.text for update in await sandbox.updates()] == ["one", "two"]
    rest = await sandbox.updates(offset=first[0].update_id + 1)
    assert [update.message.text for update in rest] == ["two"]
    assert await sandbox.bot.get_updates(offset=first[1].update_id + 1) == []


async def test_a_limit_gives_the_oldest_updates_first(sandbox):
    person = await sandbox.person()
    for word in ("one", "two", "three"):
        await person.writes(word)
    assert [update.message.text for update in await sandbox.updates(limit=2)] == ["one", "two"]
    assert [update.message.text for update in await sandbox.updates(offset=-1)] == ["three"]


async def test_a_waiting_poll_answers_as_soon_as_a_person_writes(sandbox):
    person = await sandbox.person()
    waiting = asyncio.create_task(sandbox.updates(timeout=30))
    await person.writes("now")
    updates = await asyncio.wait_for(waiting, 5)
    assert updates[0].message.text == "now"


async def test_a_second_poll_ends_the_first_with_a_conflict(sandbox):
    first = asyncio.create_task(sandbox.bot.get_updates(timeout=30))
    while not (first.done() or await sandbox.bot.get_updates()):
        pass
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first


async def test_only_the_allowed_kinds_of_updates_are_queued(sandbox):
    person = await sandbox.reader()
    await sandbox.bot.get_updates(allowed_updates=["my_chat_member"])
    await person.writes("not wanted")
    await person.post("block", json={"blocked": True})
    updates = await sandbox.updates()
    assert [update.event_type for update in updates] == ["my_chat_member"]
    assert updates[0].my_chat_member.new_chat_member.status == "kicked"


async def test_redelivered_updates_come_again_with_their_old_ids_once(sandbox):
    person = await sandbox.person()
    await person.writes("one")
    await person.writes("two")
    first = await sandbox.updates()
    offset = first[-1].update_id + 1
    assert await sandbox.bot.get_updates(offset=offset) == []
    await sandbox.fault(redeliver=1)
    again = await sandbox.updates(offset=offset)
    assert [update.update_id for update in again] == [first[-1].update_id]
    assert await sandbox.bot.get_updates(offset=offset) == []


class Receiver:
    """A webhook of a bot that takes updates, or refuses them with the statuses it was told."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.answer: dict[str, object] = {}
        self.seen: asyncio.Queue[tuple[int, str, str | None]] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        status = self.statuses.pop(0) if self.statuses else 200
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        await self.seen.put((status, update["message"]["text"], secret))
        return web.json_response(self.answer if status == 200 else {}, status=status)


@pytest.fixture
async def receiver():
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_its_secret_and_refused_ones_again_in_order(sandbox, receiver):
    person = await sandbox.person()
    receiver.statuses = [500, 503]
    await sandbox.settings(webhook_retry_scale=0)
    await sandbox.bot.set_webhook(receiver.url, secret_token="s3cret_-")
    await person.writes("one")
    await person.writes("two")
    seen = [await asyncio.wait_for(receiver.seen.get(), 5) for _ in range(4)]
    assert seen == [
        (500, "one", "s3cret_-"),
        (503, "one", "s3cret_-"),
        (200, "one", "s3cret_-"),
        (200, "two", "s3cret_-"),
    ]


async def test_a_refusing_person_does_not_hold_up_the_others(sandbox, receiver):
    anna, boris = await sandbox.person("Anna"), await sandbox.person("Boris")
    receiver.statuses = [500, 500]
    await sandbox.bot.set_webhook(receiver.url)
    await anna.writes("from Anna")
    seen = [await asyncio.wait_for(receiver.seen.get(), 5) for _ in range(2)]
    await boris.writes("from Boris")
    await sandbox.settings(webhook_retry_scale=0)
    seen += [await asyncio.wait_for(receiver.seen.get(), 5) for _ in range(2)]
    assert [(status, text) for status, text, _ in seen] == [
        (500, "from Anna"),
        (500, "from Anna"),
        (200, "from Boris"),
        (200, "from Anna"),
    ]


async def test_updates_from_before_the_webhook_are_delivered_by_it(sandbox, receiver):
    person = await sandbox.person()
    await person.writes("early")
    await sandbox.bot.set_webhook(receiver.url)
    assert (await asyncio.wait_for(receiver.seen.get(), 5))[1] == "early"


async def test_a_call_in_the_webhooks_answer_is_carried_out(sandbox, receiver):
    person = await sandbox.person()
    receiver.answer = {"method": "sendMessage", "chat_id": person.id, "text": "at once"}
    await sandbox.bot.set_webhook(receiver.url)
    await person.writes("hello")
    version = (await person.chat())["version"]
    chat = await person.chat()
    while len(chat["messages"]) < 2:
        chat = await person.chat(after=version)
        version = chat["version"]
    assert chat["messages"][-1]["text"] == "at once"


async def test_polling_is_refused_while_a_webhook_is_set(sandbox, receiver):
    await sandbox.bot.set_webhook(receiver.url)
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await sandbox.bot.get_updates()
    assert (await sandbox.bot.get_webhook_info()).url == receiver.url
    await sandbox.bot.delete_webhook()
    assert await sandbox.bot.get_updates() == []
