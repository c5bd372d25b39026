"""A house of processes for each test of this folder, and the photo that everybody sends."""

import io
import os
import random
from collections.abc import Iterator

import pytest
from PIL import Image
from skimage.data import astronaut

from tests.chaos.house import ChaosHouse, Houses, open_house

USUAL_SEED = 20261121
"""The default suite says the same of the same code."""


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


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What a storm is made of: CHAOS_SEED, else the same one each time, and in a long run a new one."""
    is_long = request.node.get_closest_marker("long") is not None
    drawn = random.SystemRandom().randrange(10**6) if is_long else USUAL_SEED
    chosen = int(os.environ.get("CHAOS_SEED") or drawn)
    print(f"CHAOS_SEED={chosen}")  # noqa: T201 - whoever sees a storm fail wants it again
    return chosen
