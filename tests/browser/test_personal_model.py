"""A personal model, walked in the chat page of a whole house over the vendors' stand-ins, in both languages.

With SHOTS_DIR set, every screen is left there as a picture.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.texts import Translate
from tests.browser.chromium import Browser, Page
from tests.e2e.conftest import House, start_house
from tests.e2e.test_personal_model import hurry
from tests.selfies import selfie, without_face
from tests.texts import TEXTS

pytestmark = pytest.mark.long

PATIENCE_MS = 40_000
PHOTOS = 12
TOO_WIDE = """[...document.querySelectorAll('#chat *')].filter((n) => n.checkVisibility()
    && !n.closest('pre, .effects, .skip') && n.getBoundingClientRect().right > innerWidth + 1)
    .map((n) => n.outerHTML)"""
CUT_OFF = """[...document.querySelectorAll('.key')].filter((n) => n.checkVisibility()
    && n.scrollWidth > n.clientWidth + 1).map((n) => n.innerText)"""


@pytest.fixture(scope="module")
def house(open_folder: Path) -> Iterator[House]:
    settings = {
        "IMAGE_BACKENDS": os.environ.get("SHOTS_BACKENDS", "runware,replicate"),
        "TRAINING_BACKENDS": "preview" if os.environ.get("SHOTS_BACKENDS") == "preview" else "replicate",
        "JWT_SECRET": "a-secret-of-this-house",
    }
    with start_house(open_folder / "walked", **settings) as running:
        if "SHOTS_BACKENDS" not in os.environ:
            hurry(running.vendor_url("replicate"), training_seconds=2, seconds=0.5)
            hurry(running.vendor_url("runware"), seconds=0.5)
        yield running


class Walk:
    """Somebody at the page of a phone's width."""

    def __init__(self, page: Page, http: httpx.AsyncClient, person_id: int, t: Translate) -> None:
        self._page = page
        self._http = http
        self._person_id = person_id
        self.t = t
        self._shots = 0

    async def writes(self, text: str) -> None:
        """Without the page's field: that has tests of its own."""
        await self._post("messages", json={"text": text})

    async def sends(self, *photos: bytes) -> None:
        """An album."""
        await self._post("messages", files=[("photo", ("p.jpg", photo, "image/jpeg")) for photo in photos])

    async def pays(self) -> None:
        """The bill, once it has come."""
        address, bills, view = f"/sim/users/{self._person_id}/chat", [], {"version": 0}
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not bills:
                view = (await self._http.get(address, params={"after": view["version"], "timeout": 5})).json()
                bills = [message for message in view["messages"] if message.get("invoice")]
        await self._post("pay", json={"message_id": bills[-1]["message_id"]})

    async def presses(self, label: str) -> None:
        """A button, with a finger."""
        await self.offered(label)
        await self._page.click(".key", label)

    async def offered(self, label: str) -> None:
        await self._wait(".key", label)

    async def reads(self, words: str) -> None:
        """Until the bot says so."""
        await self._wait(".message.bot", words)

    async def looks(self, name: str) -> None:
        """Nothing is cut off or wider than the window; a picture of it where that is asked for."""
        await self._page.js("document.querySelectorAll('.toast').forEach((n) => n.remove())")
        assert await self._page.js(TOO_WIDE) == []
        assert await self._page.js(CUT_OFF) == []
        if folder := os.environ.get("SHOTS_DIR"):
            await asyncio.sleep(0.6)  # for what moves: nothing is tested of the picture
            self._shots += 1
            place = Path(folder) / f"{self.t.locale}-{self._shots:02}-{name}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(await self._page.shot())

    async def _wait(self, selector: str, words: str) -> None:
        text = words.replace("\\", "\\\\").replace("'", "\\'")
        await self._page.until(
            f"[...document.querySelectorAll('{selector}')].some(n => n.checkVisibility() && "
            f"n.innerText.includes('{text}'))",
            PATIENCE_MS,
        )

    async def _post(self, action: str, **request: object) -> None:
        answer = await self._http.post(f"/sim/users/{self._person_id}/{action}", **request)  # type: ignore[arg-type]
        answer.raise_for_status()


