"""The connection pool and the only place where transactions begin."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias

import asyncpg
import orjson

from config.failpoints import Failpoints, Write

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Executor: TypeAlias = "Connection | asyncpg.Pool[asyncpg.Record] | WatchedStatements"

POOL_SIZE = 8
"""Connections per process: on two cores, going from 4 to 16 gained nothing."""

UNAVAILABLE: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DeadlockDetectedError,
)
"""What a database that is away, restarting or busy looks like: worth trying again, nobody's mistake."""


class Database:
    """Connections to one PostgreSQL database. Every durable write goes by its name: see config.failpoints."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        reading: "asyncpg.Pool[asyncpg.Record] | None" = None,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._pool = pool
        self._reading = reading or pool
        self._failpoints = failpoints or Failpoints()

    @classmethod
    async def connect(cls, dsn: str, *, pool_size: int = POOL_SIZE, failpoints: Failpoints | None = None) -> Self:
        """Open a pool on a DSN. Connections are made when they are needed, so that the server may come later.

        Where failpoints are on, `reading` has read-only connections of its own: PostgreSQL itself then refuses a
        write that goes by no name.
        """

        async def open_pool(size: int, **session: str) -> "asyncpg.Pool[asyncpg.Record]":
            return await asyncpg.create_pool(
                dsn,
                min_size=0,
                max_size=size,
                init=_prepare_connection,
                reset=_keep_as_it_is,
                command_timeout=30,
                server_settings=session,
            )

        if failpoints is None or not failpoints.are_on:
            return cls(await open_pool(pool_size))
        reading = await open_pool(pool_size // 2, default_transaction_read_only="on")
        return cls(await open_pool(pool_size), reading, failpoints)

    @property
    def reading(self) -> Executor:
        """For single statements that change nothing."""
        return self._reading

    def writing(self, write: Write) -> Executor:
        """For a single statement outside a transaction that writes."""
        return WatchedStatements(self._pool, write, self._failpoints) if self._failpoints.are_on else self._pool

    @asynccontextmanager
    async def transaction(self, write: Write) -> AsyncIterator[Connection]:
        """One transaction: committed at the end of the block, rolled back where it raises."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection
            self._failpoints.before(write)
        self._failpoints.after(write)

    async def ping(self) -> bool:
        """Ask the server for a sign of life; True. Raises one of UNAVAILABLE."""
        return bool(await self._pool.fetchval("SELECT 1", timeout=2))

    async def close(self) -> None:
        """Give back every connection."""
        async with AsyncExitStack() as closing:
            for pool in {self._pool, self._reading}:
                closing.push_async_callback(pool.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class WatchedStatements:
    """Runs single statements between the two points of a write."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", write: Write, failpoints: Failpoints) -> None:
        self._pool = pool
        self._write = write
        self._failpoints = failpoints

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        """All rows."""
        with self._watched():
            return await self._pool.fetch(query, *values)

    async def fetchrow(self, query: str, *values: object) -> asyncpg.Record | None:
        """The first row, or None."""
        with self._watched():
            return await self._pool.fetchrow(query, *values)

    async def fetchval(self, query: str, *values: object) -> Any:
        """The first value of the first row, or None."""
        with self._watched():
            return await self._pool.fetchval(query, *values)

    async def execute(self, query: str, *values: object) -> str:
        """The statement's status."""
        with self._watched():
            return await self._pool.execute(query, *values)

    async def executemany(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """The statement for every row, all or none."""
        with self._watched():
            await self._pool.executemany(query, rows)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """The statement is begun within, not before: whoever dies on the way in leaves none that nobody waits for."""
        self._failpoints.before(self._write)
        yield
        self._failpoints.after(self._write)


async def _prepare_connection(connection: "asyncpg.Connection[Any]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: orjson.dumps(value).decode(),
        decoder=orjson.loads,
    )


async def _keep_as_it_is(_: Connection) -> None:
    """Nothing of ours changes a session (no SET, no LISTEN, no session locks): resetting it would cost a round trip."""
