"""Weights of a model over signed links: for whoever was given one, while it holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from config.failpoints import Write
from db.pool import Database
from repository.version_weights import VersionWeightsRepository
from services.models.weights_links import is_link_valid, sign_link, weights_url
from services.storage import Storage
from tests.integration.api.test_house import running

SECRET = "a secret of this house"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def parts_of(url: str) -> tuple[int, str]:
    query = httpx.URL(url).params
    return int(query["expires"]), query["signature"]


def test_a_link_holds_for_its_version_until_it_expires() -> None:
    expires, signature = parts_of(weights_url("https://photos.example", SECRET, lambda: NOW)(7))
    assert is_link_valid(SECRET, 7, expires, signature, NOW)
    assert not is_link_valid(SECRET, 8, expires, signature, NOW)
    assert not is_link_valid(SECRET, 7, expires + 1, signature, NOW)
    assert not is_link_valid("another secret", 7, expires, signature, NOW)
    assert not is_link_valid(SECRET, 7, expires, signature, NOW + timedelta(hours=3))


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 10])
def test_a_signature_that_is_none_of_ours_opens_nothing(signature: str) -> None:
    assert not is_link_valid(SECRET, 7, 2**31, signature, NOW)
    assert sign_link(SECRET, 7, 2**31) != signature


async def test_the_weights_come_whole_by_their_link_and_by_no_other(
    database_dsn: str, redis_dsn: str, database: Database, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 4096
    storage = Storage.open(tmp_path.as_uri())
    await storage.put(Write.WEIGHTS_STORE, "weights/k.safetensors", content)
    await database.reading.execute(
        """
        INSERT INTO "User" (user_id, tokens_left) VALUES (1, 0);
        INSERT INTO "Model" (model_id, user_id, name, trigger_word) VALUES (1, 1, 'n', 't');
        INSERT INTO "ModelVersion" (version_id, model_id, number, photos, architecture) VALUES (7, 1, 1, 10, 'flux1');
        """
    )
    await VersionWeightsRepository(database.reading).keep_weights(7, "weights/k.safetensors", len(content), b"h")
    url = weights_url("http://house", SECRET)
    async with running(
        database_url=database_dsn, redis_url=redis_dsn, storage_url=tmp_path.as_uri(), jwt_secret=SECRET
    ) as api:
        answer = await api.get(url(7))
        assert (answer.status_code, answer.content) == (200, content)
        assert (await api.get(url(8))).status_code == 404
        assert (await api.get(url(7).replace("/7?", "/8?"))).status_code == 403
        assert (await api.get("/files/weights/7")).status_code == 422
    async with running(database_url=database_dsn, redis_url=redis_dsn, storage_url=tmp_path.as_uri()) as api:
        assert (await api.get(weights_url("http://house", "")(7))).status_code == 403, "without a secret nobody may"
