"""What surrounds every route: mistakes of ours, other sites' pages, and what the process does not load."""

import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from api.app import create_app
from config.settings import Settings
from services.errors import NotEnoughTokens
from tests.conftest import ROOT

SITE = "https://photos.example"


@pytest.fixture
async def api(database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(_env_file=None, database_url=database_dsn, redis_url=redis_dsn, cors_origins=(SITE,)))

    @app.get("/mistake")
    async def mistake() -> None:
        raise RuntimeError("a secret of the house")

    @app.get("/poor")
    async def poor() -> None:
        raise NotEnoughTokens(price=5, tokens_left=1)

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


async def test_a_mistake_of_ours_is_a_problem_without_a_trace_of_it(api):
    answer = await api.get("/mistake", headers={"X-Request-ID": "my-own-request-id", "Origin": SITE})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal",
        "instance": "/mistake",
        "correlation_id": "my-own-request-id",
    }
    assert answer.headers["x-request-id"] == "my-own-request-id"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == SITE, "a browser must be able to read it"


async def test_a_mistake_is_counted(api):
    await api.get("/mistake")
    text = (await api.get("/metrics")).text
    assert 'dreamphoto_http_requests_total{method="GET",route="/mistake",status="500"} 1.0' in text


async def test_what_the_product_refuses_carries_its_code_and_its_figures(api):
    answer = await api.get("/poor")
    body = answer.json()
    assert (answer.status_code, body["code"], body["price"], body["tokens_left"]) == (402, "not_enough_tokens", 5, 1)


async def test_a_front_end_of_the_settings_may_send_what_the_api_asks_for(api):
    asked = {
        "Origin": SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    answer = await api.options("/", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SITE
    refused = await api.options("/", headers=asked | {"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in refused.headers


def test_while_the_bot_polls_the_api_does_not_load_aiogram():
    """It would take more memory than all the rest of the process."""
    loaded = "import api.app, api.lifecycle, sys; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT).returncode == 0
