"""One house for all walks and promises of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.crawler.guest import Guest
from tests.e2e.crawler.house import WatchedHouse, open_watched_house


@pytest.fixture(scope="session")
def watched(open_folder: Path) -> Iterator[WatchedHouse]:
    with open_watched_house(open_folder / "watched") as opened:
        yield opened


@pytest.fixture
def arrives(watched: WatchedHouse) -> Callable[..., Guest]:
    """Somebody new comes to the chat."""

    def arrive(language: str = "en", name: str = "Eileen") -> Guest:
        return Guest.arrive(watched, language, name)

    return arrive
