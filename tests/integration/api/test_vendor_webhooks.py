"""A vendor's webhook is a hint: signed, new and of a call of ours, it rings once; nothing else rings at all."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import redis.asyncio
from redis.asyncio.client import PubSub

from api.app import create_app
from config.settings import SANDBOX_WEBHOOK_SECRET, Settings
from services.vendor_hints import TOLERANCE_SECONDS, channel_of, sign_call
from workers.backends.hints import Hints
from workers.open_backends import keep_hearing_hints

JWT_SECRET = "a-secret-of-this-house"
NAMESPACE = "dreamphoto:sandbox"
NOWHERE = "redis://127.0.0.1:9/0"
BODY = b'{"status": "succeeded"}'
VENDORS = ("runware", "replicate")


@asynccontextmanager
async def running(**given: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The API between its start and its end, with stand-ins for both vendors."""
    given = {"jwt_secret": JWT_SECRET, "image_backends": VENDORS, **given}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


@pytest.fixture
async def api(database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    async with running(database_url=database_dsn, redis_url=redis_dsn) as client:
        yield client


@pytest.fixture
async def bell(redis_dsn) -> AsyncIterator[PubSub]:
    """An ear on the channel of the hints."""
    async with redis.asyncio.Redis.from_url(redis_dsn) as client, client.pubsub() as ear:
        await ear.subscribe(channel_of(NAMESPACE))
        assert (await ear.get_message(timeout=5))["type"] == "subscribe"
        yield ear


async def rung(bell: PubSub, redis_dsn: str) -> list[UUID]:
    """For which calls it rang until now: what is published after all else comes last."""
    async with redis.asyncio.Redis.from_url(redis_dsn) as client:
        await client.publish(channel_of(NAMESPACE), "end")
    heard = []
    while (word := (await bell.get_message(timeout=5))["data"].decode()) != "end":
        heard.append(UUID(word))
    return heard


def address(vendor: str, call_id: UUID | str, token: str | None = None) -> str:
    if token is None:
        token = sign_call(JWT_SECRET, UUID(str(call_id)))
    return f"/webhooks/{vendor}?call={call_id}&token={token}"


def signed(
    body: bytes = BODY, *, secret: str = SANDBOX_WEBHOOK_SECRET, age: float = 0, webhook_id: str = ""
) -> dict[str, str]:
    """The headers of Replicate: HMAC-SHA256 over id, time and body, keyed with what stands behind whsec_."""
    webhook_id, moment = webhook_id or f"msg_{uuid4().hex}", str(int(time.time() - age))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


async def post(api: httpx.AsyncClient, vendor: str, path: str, body: bytes = BODY) -> httpx.Response:
    """As the vendor itself posts."""
    return await api.post(path, content=body, headers=signed(body) if vendor == "replicate" else {})


def refused(answer: httpx.Response, status: int) -> bool:
    return answer.status_code == status and answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_good_hint_rings_once(api, bell, redis_dsn, vendor):
    call_id = uuid4()
    answer = await post(api, vendor, address(vendor, call_id))
    assert (answer.status_code, answer.content) == (200, b"")
    assert await rung(bell, redis_dsn) == [call_id]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_a_hint_says_is_not_read(api, bell, redis_dsn, vendor):
    calls = [uuid4() for _ in range(4)]
    bodies = (b"", b"{", b"\xff\xfe\x00", f'{{"call": "{uuid4()}"}}'.encode())
    statuses = [
        (await post(api, vendor, address(vendor, call_id), body)).status_code
        for call_id, body in zip(calls, bodies, strict=True)
    ]
    # Replicate's SDK takes no signature of nothing, and one of bytes that are no text is not the one of their text.
    expected = [200, 200, 200, 200] if vendor == "runware" else [403, 200, 403, 200]
    assert statuses == expected
    assert await rung(bell, redis_dsn) == [call for call, status in zip(calls, statuses, strict=True) if status == 200]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_address_that_was_not_given_out_rings_nothing(api, bell, redis_dsn, vendor):
    ours, foreign = uuid4(), uuid4()
    paths = [
        f"/webhooks/{vendor}",
        f"/webhooks/{vendor}?call={ours}",
        address(vendor, ours, ""),
        address(vendor, ours, "0" * 64),
        address(vendor, ours, sign_call("another-secret", ours)),
        address(vendor, foreign, sign_call(JWT_SECRET, ours)),
        address(vendor, "no-id", sign_call(JWT_SECRET, ours)),
        address(vendor, ours, sign_call(JWT_SECRET, ours).upper()),
        address(vendor, ours, "%E2%82%AC" * 64),
    ]
    for path in paths:
        assert refused(await post(api, vendor, path), 403), path
    assert await rung(bell, redis_dsn) == []


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_hint_of_replicate_without_its_signature_rings_nothing(api, bell, redis_dsn, missing):
    headers = {name: value for name, value in signed().items() if name != missing}
    assert refused(await api.post(address("replicate", uuid4()), content=BODY, headers=headers), 403)
    assert await rung(bell, redis_dsn) == []


@pytest.mark.parametrize(
    "headers",
    [
        signed(secret="whsec_" + base64.b64encode(b"somebody else's secret").decode()),
        signed(b'{"status": "failed"}'),
        signed(age=TOLERANCE_SECONDS + 60),
        signed(age=-TOLERANCE_SECONDS - 3600),  # signed when the tests are collected, long before this one runs
        signed() | {"webhook-id": "msg_another"},
        signed() | {"webhook-timestamp": "now"},
        signed() | {"webhook-signature": "v1,rubbish"},
        signed() | {"webhook-signature": "v1"},
        signed() | {"webhook-signature": ""},
    ],
    ids=["forged", "another body", "old", "of the future", "another id", "no time", "rubbish", "no value", "empty"],
)
async def test_a_hint_of_replicate_with_a_wrong_signature_rings_nothing(api, bell, redis_dsn, headers):
    assert refused(await api.post(address("replicate", uuid4()), content=BODY, headers=headers), 403)
    assert await rung(bell, redis_dsn) == []


async def test_a_hint_of_replicate_that_comes_again_rings_no_more(api, bell, redis_dsn):
    call_id, headers = uuid4(), signed(webhook_id="msg_1")
    first, second = [await api.post(address("replicate", call_id), content=BODY, headers=headers) for _ in range(2)]
    assert first.status_code == 200
    assert refused(second, 409)
    # The same id over another call is no other webhook.
    assert refused(await api.post(address("replicate", uuid4()), content=BODY, headers=headers), 409)
    assert await rung(bell, redis_dsn) == [call_id]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_body_that_is_too_large_is_refused_while_it_comes(api, bell, redis_dsn, vendor):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    for content in (b"x" * (1024 * 1024 + 1), endless()):
        answer = await api.post(address(vendor, uuid4()), content=content, headers=signed())
        assert refused(answer, 413)
    assert await rung(bell, redis_dsn) == []


@pytest.mark.parametrize("vendor", VENDORS)
async def test_while_redis_is_away_a_hint_should_come_again(database_dsn, vendor):
    async with running(database_url=database_dsn, redis_url=NOWHERE) as api:
        answer = await post(api, vendor, address(vendor, uuid4()))
    assert refused(answer, 503)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_house_without_a_secret_takes_no_hints(database_dsn, redis_dsn, bell, vendor):
    call_id = uuid4()
    async with running(database_url=database_dsn, redis_url=redis_dsn, jwt_secret="") as api:
        assert refused(await post(api, vendor, address(vendor, call_id, sign_call("", call_id))), 403)
    assert await rung(bell, redis_dsn) == []


async def test_a_house_that_knows_no_signing_secret_takes_no_hint_of_replicate(database_dsn, redis_dsn, bell):
    async with running(database_url=database_dsn, redis_url=redis_dsn, image_backends=("preview",)) as api:
        assert refused(await post(api, "replicate", address("replicate", uuid4())), 403)
    assert await rung(bell, redis_dsn) == []


async def test_the_signing_secret_of_the_settings_is_the_one_that_counts(database_dsn, redis_dsn):
    own = "whsec_" + base64.b64encode(b"the secret of our account").decode()
    async with running(database_url=database_dsn, redis_url=redis_dsn, replicate_webhook_secret=own) as api:
        for secret, status in ((own, 200), (SANDBOX_WEBHOOK_SECRET, 403)):
            headers = signed(secret=secret)
            answer = await api.post(address("replicate", uuid4()), content=BODY, headers=headers)
            assert answer.status_code == status


@pytest.mark.parametrize("vendor", VENDORS)
async def test_only_a_post_is_a_hint(api, vendor):
    assert refused(await api.get(address(vendor, uuid4())), 405)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_hint_wakes_who_waits_for_the_call_in_a_worker(api, redis_dsn, deadline, vendor):
    hints, call_id = Hints(), uuid4()
    async with redis.asyncio.Redis.from_url(redis_dsn) as client:
        hearing = asyncio.create_task(keep_hearing_hints(client, NAMESPACE, hints))
        waiting = asyncio.create_task(hints.wait(call_id, deadline))
        other = asyncio.create_task(hints.wait(uuid4(), deadline))
        async with asyncio.timeout(deadline):
            while dict(await client.pubsub_numsub(channel_of(NAMESPACE)))[channel_of(NAMESPACE).encode()] == 0:
                pass
        assert (await post(api, vendor, address(vendor, call_id))).status_code == 200
        assert await waiting, "it rang"
        assert not other.done()
        for task in (hearing, other):
            task.cancel()
        await asyncio.gather(hearing, other, return_exceptions=True)


async def test_a_worker_hears_again_after_redis_dropped_it_and_after_rubbish(redis_dsn, deadline):
    hints, call_id = Hints(), uuid4()
    async with redis.asyncio.Redis.from_url(redis_dsn) as client, redis.asyncio.Redis.from_url(redis_dsn) as other:
        hearing = asyncio.create_task(keep_hearing_hints(client, NAMESPACE, hints))
        waiting = asyncio.create_task(hints.wait(call_id, deadline))

        async def is_heard(word: str) -> bool:
            return bool(await other.publish(channel_of(NAMESPACE), word))

        async with asyncio.timeout(deadline):
            while not await is_heard("no id at all"):
                pass
            await other.client_kill_filter(_type="pubsub")
            while not waiting.done():
                await is_heard(str(call_id))
        assert waiting.result()
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
