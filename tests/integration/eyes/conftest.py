"""A process that looks for each test that may harm it, and one for all that only ask what it sees."""

import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.photos.figures import PhotoFigures
from workers.eyes.eyes import Eyes


class Memory:
    """Eyes that look at each picture once: looking takes a fifth of a second of processor time."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes
        self._seen: dict[bytes, PhotoFigures] = {}

    async def look(self, content: bytes) -> PhotoFigures:
        key = hashlib.sha256(content).digest()
        if key not in self._seen:
            self._seen[key] = await self._eyes.look(content)
        return self._seen[key]


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    opened = Eyes()
    yield opened
    await opened.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_eyes() -> AsyncIterator[Eyes]:
    opened = Eyes()
    yield opened
    await opened.aclose()


@pytest.fixture(scope="module")
def memory(shared_eyes: Eyes) -> Memory:
    return Memory(shared_eyes)
