"""A vendor's file host on this machine, a storage that can be listed, and a safety check that a test can set."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from obstore.store import MemoryStore
from PIL import Image

from services.orders import StepOrder, TextToImageOrder
from services.storage import Storage
from tests.unit.downloads.conftest import FarSide
from workers.backends.base import Output, Remote
from workers.downloads import Downloads, Timeouts
from workers.meshes.turntable import Turntable, render_turntable
from workers.outputs import Kept, Outputs

ORDER = TextToImageOrder(prompt="a fox in the snow", negative_prompt="rain", width=320, height=256, seed=11)


class Watchful:
    """Blocks what a test tells it to, and counts what it was shown."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.is_to_block: Callable[[bytes], bool] = lambda content: False

    async def is_blocked(self, content: bytes, order: StepOrder) -> bool:
        self.seen.append(content)
        return self.is_to_block(content)


class FullDisk:
    """A store that has room for so many puts, and then for none."""

    def __init__(self, room: int) -> None:
        self._store = MemoryStore()
        self.room = room

    async def put_async(self, key: str, content: bytes) -> None:
        if not self.room:
            raise OSError("no space left on device")
        self.room -= 1
        await self._store.put_async(key, content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Counter:
    """Where what a call brought is stored: the storage, and who puts it there."""

    def __init__(
        self,
        storage: Storage,
        downloads: Downloads,
        check: Watchful,
        turned: Callable[[bytes], Turntable] = partial(render_turntable, side=48),
    ) -> None:
        """Turns of solids are small, unless a test asks for the house's: those take five seconds to draw."""
        self.storage = storage
        self._outputs = Outputs(storage, downloads, check, turned)

    async def store(
        self,
        *outputs: Output,
        order: StepOrder = ORDER,
        noise_level: float = 0,
        is_last_try: bool = False,
        backend: str = "runware",
    ) -> Kept:
        return await self._outputs.store(
            outputs,
            order,
            backend=backend,
            vendor_id="runware:100@1",
            noise_level=noise_level,
            is_last_try=is_last_try,
        )

    async def discard(self, kept: Kept) -> None:
        await self._outputs.discard(kept.files)

    async def keys(self) -> list[str]:
        """Everything in the storage."""
        later = datetime.now(UTC) + timedelta(days=1)
        return [key async for found in self.storage.keys_before(later) for key in found]


@pytest_asyncio.fixture
async def far() -> AsyncIterator[FarSide]:
    side = FarSide()
    await side.start()
    yield side
    await side.stop()


@pytest_asyncio.fixture
async def downloads(far: FarSide) -> AsyncIterator[Downloads]:
    """They ask the file host as one of a configured vendor, and try again at once."""

    async def no_pause(_: float) -> None:
        await asyncio.sleep(0)

    opened = Downloads(frozenset({far.host}), timeouts=Timeouts(connect=5, stall=2, total=20), pause=no_pause)
    yield opened
    await opened.aclose()


@pytest.fixture
def check() -> Watchful:
    return Watchful()


@pytest.fixture
def unhurried_counter(tmp_path: Path, downloads: Downloads, check: Watchful) -> Counter:
    """One whose turns of solids are the house's own."""
    return Counter(Storage.open((tmp_path / "files").as_uri()), downloads, check, render_turntable)


@pytest.fixture
def counter(tmp_path: Path, downloads: Downloads, check: Watchful) -> Counter:
    return Counter(Storage.open((tmp_path / "files").as_uri()), downloads, check)


def painted(width: int = 320, height: int = 256, file_format: str = "JPEG", **saved: Any) -> bytes:
    """A picture with some detail."""
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.stack([rows % 256, columns % 256, (rows + columns) % 256], -1).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, file_format, **saved)
    return out.getvalue()


def given(far: FarSide, content: bytes, path: str = "/output", seed: int = 11, **options: Any) -> Remote:
    """An output that lies at the vendor."""
    return Remote(far.gives(path, content, **options) + "?signature=secret", seed)