def head(t: Translate, key: str, **values: str | int) -> str:
    """The first line of a text, as it is read."""
    return t(key, **values).splitlines()[0].replace("<b>", "").replace("</b>", "")


@pytest.mark.parametrize(("locale", "name"), [("ru", "Анна"), ("en", "Anna")])
async def test_a_person_walks_from_the_first_word_to_a_portrait(
    house: House, browser: Browser, locale: str, name: str
) -> None:
    t = TEXTS.bound(locale)
    page = await browser.page("ru-RU" if locale == "ru" else "en-US")
    await page.size(430, 932, scale=1.5)
    async with httpx.AsyncClient(base_url=house.sandbox_url, timeout=60) as http:
        person = (await http.post("/sim/users", json={"first_name": name, "language_code": locale})).json()["id"]
        await page.goto(f"{house.sandbox_url}/#{person}")
        walk = Walk(page, http, person, t)
        await _collect(walk)
        await _describe_and_pay(walk, name)
        await _train(walk, name)
        await _draw(walk, name)
        await _care(walk, name)
    assert page.problems == []
    await page.close()


async def _collect(walk: Walk) -> None:
    t = walk.t
    await walk.writes("/start")
    await walk.offered(t.plain("button-models"))
    await walk.looks("welcome")
    await walk.presses(t.plain("button-models"))
    await walk.offered(t.plain("button-new-model"))
    await walk.looks("no-models")
    await walk.presses(t.plain("button-new-model"))
    await walk.offered(t.plain("button-train-agree"))
    await walk.looks("consent")
    await walk.presses(t.plain("button-train-agree"))
    await walk.reads(head(t, "train-card"))
    await walk.looks("how")
    await walk.sends(*(selfie(number) for number in range(6)))
    await walk.sends(selfie(6), selfie(6), without_face())
    await walk.offered(t.plain("button-train-remove-bad", count=2))
    await walk.looks("card-too-few")
    await walk.presses(t.plain("button-train-photos"))
    await walk.offered("❌ 9")
    await walk.looks("photos")
    await walk.presses("❌ 9")
    await walk.offered(t.plain("button-train-remove"))
    await walk.looks("photo")
    await walk.presses(t.plain("button-train-card"))
    await walk.presses(t.plain("button-train-remove-bad", count=2))
    await walk.sends(*(selfie(number) for number in range(7, PHOTOS)))
    await walk.offered(t.plain("button-train-continue"))
    await walk.reads(t("train-count-good", count=PHOTOS))
    await walk.looks("card-enough")


async def _describe_and_pay(walk: Walk, name: str) -> None:
    t = walk.t
    await walk.presses(t.plain("button-train-continue"))
    await walk.offered(t.plain("train-subject-woman"))
    await walk.looks("subject")
    await walk.presses(t.plain("train-subject-woman"))
    await walk.presses(t.plain("train-hair-medium"))
    await walk.offered(t.plain("button-train-next"))
    await walk.looks("traits")
    await walk.presses(t.plain("button-train-next"))
    await walk.reads(head(t, "train-name"))
    await walk.looks("name")
    await walk.presses(t.plain("button-train-name", name=name))
    await walk.reads(head(t, "train-summary"))
    await walk.looks("summary-too-few-tokens")
    await walk.presses(t.plain("button-buy"))
    await walk.presses("· 100 ")
    await walk.pays()
    await walk.offered(t.plain("button-train-go-back"))
    await walk.looks("paid")


async def _train(walk: Walk, name: str) -> None:
    t = walk.t
    await walk.presses(t.plain("button-train-go-back"))
    await walk.presses(t.plain("button-train-continue"))
    await walk.presses(t.plain("button-train-order", tokens=250))
    await walk.looks("training")
    await walk.reads(head(t, "train-ending-ready", name=name))
    await walk.looks("ready")
    await walk.reads(head(t, "train-ending-samples", name=name))
    await walk.looks("samples")


