"""The real bot against the Telegram sandbox, a real database and a real Redis; updates are handed over by the test."""

import asyncio
import functools
import io
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from PIL import Image

from bot.dispatcher import build_dispatcher
from bot.features.generate import style_pictures
from bot.house import House, open_house
from bot.loader import build_bot, close_bot
from config.settings import SANDBOX_TOKEN, Settings
from repository.users import User
from sandbox.telegram import files
from sandbox.telegram.app import create_app
from sandbox.telegram.serving import make_server
from tests.texts import TEXTS

STYLES = 14
"""More than a page of the gallery."""

# Every test begins with the same tiles and sends the same photos: to draw and to scale them anew is most of its work.
style_pictures.drawn_tile = functools.cache(style_pictures.drawn_tile)
files.make_renditions = functools.lru_cache(maxsize=32)(files.make_renditions)


@dataclass
class Chat:
    """A person at their phone. Whatever they do, the bot has handled it when the method returns."""

    id: int
    front: "Front"

    async def writes(self, text: str) -> None:
        await self.front.act(self.id, "messages", json={"text": text})

    async def sends(self, *pictures: bytes, caption: str | None = None) -> None:
        parts = [("photo", (f"{place}.png", content, "image/png")) for place, content in enumerate(pictures)]
        await self.front.act(self.id, "messages", files=parts, data={"caption": caption} if caption else None)

    async def sends_file(self, name: str, content: bytes, media_type: str) -> None:
        await self.front.act(self.id, "messages", files=[("document", (name, content, media_type))])

    async def presses(self, text: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
        """Press a button by a part of its text, on the last message if none is given; returns the answer."""
        shown = message or await self.last()
        for row in shown["buttons"]:
            for button in row:
                if text in button["text"]:
                    return await self.presses_data(shown["message_id"], button["data"])
        raise AssertionError(f"no button {text!r} in {shown['buttons']}")

    async def presses_data(self, message_id: int, data: str) -> dict[str, Any]:
        return await self.front.act(self.id, "press", json={"message_id": message_id, "data": data})

    async def messages(self) -> list[dict[str, Any]]:
        answer = await self.front.http.get(f"/sim/users/{self.id}/chat")
        return list(answer.raise_for_status().json()["messages"])

    async def from_bot(self) -> list[dict[str, Any]]:
        return [message for message in await self.messages() if message["from"] == "bot"]

    async def last(self) -> dict[str, Any]:
        return (await self.from_bot())[-1]

    async def text(self) -> str:
        """What the bot's last message says, as text or under a picture."""
        last = await self.last()
        return str(last.get("text") or last.get("caption"))

    async def person(self) -> User:
        person = await self.front.house.accounts.get(self.id)
        assert person is not None
        return person


@dataclass
class Front:
    """The bot in front of its people."""

    house: House
    bot: Bot
    dispatcher: Dispatcher
    http: httpx.AsyncClient
    handled: list[Update]

    async def meet(self, first_name: str = "Anna", language_code: str = "en", start: str | None = "/start") -> Chat:
        answer = await self.http.post("/sim/users", json={"first_name": first_name, "language_code": language_code})
        chat = Chat(int(answer.raise_for_status().json()["id"]), self)
        if start:
            await chat.writes(start)
        return chat

    async def act(self, person_id: int, action: str, **request: Any) -> dict[str, Any]:
        acting = asyncio.create_task(self.http.post(f"/sim/users/{person_id}/{action}", **request))
        while not acting.done():
            await self.handle_pending()
            await asyncio.wait({acting}, timeout=0.005)
        await self.handle_pending()
        answer = acting.result()
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def handle_pending(self) -> None:
        while updates := await self.bot.get_updates(offset=self._next(), timeout=0):
            self.handled += updates
            await asyncio.gather(*(self.dispatcher.feed_update(self.bot, update) for update in updates))

    async def calls(self, method: str) -> list[dict[str, Any]]:
        answer = await self.http.get("/sim/calls", params={"method": method})
        return list(answer.json()["calls"])

    async def fault(self, **fault: Any) -> None:
        (await self.http.post("/sim/faults", json=fault)).raise_for_status()

    def _next(self) -> int | None:
        return self.handled[-1].update_id + 1 if self.handled else None


@pytest.fixture
async def front(database_dsn: str, redis_dsn: str, tmp_path: Path) -> AsyncIterator[Front]:
    # The protocol by name: asyncio turns Nagle's algorithm off only for a socket that says it is TCP, and 40 ms
    # a call are the price of leaving it on.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = make_server(create_app(SANDBOX_TOKEN, tmp_path / "telegram", flood_rate=0), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    settings = Settings(
        _env_file=None,
        bot_token="",
        database_url=database_dsn,
        redis_url=redis_dsn,
        storage_url=(tmp_path / "files").as_uri(),
        sandbox_port=port,
        max_upload_mb=5,
    )
    async with AsyncExitStack() as closing:
        closing.push_async_callback(asyncio.wait, [serving])
        closing.callback(setattr, server, "should_exit", True)
        house = await closing.enter_async_context(open_house(settings, TEXTS))
        await add_styles(house)
        bot = build_bot(house)
        dispatcher = build_dispatcher(house)
        closing.push_async_callback(close_bot, bot, dispatcher)
        http = await closing.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20))
        yield Front(house, bot, dispatcher, http, [])
        assert await misunderstood(http) == []


async def misunderstood(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Calls that the Bot API does not have, or not with these parameters, or that the sandbox does not speak."""
    calls = (await http.get("/sim/calls")).json()["calls"]
    return [
        call
        for call in calls
        if call["answer"].get("error_code") in (404, 501) or "unknown" in call["answer"].get("description", "")
    ]


async def add_styles(house: House) -> None:
    """A catalogue that the tests know, whatever the migrations brought."""
    await house.db.reading.execute('UPDATE "Style" SET is_active = FALSE')
    for place in range(STYLES):
        await house.db.reading.execute(
            """
            INSERT INTO "Style" (code, title_ru, title_en, emoji, style_group, prompt, position)
            VALUES ($1, $2, $3, '🎬', 'portrait', 'a look', $4)
            """,
            f"look_{place}",
            f"Вид {place:02}",
            f"Look {place:02}",
            place,
        )


@pytest.fixture
async def anna(front: Front) -> Chat:
    return await front.meet()


@pytest.fixture
def selfie() -> bytes:
    return draw()


def draw(width: int = 640, height: int = 480, colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()
