"""A real server on a free port for each test, driven by Replicate's own SDK and by httpx."""

import asyncio
import io
import socket
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from PIL import Image
from replicate.client import Client
from replicate.prediction import Prediction
from replicate.training import Training

from sandbox.replicate.app import create_app
from sandbox.replicate.serving import make_server
from sandbox.replicate.settings import Settings, secret_for

TOKEN = "r8_TEST"
OWNER = "dream-photo"
DEV = "black-forest-labs/flux-dev"
TRAINER = "ostris/flux-dev-lora-trainer"


@dataclass
class Vendor:
    """A running server, the SDK's client for it, and a client of the control API."""

    url: str
    sdk: Client
    http: httpx.AsyncClient

    async def settings(self, **changes: Any) -> dict[str, Any]:
        answer = await self.http.post("/sim/settings", json=changes)
        return dict(answer.raise_for_status().json())

    async def fault(self, kind: str, **more: Any) -> None:
        (await self.http.post("/sim/faults", json={"kind": kind, **more})).raise_for_status()

    async def struck(self) -> dict[str, int]:
        return dict((await self.http.get("/sim/faults")).json()["struck"])

    async def ledger(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/sim/ledger")).json()["entries"])

    async def starts(self, model: str = DEV, **given: Any) -> Prediction:
        """Create a prediction by name and return it as it is at once."""
        return await self.sdk.models.predictions.async_create(model, {"prompt": "a fox", **given})

    async def makes(self, model: str = DEV, **given: Any) -> Prediction:
        """Create a prediction by name and return it when it has ended."""
        return await self.sdk.models.predictions.async_create(model, {"prompt": "a fox", **given}, wait=20)

    async def runs(self, model: str, **given: Any) -> Prediction:
        """Create a prediction by the model's latest version and return it when it has ended."""
        version = (await self.sdk.models.async_get(model)).latest_version
        assert version is not None
        return await self.sdk.predictions.async_create(version=version, input=given, wait=20)

    async def destination(self, name: str = "anna") -> str:
        await self.sdk.models.async_create(OWNER, name, hardware="gpu-h100", visibility="private")
        return f"{OWNER}/{name}"

    async def trains(self, archive: bytes, destination: str, **given: Any) -> Training:
        """Upload an archive, train on it and return the training when it has ended."""
        upload = await self.sdk.files.async_create(io.BytesIO(archive), filename="photos.zip")
        version = (await self.sdk.models.async_get(TRAINER)).latest_version
        assert version is not None
        training = await self.sdk.trainings.async_create(
            TRAINER, version, {"input_images": upload.urls["get"], **given}, destination=destination
        )
        while training.status in ("starting", "processing"):
            await training.async_reload()
        return training

    async def download(self, name_or_url: str) -> httpx.Response:
        return await self.http.get(name_or_url)

    def client(self, token: str) -> Client:
        return Client(api_token=token, base_url=self.url)


@dataclass
class Listener:
    """A web server that keeps the webhooks it gets."""

    url: str
    answers: list[int] = field(default_factory=list)
    got: asyncio.Queue[tuple[dict[str, str], str]] = field(default_factory=asyncio.Queue)

    async def next(self) -> tuple[dict[str, str], str]:
        """Return headers and body of the next webhook."""
        async with asyncio.timeout(10):
            return await self.got.get()


@asynccontextmanager
async def run_vendor(state_dir: Path) -> AsyncIterator[Vendor]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(TOKEN, OWNER, secret_for(TOKEN), seconds=0, training_seconds=0)
    server = make_server(create_app(settings, state_dir), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    sdk = Client(api_token=TOKEN, base_url=url)
    try:
        async with httpx.AsyncClient(base_url=url, timeout=20) as http:
            yield Vendor(url, sdk, http)
    finally:
        await sdk._async_client.aclose()
        server.should_exit = True
        await serving


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    async with run_vendor(tmp_path / "state") as running:
        yield running


@pytest.fixture
def start_vendor() -> Callable[[Path], AbstractAsyncContextManager[Vendor]]:
    return run_vendor


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async def take(request: web.Request) -> web.Response:
        await heard.got.put((dict(request.headers), await request.text()))
        return web.Response(status=heard.answers.pop(0) if heard.answers else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    heard = Listener(f"http://127.0.0.1:{port}/hook")
    yield heard
    await runner.cleanup()


@pytest.fixture
def archive() -> bytes:
    """A training's zip: two pictures and a caption."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for number, colour in enumerate(("teal", "salmon")):
            picture = io.BytesIO()
            Image.new("RGB", (64, 64), colour).save(picture, "JPEG")
            opened.writestr(f"{number}.jpg", picture.getvalue())
        opened.writestr("0.txt", "a photo of TOK")
    return buffer.getvalue()