async def _draw(walk: Walk, name: str) -> None:
    t = walk.t
    await walk.writes("/generate")
    await walk.offered(t.plain("button-with-model"))
    await walk.looks("generate")
    await walk.presses(t.plain("button-with-model"))
    await walk.presses("Портрет" if t.locale == "ru" else "Portrait")
    await walk.presses("Золотой час" if t.locale == "ru" else "Golden hour")
    await walk.offered(t.plain("button-make-for", price=5))
    await walk.looks("card")
    await walk.presses(t.plain("button-make-for", price=5))
    await walk.offered(t.plain("button-vary"))
    await walk.looks("portrait")
    await walk.presses(t.plain("button-again"))
    await walk.offered("4")
    await walk.presses("4")
    await walk.presses(t.plain("button-make-for", price=20))
    await walk.reads(t("ending-charged", charged=20, left=255))
    await walk.looks("album")


async def _care(walk: Walk, name: str) -> None:
    t = walk.t
    await walk.writes("/models")
    await walk.presses(f"⭐ {name}")
    await walk.offered(t.plain("button-model-delete"))
    await walk.looks("model")
    await walk.presses(t.plain("button-model-retrain"))
    await _train_anew(walk, name)
    await walk.writes("/help")
    await walk.presses(t.plain("help-title-models"))
    await walk.reads(head(t, "help-models", price=250, hours=48, days=30))
    await walk.looks("help")
    await walk.writes("/settings")
    await walk.presses(t.plain("button-train-consent"))
    await walk.offered(t.plain("button-train-withdraw"))
    await walk.looks("consent-given")
    await walk.presses(t.plain("button-train-withdraw"))
    await walk.offered(t.plain("button-train-withdraw-really"))
    await walk.looks("withdraw")
    await walk.presses(t.plain("button-train-withdraw-really"))
    await walk.offered(t.plain("button-settings-back"))
    await walk.looks("withdrawn")
    await walk.writes("/models")
    await walk.presses(f"⭐ {name}")
    await walk.presses(t.plain("button-model-retrain"))
    await walk.presses(t.plain("button-train-agree"))
    await walk.reads(head(t, "train-before-erased"))
    await walk.looks("retrain-erased")
    await walk.writes("/models")
    await walk.presses(f"⭐ {name}")
    await walk.presses(t.plain("button-model-delete"))
    await walk.offered(t.plain("button-model-delete-really"))
    await walk.looks("delete")
    await walk.presses(t.plain("button-model-delete-really"))
    await walk.reads("DM-")
    await walk.looks("deleted")
    await walk.writes("/balance")
    await walk.looks("balance")


async def _train_anew(walk: Walk, name: str) -> None:
    """The photos of the training, one more, and the summary; it is not ordered."""
    t = walk.t
    await walk.reads(head(t, "train-card-again", name=name))
    await walk.reads(t("train-count-good", count=PHOTOS))
    await walk.looks("retrain")
    await walk.sends(selfie(PHOTOS), selfie(3))
    await walk.reads(head(t, "verdict-duplicate", number=4))
    await walk.looks("retrain-more")
    await walk.presses(t.plain("button-train-anew"))
    await walk.offered(t.plain("button-train-discard"))
    await walk.looks("retrain-discard")
    await walk.presses(t.plain("button-train-keep"))
    await walk.presses(t.plain("button-train-remove-bad", count=1))
    await walk.presses(t.plain("button-train-continue"))
    await walk.offered(t.plain("button-train-order-free"))
    await walk.looks("retrain-summary")
    await walk.presses(t.plain("button-train-card"))
    await walk.presses(t.plain("button-train-new"))
    await walk.reads(head(t, "train-another-set", count=1))
    await walk.looks("retrain-other")
    await walk.presses(t.plain("button-train-keep"))
