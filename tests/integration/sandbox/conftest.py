"""A real sandbox server on a free port for each test, driven by a real aiogram bot and by httpx."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update
from PIL import Image

from sandbox.telegram.app import create_app
from sandbox.telegram.serving import make_server

TOKEN = "4242:TEST-token"


@dataclass
class Person:
    """A person's hands in the sandbox."""

    id: int
    http: httpx.AsyncClient

    async def writes(self, text: str) -> int:
        answer = await self.post("messages", json={"text": text})
        return int(answer["message_ids"][0])

    async def sends(self, *parts: tuple[str, tuple[str, bytes, str]], caption: str | None = None) -> list[int]:
        data = {"caption": caption} if caption else None
        answer = await self.post("messages", files=list(parts), data=data)
        return list(answer["message_ids"])

    async def chat(self, after: int = -1, timeout: float = 5) -> dict[str, Any]:
        answer = await self.http.get(
            f"/sim/users/{self.id}/chat", params={"after": after, "timeout": timeout if after >= 0 else 0}
        )
        return dict(answer.raise_for_status().json())

    async def post(self, action: str, **request: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/sim/users/{self.id}/{action}", **request)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def changes(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/sim/users/{self.id}", json=changes)
        return dict(answer.raise_for_status().json())

    async def refused(self, action: str, **request: Any) -> tuple[int, str]:
        answer = await self.http.post(f"/sim/users/{self.id}/{action}", **request)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["description"]


@dataclass
class Sandbox:
    """A running server, with a bot and a client of the control API."""

    url: str
    bot: Bot
    http: httpx.AsyncClient

    async def person(self, first_name: str = "Anna", **more: Any) -> Person:
        answer = await self.http.post("/sim/users", json={"first_name": first_name, **more})
        return Person(answer.raise_for_status().json()["id"], self.http)

    async def reader(self, first_name: str = "Anna", **more: Any) -> Person:
        """A person who has pressed Start, whose update the bot has confirmed."""
        person = await self.person(first_name, **more)
        await person.writes("/start")
        updates = await self.updates()
        await self.bot.get_updates(offset=updates[-1].update_id + 1)
        return person

    async def updates(self, **parameters: Any) -> list[Update]:
        """Return the pending updates, waiting for the first for up to five seconds."""
        return await self.bot.get_updates(**{"timeout": 5, **parameters}, request_timeout=10)

    async def fault(self, **fault: Any) -> None:
        (await self.http.post("/sim/faults", json=fault)).raise_for_status()

    async def settings(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post("/sim/settings", json=changes)
        return dict(answer.raise_for_status().json())

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method as JSON and return its result."""
        answer = await self.http.post(f"/bot{TOKEN}/{method}", json=parameters)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    async def refusal(self, method: str, **parameters: Any) -> tuple[int, str]:
        """Call a method as JSON and return the code and the words with which it is refused."""
        answer = await self.http.post(f"/bot{TOKEN}/{method}", json=parameters)
        body = answer.json()
        assert body["ok"] is False, body
        assert body["error_code"] == answer.status_code
        return answer.status_code, body["description"]

    async def taken(self) -> list[Update]:
        """Return the pending updates and confirm them."""
        updates = await self.updates()
        await self.bot.get_updates(offset=updates[-1].update_id + 1)
        return updates

    async def calls(self, method: str) -> list[dict[str, Any]]:
        answer = await self.http.get("/sim/calls", params={"method": method})
        return list(answer.json()["calls"])


@asynccontextmanager
async def run_sandbox(state_dir: Path) -> AsyncIterator[Sandbox]:
    # The protocol by name: only then asyncio turns Nagle's algorithm off, which would cost 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = make_server(create_app(TOKEN, state_dir), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    try:
        async with httpx.AsyncClient(base_url=url, timeout=20) as http:
            yield Sandbox(url, bot, http)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, bot.session.close())


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with run_sandbox(tmp_path / "state") as running:
        yield running


@pytest.fixture
def start_sandbox() -> Callable[[Path], AbstractAsyncContextManager[Sandbox]]:
    return run_sandbox


@pytest.fixture
def picture() -> Callable[..., bytes]:
    def draw(width: int = 640, height: int = 480, colour: str = "teal", kind: str = "PNG") -> bytes:
        buffer = BytesIO()
        Image.new("RGB", (width, height), colour).save(buffer, kind)
        return buffer.getvalue()

    return draw
