"""The Runware backend on the real wire, against the strict sandbox on a free port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runware.house import KEY, PATIENCE, House, Vendor, run_vendor
from workers.backends.hints import Hints
from workers.backends.runware import Pace, Patience, RunwareBackend


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    async with run_vendor(tmp_path / "state") as running:
        yield running


@pytest.fixture
async def open_house() -> AsyncIterator[Callable[..., House]]:
    """Build backends, closed at the end of the test."""
    opened: list[RunwareBackend] = []

    def build(ws_url: str, key: str = KEY, patience: Patience = PATIENCE, **more: Any) -> House:
        hints = Hints()
        backend = RunwareBackend(key, ws_url, hints=hints, patience=patience, pace=Pace(first_look=0.03), **more)
        opened.append(backend)
        return House(backend, hints)

    yield build
    await asyncio.gather(*(backend.aclose() for backend in opened))


@pytest.fixture
def house(vendor: Vendor, open_house: Callable[..., House]) -> House:
    return open_house(vendor.ws_url)


@pytest.fixture
def backend(house: House) -> RunwareBackend:
    return house.backend
