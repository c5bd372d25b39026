"""The API about the house itself, over real servers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import redis.asyncio
import structlog
import yaml
from structlog.testing import capture_logs

from api.app import create_app
from api.schemas.house import InvalidRequest
from api.spec import SPEC, spec_text
from config.settings import Settings
from services.backend_words import STALE_AFTER, BackendWords, Word

SECRET = "a-secret-of-the-webhook"


@asynccontextmanager
async def running(peer: str = "127.0.0.1", **given: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The application between its start and its end, asked from this address."""
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=(peer, 4711), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


@pytest.fixture
async def api(database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    async with running(database_url=database_dsn, redis_url=redis_dsn) as client:
        yield client


FINE = Word(True, "fine")


async def tell_of_backend(redis_dsn: str, name: str, word: Word = FINE, worker: str = "a worker") -> None:
    async with redis.asyncio.Redis.from_url(redis_dsn) as client:
        await BackendWords(client, "dreamphoto:sandbox").say(worker, {name: word})


async def test_it_says_who_it_is(api):
    assert (await api.get("/")).json() == {"name": "Dream Photo", "version": "0.1.0"}


async def test_a_house_with_a_working_backend_is_healthy(api, redis_dsn):
    await tell_of_backend(redis_dsn, "preview")
    health = (await api.get("/health")).json()
    assert health["status"] == "healthy"
    assert (health["database"], health["redis"], health["runware_connected"]) == (True, True, False)
    assert (health["queue"], health["running"]) == ({}, 0)


async def test_a_worker_that_fell_silent_is_no_longer_believed(api, redis_dsn):
    await tell_of_backend(redis_dsn, "runware")
    async with redis.asyncio.Redis.from_url(redis_dsn) as client:
        ((field, word),) = (await client.hgetall("dreamphoto:sandbox:backends")).items()
        said_at, _, rest = word.decode().partition(" ")
        await client.hset("dreamphoto:sandbox:backends", field, f"{float(said_at) - STALE_AFTER} {rest}")
    health = (await api.get("/health")).json()
    assert (health["status"], health["runware_connected"]) == ("degraded", False)


async def test_a_vendor_is_connected_while_any_worker_reaches_it_unless_one_has_a_wrong_key(api, redis_dsn):
    await tell_of_backend(redis_dsn, "runware")
    await tell_of_backend(redis_dsn, "runware", Word(False, "no answer"), worker="another")
    await tell_of_backend(redis_dsn, "replicate")
    await tell_of_backend(redis_dsn, "replicate", Word(False, "wrong key", is_lasting=True), worker="another")
    health = (await api.get("/health")).json()
    assert (health["runware_connected"], health["replicate_connected"]) == (True, False)
    assert health["backends"] == {
        "runware": {"available": True, "detail": "fine (1 of 2 workers: no answer)"},
        "replicate": {"available": False, "detail": "wrong key (1 of 2 workers)"},
    }


async def test_without_its_servers_it_starts_says_so_and_answers_soon():
    async with running(database_url="postgresql://x@127.0.0.1:9/x", redis_url="redis://127.0.0.1:9/0") as api:
        began = time.monotonic()
        health = (await api.get("/health")).json()
        assert (health["status"], health["database"], health["redis"]) == ("degraded", False, False)
        ready = await api.get("/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "unavailable")
        assert time.monotonic() - began < 5


async def test_a_server_that_takes_the_call_and_says_nothing_does_not_hold_the_answer(redis_dsn):
    silent = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with running(database_url=f"postgresql://x@127.0.0.1:{port}/x", redis_url=redis_dsn) as api:
        began = time.monotonic()
        assert (await api.get("/health")).json()["database"] is False
        assert time.monotonic() - began < 4
    silent.close()


async def test_ready_means_that_both_servers_answer(api):
    assert (await api.get("/ready")).json() == {"ready": True}


async def test_metrics_are_for_this_machine_only(database_dsn, redis_dsn):
    async with running(database_url=database_dsn, redis_url=redis_dsn) as api:
        await api.get("/ready")
        text = (await api.get("/metrics")).text
        assert 'dreamphoto_http_requests_total{method="GET",route="/ready",status="200"} 1.0' in text
        assert 'dreamphoto_tasks_waiting{lane="cpu"} 0.0' in text
        proxied = await api.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert proxied.status_code == 403
    async with running(peer="10.1.2.3", database_url=database_dsn, redis_url=redis_dsn) as api:
        assert (await api.get("/metrics")).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nothing", 404, "not_found"), ("DELETE", "/health", 405, "method_not_allowed")],
)
async def test_errors_are_problem_details(api, method, path, status, code):
    answer = await api.request(method, path, headers={"X-Request-ID": "my-own-request-id"})
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["instance"]) == (status, code, path)
    assert body["correlation_id"] == answer.headers["x-request-id"] == "my-own-request-id"


async def test_a_request_id_that_is_no_id_is_replaced(api):
    answer = await api.get("/", headers={"X-Request-ID": "<script>"})
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_there_is_no_webhook_while_the_bot_polls(api):
    assert (await api.post("/webhooks/telegram", json={"update_id": 1})).status_code == 404


@pytest.fixture
async def webhook(database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    async with running(
        database_url=database_dsn,
        redis_url=redis_dsn,
        bot_token="42:TEST",
        telegram_api_url="http://127.0.0.1:9",
        bot_mode="webhook",
        public_base_url="https://example.org",
        telegram_webhook_secret=SECRET,
    ) as client:
        yield client


async def test_a_webhook_call_needs_the_secret(webhook):
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}):
        answer = await webhook.post("/webhooks/telegram", json={"update_id": 1}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_update_that_is_not_handled_yet_is_asked_for_again(webhook):
    """Telegram is away here: the reply cannot be sent, so that the update must not count as received."""
    sender = {"id": 7, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": sender, "text": "/start"}
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await webhook.post(
            "/webhooks/telegram",
            json={"update_id": 1, "message": message},
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET, "X-Request-ID": "my-own-request-id"},
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert {"request.unavailable", "request"} <= {line["event"] for line in lines}
    assert {line["correlation_id"] for line in lines} == {"my-own-request-id"}, "the bot's lines are the request's"


async def test_an_update_that_nobody_can_read_is_not_asked_for_again(webhook):
    answer = await webhook.post(
        "/webhooks/telegram",
        json={"update_id": 1, "message": "rubbish"},
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"x" * 2_000_000])
async def test_rubbish_is_refused_with_a_reason(webhook, body):
    answer = await webhook.post("/webhooks/telegram", content=body, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert answer.status_code in (413, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_specification_is_what_the_application_offers():
    assert SPEC.read_text() == spec_text(), "run: python -m api.spec"
    assert yaml.safe_load(SPEC.read_text())["openapi"].startswith("3.")


def test_the_specification_lists_every_problem_as_it_is_sent():
    description = yaml.safe_load(SPEC.read_text())
    problems = [
        (path, status, answer["content"])
        for path, operations in description["paths"].items()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    ]
    assert len(problems) >= 10
    for path, status, content in problems:
        assert list(content) == ["application/problem+json"], (path, status)
        name = content["application/problem+json"]["schema"]["$ref"].rsplit("/", 1)[1]
        assert name in ("Problem", "InvalidRequest"), (path, status)


async def test_a_request_of_the_wrong_form_is_answered_as_the_specification_says(api):
    body = (await api.get("/files/weights/none", params={"expires": 0, "signature": "x"})).json()
    InvalidRequest.model_validate(body, strict=True, extra="forbid")
    assert [wrong["where"] for wrong in body["errors"]] == ["path.version_id"]
