"""One process that looks, for all tests that do not harm it."""

from collections.abc import AsyncIterator

import pytest

from workers.eyes.eyes import Eyes


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    opened = Eyes()
    yield opened
    await opened.aclose()
