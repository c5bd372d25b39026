"""What the tests of the bot's door share: the Telegram sandbox on a free port, a bot that speaks to it, its hands."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from sandbox.telegram.app import create_app
from sandbox.telegram.serving import make_server
from sandbox.telegram.world import World

TOKEN = "4242:TEST-token"


@dataclass
class Telegram:
    """A running sandbox, a bot of its own, and the hands of the people who use it."""

    bot: Bot
    http: httpx.AsyncClient
    url: str
    world: World

    async def person(self, first_name: str = "Anna", **more: Any) -> int:
        """Somebody whom the bot may write to."""
        answer = await self.http.post("/sim/users", json={"first_name": first_name, **more})
        person_id = int(answer.raise_for_status().json()["id"])
        await self.write(person_id, "/start")
        return person_id

    async def write(self, person_id: int, *texts: str) -> None:
        for text in texts:
            await self._post(f"/sim/users/{person_id}/messages", {"text": text})

    async def block(self, person_id: int) -> None:
        await self._post(f"/sim/users/{person_id}/block", {"blocked": True})

    async def fault(self, **fault: Any) -> None:
        await self._post("/sim/faults", fault)

    async def messages(self, person_id: int) -> list[dict[str, Any]]:
        """What the bot has in the chat now."""
        answer = await self.http.get(f"/sim/users/{person_id}/chat")
        return [message for message in answer.json()["messages"] if message["from"] == "bot"]

    async def calls(self, method: str) -> list[dict[str, Any]]:
        answer = await self.http.get("/sim/calls", params={"method": method})
        return list(answer.raise_for_status().json()["calls"])

    async def confirm_all(self) -> None:
        """Take what has come so far off the bot's queue."""
        while updates := await self.bot.get_updates(timeout=0):
            await self.bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.http.post(path, json=body)
        assert answer.is_success, answer.text


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[Telegram]:
    # The protocol by name: only then asyncio turns Nagle's algorithm off, which would cost 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = create_app(TOKEN, tmp_path / "telegram")
    server = make_server(app, "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"http://127.0.0.1:{port}"
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield Telegram(bot, http, url, app.state.world)
    await bot.session.close()
    server.should_exit = True
    await asyncio.wait([serving])
