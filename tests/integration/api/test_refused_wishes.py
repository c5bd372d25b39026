"""A wish that is not made here is a problem detail with a stable code and its kind."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.app import create_app
from config.settings import Settings
from services.orders import TextToImageOrder
from services.safety.prompts import Safety


@pytest.fixture
async def api(database, database_dsn, redis_dsn) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(_env_file=None, database_url=database_dsn, redis_url=redis_dsn))
    safety = Safety(database)

    @app.post("/wishes")
    async def wishes(order: TextToImageOrder) -> None:
        await safety.check_prompt(order, style=None)

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


@pytest.mark.parametrize(
    ("prompt", "kind"), [("a nude man", "adult"), ("nude child", "minor_adult"), ("fake passport", "forgery")]
)
async def test_a_refused_wish_carries_its_code_and_its_kind_and_not_its_words(api, prompt, kind):
    answer = await api.post("/wishes", json={"prompt": prompt})
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (body["code"], body["kind"]) == ("prompt_refused", kind)
    assert prompt not in answer.text


async def test_an_ordinary_wish_passes(api):
    assert (await api.post("/wishes", json={"prompt": "a farmhouse in Essex"})).status_code == 200
