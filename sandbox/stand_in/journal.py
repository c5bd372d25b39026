"""The durable side of the server's state: JSON records in sqlite, written in batches.

The state in memory is the truth while the server runs. Each change puts its record here; records are written
together a moment later, so that a call never waits for the disk. A crash loses at most that moment.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import orjson

JsonObject: TypeAlias = dict[str, Any]

_WRITE_AFTER_SECONDS = 0.25


class Journal:
    """A store of records by (table, key); one that is put again replaces itself."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS record ("
            " kind TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, body BLOB,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self._waiting: dict[tuple[str, str], tuple[int, JsonObject | None]] = {}
        self._write: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def read(self, kind: str) -> Iterator[JsonObject]:
        """Yield the records of one kind by position."""
        rows = self._connection.execute("SELECT body FROM record WHERE kind = ? ORDER BY position, key", (kind,))
        for (body,) in rows:
            yield orjson.loads(body)

    def put(self, kind: str, key: int | str, record: JsonObject) -> None:
        """Keep a record; a number as its key is also its position when records are read again."""
        self._remember(kind, key, record)

    def forget(self, kind: str, key: int | str) -> None:
        """Drop a record."""
        self._remember(kind, key, None)

    async def close(self) -> None:
        """Write what is waiting and close the file."""
        self._closing.set()
        if self._write is not None:
            await self._write
        self._write_batch(self._take())
        self._connection.close()

    def _remember(self, kind: str, key: int | str, record: JsonObject | None) -> None:
        position = key if isinstance(key, int) else 0
        self._waiting[kind, str(key)] = (position, record)
        if self._write is None:
            self._write = asyncio.get_running_loop().create_task(self._write_soon())

    async def _write_soon(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), _WRITE_AFTER_SECONDS)
        while self._waiting:
            await asyncio.to_thread(self._write_batch, self._take())
        self._write = None

    def _take(self) -> list[tuple[str, str, int, bytes | None]]:
        """Take the waiting records as bytes, here and not in the thread: they may change meanwhile."""
        batch = [
            (kind, key, position, None if record is None else orjson.dumps(record))
            for (kind, key), (position, record) in self._waiting.items()
        ]
        self._waiting = {}
        return batch

    def _write_batch(self, batch: list[tuple[str, str, int, bytes | None]]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT INTO record (kind, key, position, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, position = excluded.position",
            [row for row in batch if row[3] is not None],
        )
        self._connection.executemany(
            "DELETE FROM record WHERE kind = ? AND key = ?", [row[:2] for row in batch if row[3] is None]
        )
        self._connection.execute("COMMIT")
