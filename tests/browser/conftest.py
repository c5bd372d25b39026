"""A sandbox process, a scripted bot and a page in a headless Chromium, fresh for each test."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import skimage.data
from PIL import Image

from tests.browser.bot import TOKEN, Bot
from tests.browser.chromium import Browser, Page, chromium, connect
from tests.conftest import ROOT, free_port

START_SECONDS = 30.0


@dataclass
class Server:
    """The sandbox's process, which may end and come back at the same address with what it has kept."""

    port: int
    state_dir: Path

    def start(self) -> None:
        """Start it; it answers a moment later."""
        place = ["--port", str(self.port), "--state-dir", str(self.state_dir)]
        self._process = subprocess.Popen([sys.executable, "-m", "sandbox.telegram", "--token", TOKEN, *place], cwd=ROOT)

    def stop(self) -> None:
        """End it and wait until it is gone."""
        self._process.terminate()
        self._process.wait(timeout=10)


@dataclass
class Sandbox:
    """A running sandbox with its bot."""

    url: str
    http: httpx.AsyncClient
    bot: Bot
    server: Server

    async def answers(self) -> None:
        """Wait until the server answers."""
        await asyncio.wait_for(_answers(self.http), START_SECONDS)

    async def person(self, first_name: str = "Anna", **more: Any) -> int:
        """Make a person and return their id."""
        answer = await self.http.post("/sim/users", json={"first_name": first_name, **more})
        return int(answer.raise_for_status().json()["id"])

    async def reader(self, first_name: str = "Anna", **more: Any) -> int:
        """Make a person who has pressed Start, whose update the bot has taken."""
        person_id = await self.person(first_name, **more)
        await self.writes(person_id, "/start")
        await self.bot.update("message")
        return person_id

    async def writes(self, person_id: int, text: str) -> None:
        """Let a person write a text, without the page."""
        (await self.http.post(f"/sim/users/{person_id}/messages", json={"text": text})).raise_for_status()

    async def chat(self, person_id: int) -> dict[str, Any]:
        """Return a chat as the server tells it."""
        return dict((await self.http.get(f"/sim/users/{person_id}/chat")).raise_for_status().json())


@pytest.fixture(scope="session")
def chromium_address() -> Iterator[str]:
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        pytest.skip("the page's tests need Chromium: apt-get install -y chromium")
    with chromium(binary) as address:
        yield address


@pytest.fixture
async def browser(chromium_address: str) -> AsyncIterator[Browser]:
    async with connect(chromium_address) as connected:
        yield connected


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(free_port(), tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def sandbox(server: Server) -> AsyncIterator[Sandbox]:
    url = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        started = Sandbox(url, http, Bot(http), server)
        await started.answers()
        yield started


async def _answers(http: httpx.AsyncClient) -> None:
    while True:
        try:
            await http.get("/sim/users")
        except httpx.TransportError:
            await asyncio.sleep(0.05)
        else:
            return


@pytest.fixture
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    """A page in English; a test fails where it threw or was refused something."""
    opened = await browser.page()
    yield opened
    await opened.close()
    assert opened.problems == []


@pytest.fixture
def open_chat(page: Page, sandbox: Sandbox) -> Callable[[int], Awaitable[Page]]:
    """Open the page at a person's chat and wait until it shows."""

    async def opened(person_id: int) -> Page:
        await page.goto(f"{sandbox.url}/#{person_id}")
        await page.sees("#header small", "bot")
        return page

    return opened


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """NASA's public-domain portrait of Eileen Collins, as PNG."""
    return _png(Image.fromarray(skimage.data.astronaut()))


@pytest.fixture(scope="session")
def pictures() -> list[bytes]:
    """Ten small pictures of different shapes and colours."""
    shapes = [(640, 480), (480, 640), (600, 600), (800, 450), (450, 600)] * 2
    return [_png(Image.new("RGB", shape, f"hsl({36 * place}, 45%, 55%)")) for place, shape in enumerate(shapes)]


def _png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
