"""The owner's LoRAs, chosen in the chat page of a whole house over Runware's stand-in, in both languages.

With SHOTS_DIR set, every screen is left there as a picture.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.pool import Database
from tests.browser.chromium import Browser
from tests.browser.test_personal_model import Walk, head
from tests.e2e.conftest import House, start_house
from tests.e2e.test_personal_model import dsn_of, hurry
from tests.integration.extra_loras import add_extra_lora
from tests.texts import TEXTS

pytestmark = pytest.mark.long

FILM, REAL, OWN = "runware:20@1", "civitai:796382@1026423", "civitai:652699@993999"
"""LoRAs that the stand-in knows."""


@pytest.fixture(scope="module")
def house(open_folder: Path) -> Iterator[House]:
    settings = {"IMAGE_BACKENDS": "runware", "JWT_SECRET": "a-secret-of-this-house"}
    with start_house(open_folder / "effects", **settings) as running:
        hurry(running.vendor_url("runware"), seconds=0.5)
        yield running


@pytest.mark.parametrize(("locale", "name", "noun"), [("ru", "Анна", "woman"), ("en", "Ben", "man")])
async def test_effects_are_chosen_and_reach_the_vendor_with_and_without_a_model(
    house: House, browser: Browser, locale: str, name: str, noun: str
) -> None:
    t = TEXTS.bound(locale)
    page = await browser.page("ru-RU" if locale == "ru" else "en-US")
    await page.size(430, 932, scale=1.5)
    async with (
        httpx.AsyncClient(base_url=house.sandbox_url, timeout=60) as http,
        await Database.connect(dsn_of(house)) as db,
    ):
        await add_extra_lora(db, "Film grain", "runware", weight=0.6, trigger_words="flmgrn", vendor_id=FILM)
        await add_extra_lora(db, "Живое фото", "runware", vendor_id=REAL)
        person = (await http.post("/sim/users", json={"first_name": name, "language_code": locale})).json()["id"]
        await page.goto(f"{house.sandbox_url}/#{person}")
        walk = Walk(page, http, person, t)
        await walk.writes("/start")
        await walk.offered(t.plain("button-models"))
        await _model(db, person, name, noun)
        await _make(walk, "at the sea", "Film grain", "Живое фото")
        task = _latest(house)
        assert task["positivePrompt"].startswith(f"{_trigger(person)} {noun}, flmgrn, at the sea")
        assert task["lora"] == [
            {"model": OWN, "weight": 1},
            {"model": FILM, "weight": 0.6},
            {"model": REAL, "weight": 1},
        ]
        await db.reading.execute("""UPDATE "User" SET default_model_id = NULL WHERE user_id = $1""", person)
        await db.reading.execute("""DELETE FROM "Model" WHERE user_id = $1""", person)
        await _make(walk, "a fox", "Film grain")
        task = _latest(house)
        assert (task["positivePrompt"], task["lora"]) == ("flmgrn, a fox", [{"model": FILM, "weight": 0.6}])
    assert page.problems == []
    await page.close()


async def _make(walk: Walk, words: str, *effects: str) -> None:
    """A picture from words with these effects, to its end."""
    t = walk.t
    await walk.writes("/generate")
    await walk.presses(t.plain("button-words-only"))
    await walk.reads(head(t, "words"))
    await walk.writes(words)
    await walk.presses(t.plain("button-fine-tuning"))
    await walk.offered(t.plain("button-extra-loras"))
    await walk.looks("fine-tuning")
    await walk.presses(t.plain("button-extra-loras"))
    for effect in effects:
        await walk.presses(effect)
        await walk.offered(t.plain("button-chosen", choice=effect))
    await walk.looks("effects")
    await walk.presses(t.plain("button-to-card"))
    await walk.offered(t.plain("button-unwanted"))
    await walk.looks("fine-tuning-chosen")
    await walk.presses(t.plain("button-to-card"))
    await walk.reads(head(t, "card-extra-loras", names=", ".join(effects), count=len(effects)))
    await walk.looks("card")
    await walk.presses(t.plain("button-make-for", price=5))
    await walk.offered(t.plain("button-again"))
    await walk.looks("made")


def _latest(house: House) -> dict[str, Any]:
    """The last picture that the vendor was asked for."""
    frames = httpx.get(f"{house.vendor_url('runware')}/sim/requests").json()["frames"]
    tasks = [task["task"] for frame in frames for task in frame["tasks"]]
    return dict([task for task in tasks if task["taskType"] == "imageInference"][-1])


def _trigger(person: int) -> str:
    return f"zxkq{person}"


async def _model(db: Database, person: int, name: str, subject: str) -> None:
    """A personal model of theirs, served by Runware."""
    await db.reading.execute(
        """
        WITH model AS (
            INSERT INTO "Model" (user_id, name, trigger_word, subject_class, status)
            VALUES ($1, $2, $3, $4, 'ready') RETURNING model_id
        ), version AS (
            INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, weights_key, weights_bytes,
                                        weights_sha256)
            SELECT model_id, 1, 'ready', 12, 'flux1', 'models/' || gen_random_uuid(), 1, '\\x00' FROM model
            RETURNING version_id
        )
        INSERT INTO "ModelServing" (version_id, backend, vendor_id) SELECT version_id, 'runware', $5 FROM version
        """,
        *(person, name, _trigger(person), subject, OWN),
    )
    await db.reading.execute(
        """
        UPDATE "Model" m SET version_id = v.version_id FROM "ModelVersion" v
        WHERE v.model_id = m.model_id AND m.user_id = $1
        """,
        person,
    )
