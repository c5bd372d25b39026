"""Delivery by webhook: secret, order, retries, parallel chats, and what getWebhookInfo tells of it."""

import asyncio
from collections import defaultdict

import pytest
from aiohttp import web

TURN = 10


class House:
    """A bot's webhook: it answers each update with the next status that was set for its text, or with 200."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses: dict[str, list[int]] = defaultdict(list)
        self.headers: dict[str, str] = {}
        self.gate: asyncio.Event | None = None
        self.inside = 0
        self.most_inside = 0
        self.seen: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self.secrets: set[str | None] = set()

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        text = update["message"]["text"]
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        status = self.statuses[text].pop(0) if self.statuses[text] else 200
        await self.seen.put((text, status))
        if self.gate is not None:
            await self.gate.wait()
        self.inside -= 1
        return web.Response(status=status, headers=self.headers if status != 200 else {})

    async def next(self, count: int) -> list[tuple[str, int]]:
        return [await asyncio.wait_for(self.seen.get(), TURN) for _ in range(count)]


@pytest.fixture
async def house():
    house = House()
    app = web.Application()
    app.router.add_post("/hook", house.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield house
    if house.gate is not None:
        house.gate.set()
    await runner.cleanup()


async def _info_with(sandbox, **wanted):
    """Ask getWebhookInfo until it says what is wanted; the answer arrives a moment after the delivery."""
    async with asyncio.timeout(TURN):
        while True:
            info = await sandbox.call("getWebhookInfo")
            if wanted.items() <= info.items():
                return info


async def test_setting_and_deleting_say_what_became_of_it(sandbox, house):
    url = f"/bot{sandbox.bot.token}"
    told = []
    for call in (f"setWebhook?url={house.url}", f"setWebhook?url={house.url}", "deleteWebhook", "deleteWebhook"):
        told.append((await sandbox.http.get(f"{url}/{call}")).json())
    assert [answer["description"] for answer in told] == [
        "Webhook was set",
        "Webhook is already set",
        "Webhook was deleted",
        "Webhook is already deleted",
    ]
    assert all(answer["result"] is True for answer in told)


async def test_the_info_tells_how_the_webhook_was_set(sandbox, house):
    empty = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    assert await sandbox.call("getWebhookInfo") == empty
    await sandbox.call("setWebhook", url=house.url, max_connections=500, allowed_updates=["message"])
    info = await sandbox.call("getWebhookInfo")
    assert info == {
        **empty,
        "url": house.url,
        "max_connections": 100,
        "ip_address": "127.0.0.1",
        "allowed_updates": ["message"],
    }


async def test_a_certificate_is_noted(sandbox, house):
    await sandbox.http.post(
        f"/bot{sandbox.bot.token}/setWebhook",
        data={"url": house.url},
        files={"certificate": ("cert.pem", b"-----BEGIN CERTIFICATE-----", "application/x-pem-file")},
    )
    assert (await sandbox.call("getWebhookInfo"))["has_custom_certificate"] is True


async def test_every_delivery_carries_the_secret(sandbox, house):
    anna = await sandbox.person()
    await sandbox.call("setWebhook", url=house.url, secret_token="s3cret_-")
    await anna.writes("one")
    await house.next(1)
    assert house.secrets == {"s3cret_-"}


async def test_a_refused_update_comes_again_before_later_ones_of_its_chat(sandbox, house):
    anna = await sandbox.person()
    house.statuses["one"] = [500, 404, 302, 201]
    await sandbox.settings(webhook_retry_scale=0)
    await sandbox.call("setWebhook", url=house.url)
    for text in ("one", "two", "three"):
        await anna.writes(text)
    assert await house.next(6) == [
        ("one", 500),
        ("one", 404),
        ("one", 302),
        ("one", 201),
        ("two", 200),
        ("three", 200),
    ]
    info = await _info_with(sandbox, pending_update_count=0)
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"


async def test_pauses_grow_and_a_retry_after_is_kept(sandbox, house):
    anna = await sandbox.person()
    house.statuses["one"] = [429, 200]
    house.headers = {"Retry-After": "3000"}
    await sandbox.call("setWebhook", url=house.url)
    await anna.writes("one")
    assert await house.next(1) == [("one", 429)]
    await _info_with(
        sandbox, pending_update_count=1, last_error_message="Wrong response from the webhook: 429 Too Many Requests"
    )
    assert house.seen.empty()
    await sandbox.settings(webhook_retry_scale=0)
    assert await house.next(1) == [("one", 200)]


async def test_chats_are_delivered_side_by_side_up_to_max_connections(sandbox, house):
    people = [await sandbox.person(f"Person {number}") for number in range(4)]
    house.gate = asyncio.Event()
    await sandbox.call("setWebhook", url=house.url, max_connections=3)
    for person in people:
        await person.writes(f"first of {person.id}")
        await person.writes(f"second of {person.id}")
    await house.next(3)
    assert (await sandbox.call("getWebhookInfo"))["pending_update_count"] == 8
    house.gate.set()
    rest = await house.next(5)
    assert house.most_inside == 3
    for person in people[:3]:
        assert (f"second of {person.id}", 200) in rest


async def test_an_address_where_nobody_listens_is_told_as_an_error(sandbox):
    anna = await sandbox.person()
    await sandbox.call("setWebhook", url="http://127.0.0.1:9/")
    await anna.writes("one")
    info = await _info_with(sandbox, last_error_message="Connection refused")
    assert info["pending_update_count"] == 1
    assert isinstance(info["last_error_date"], int)
    await sandbox.call("deleteWebhook")
    assert [update.message.text for update in await sandbox.updates()] == ["one"]


async def test_pending_updates_can_be_dropped(sandbox, house):
    anna = await sandbox.person()
    await anna.writes("one")
    await sandbox.call("setWebhook", url=house.url, drop_pending_updates=True)
    await anna.writes("two")
    assert await house.next(1) == [("two", 200)]
    await sandbox.call("deleteWebhook", drop_pending_updates=True)
    assert await sandbox.call("getUpdates") == []


async def test_a_webhook_ends_a_running_poll_and_an_empty_address_ends_the_webhook(sandbox, house):
    poll = f"/bot{sandbox.bot.token}/getUpdates"
    polling = asyncio.create_task(sandbox.http.get(poll, params={"timeout": 50, "allowed_updates": '["message"]'}))
    # The poll has begun when its allowed_updates hold.
    await _info_with(sandbox, allowed_updates=["message"])
    await sandbox.call("setWebhook", url=house.url)
    ended = await asyncio.wait_for(polling, TURN)
    assert (ended.status_code, ended.json()["description"]) == (409, "Conflict: terminated by setWebhook request")
    assert (await sandbox.refusal("getUpdates"))[0] == 409
    await sandbox.call("setWebhook", url="")
    assert await sandbox.call("getUpdates") == []


async def test_redelivered_updates_are_posted_again(sandbox, house):
    anna = await sandbox.person()
    await sandbox.call("setWebhook", url=house.url)
    await anna.writes("one")
    assert await house.next(1) == [("one", 200)]
    await _info_with(sandbox, pending_update_count=0)
    await sandbox.fault(redeliver=1)
    assert await house.next(1) == [("one", 200)]


async def test_delivery_goes_on_after_a_restart(start_sandbox, tmp_path, house):
    house.statuses["one"] = [500] * 2
    async with start_sandbox(tmp_path) as before:
        anna = await before.person()
        await before.call("setWebhook", url=house.url, secret_token="kept")
        await anna.writes("one")
        assert await house.next(2) == [("one", 500)] * 2
    async with start_sandbox(tmp_path):
        assert await house.next(1) == [("one", 200)]
    assert house.secrets == {"kept"}
