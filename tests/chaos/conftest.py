"""A house of processes for each test of this folder, and the photo that everybody sends."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from skimage.data import astronaut

from tests.chaos.house import ChaosHouse, Houses, open_house


@pytest.fixture
def house() -> Iterator[ChaosHouse]:
    with open_house() as opened:
        yield opened


@pytest.fixture(scope="session")
def houses() -> Iterator[Houses]:
    kept = Houses()
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def selfie() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(astronaut()).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
