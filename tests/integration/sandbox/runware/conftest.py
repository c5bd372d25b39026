"""A real Runware sandbox on a free port for each test, driven by the vendor's SDK and by httpx."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from PIL import Image
from runware import Runware
from uvicorn import Config, Server
from websockets.asyncio.client import ClientConnection, connect

from sandbox.runware.app import create_app
from sandbox.runware.serving import make_server
from sandbox.runware.settings import Settings

KEY = "test-key-of-the-sandbox"


@dataclass
class Wire:
    """A bare WebSocket, for what the SDK hides."""

    connection: ClientConnection

    async def say(self, *tasks: dict[str, Any]) -> None:
        await self.connection.send(orjson.dumps(tasks).decode())

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return dict(orjson.loads(await self.connection.recv()))

    async def ask(self, *tasks: dict[str, Any]) -> dict[str, Any]:
        await self.say(*tasks)
        return await self.hear()


@dataclass
class Vendor:
    """A running server, ways to reach it, and a client of the control API."""

    url: str
    http: httpx.AsyncClient
    _stack: AsyncExitStack

    async def sdk(self, transport: str = "websocket", **config: Any) -> Runware:
        """A connected client of the vendor's SDK, closed at the end of the test."""
        client = Runware(
            **{
                "api_key": KEY,
                "transport": transport,
                "ws_base_url": f"{self.url.replace('http', 'ws')}/v1",
                "http_base_url": f"{self.url}/v1",
                "max_retries": 0,
                "retry_delay": 1,
                **config,
            }
        )
        self._stack.push_async_callback(client.close)
        await client.connect()
        return client

    async def wire(self, session: str | None = None) -> Wire:
        """A bare connection that is let in already, in a new session or a resumed one."""
        wire = await self.bare_wire()
        await wire.ask(authentication(session))
        return wire

    async def bare_wire(self) -> Wire:
        return Wire(await self._stack.enter_async_context(connect(f"{self.url.replace('http', 'ws')}/v1")))

    async def post(self, *tasks: dict[str, Any], key: str | None = KEY) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return await self.http.post("/v1", json=tasks, headers=headers)

    async def fault(self, kind: str, **details: Any) -> None:
        (await self.http.post("/sim/faults", json={"kind": kind, **details})).raise_for_status()

    async def struck(self) -> dict[str, int]:
        faults = (await self.http.get("/sim/faults")).json()["faults"]
        return {fault["kind"]: fault["struck"] for fault in faults}

    async def settings(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post("/sim/settings", json=changes)
        return dict(answer.raise_for_status().json())

    async def ledger(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/sim/ledger")).json()["tasks"])

    async def row(self, task_uuid: str) -> dict[str, Any]:
        return next(row for row in await self.ledger() if row["taskUUID"] == task_uuid)

    async def results_of(self, task_uuid: str) -> list[dict[str, Any]]:
        answer = await self.post({"taskType": "getResponse", "taskUUID": task_uuid})
        return list(answer.raise_for_status().json()["data"])


def authentication(session: str | None = None) -> dict[str, Any]:
    resumed = {"connectionSessionUUID": session} if session else {}
    return {"taskType": "authentication", "apiKey": KEY, **resumed}


@asynccontextmanager
async def serve_app(app: Any) -> AsyncIterator[str]:
    """Serve an application and tell its address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    is_vendor = hasattr(app.state, "world")
    server = make_server(app, "127.0.0.1", 0) if is_vendor else Server(Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def run_vendor(state_dir: Path, clock: Callable[[], float] = time.time, **settings: Any) -> AsyncIterator[Vendor]:
    app = create_app(state_dir, Settings(**{"api_key": KEY, "seconds": 0.0, **settings}), clock=clock)
    async with (
        serve_app(app) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as http,
        AsyncExitStack() as stack,
    ):
        yield Vendor(url, http, stack)


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    async with run_vendor(tmp_path / "state") as running:
        yield running


@pytest.fixture
def start_vendor() -> Callable[..., AbstractAsyncContextManager[Vendor]]:
    return run_vendor


@pytest.fixture
def serve() -> Callable[[Any], AbstractAsyncContextManager[str]]:
    return serve_app


@pytest.fixture
def order() -> Callable[..., dict[str, Any]]:
    """Make a text-to-image task with an uuid of its own."""

    def ordered(**changes: Any) -> dict[str, Any]:
        return {
            "taskType": "imageInference",
            "taskUUID": str(uuid4()),
            "model": "runware:100@1",
            "positivePrompt": "a person by the sea",
            "width": 128,
            "height": 192,
            "includeCost": True,
            **changes,
        }

    return ordered


@pytest.fixture
def opened() -> Callable[[bytes], Image.Image]:
    return lambda content: Image.open(BytesIO(content))


@pytest.fixture
def selfie() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (96, 64), "orange").save(buffer, "PNG")
    return buffer.getvalue()
