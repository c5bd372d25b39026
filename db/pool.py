"""The connection pool and the only place where transactions begin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias

import asyncpg
import orjson

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
Executor: TypeAlias = "Connection | asyncpg.Pool[asyncpg.Record]"

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
)
"""What a database that is away or restarting looks like: worth trying again, nobody's mistake."""


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, dsn: str, *, pool_size: int = POOL_SIZE) -> Self:
        """Open a pool on a DSN. Connections are made when they are needed, so that the server may come later."""
        pool = await asyncpg.create_pool(
            dsn, min_size=0, max_size=pool_size, init=_prepare_connection, reset=_keep_as_it_is, command_timeout=30
        )
        return cls(pool)

    @property
    def reading(self) -> Executor:
        """For single statements outside a transaction."""
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end of the block, rolled back where it raises."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    async def ping(self) -> bool:
        """Ask the server for a sign of life; True. Raises one of UNAVAILABLE."""
        return bool(await self._pool.fetchval("SELECT 1", timeout=2))

    async def close(self) -> None:
        """Give back every connection."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _prepare_connection(connection: "asyncpg.Connection[Any]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: orjson.dumps(value).decode(),
        decoder=orjson.loads,
    )


async def _keep_as_it_is(_: Connection) -> None:
    """Nothing of ours changes a session (no SET, no LISTEN, no session locks): resetting it would cost a round trip."""
