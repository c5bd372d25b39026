"""The sandbox of Replicate on a free port for each test, and photos."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from sandbox.replicate.app import create_app
from sandbox.replicate.serving import make_server
from sandbox.replicate.settings import Settings, secret_for
from tests.integration.replicate.vendor import SECONDS, TOKEN, Vendor, encoded

_TLS = ssl.create_default_context()
"""Never used on loopback; to load one takes longer than many a test."""


@pytest_asyncio.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    settings = Settings(
        api_token=TOKEN, username="dream-photo", webhook_secret=secret_for(TOKEN), seconds=SECONDS, side=64
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = make_server(create_app(settings, tmp_path), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url, verify=_TLS) as http:
        running = Vendor(url, http)
        yield running
        for backend in running.backends:
            await backend.aclose()
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A photo with much detail: 1 megapixel of it is more than 256 KB."""
    noise = np.random.default_rng(5).integers(0, 255, (1200, 1600, 3), dtype=np.uint8)
    return encoded(Image.fromarray(noise))


@pytest.fixture(scope="session")
def plain_photo() -> bytes:
    """A photo that is small in bytes."""
    return encoded(Image.new("RGB", (800, 1000), (120, 90, 60)))
