"""A turn that one process at a time has: the others stand by, and the first of them takes over when it dies.

It is an advisory lock of PostgreSQL, which gives it back when the connection ends, however the process died. Whoever
holds it may still be at work for a moment after a connection broke: it saves work, it fences nothing.
"""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from db.pool import UNAVAILABLE

LOOK_EVERY = 1.0
"""Seconds between tries of those who stand by, and of everybody while PostgreSQL is away."""

_log = structlog.get_logger(__name__)


class TurnLost(Exception):
    """Another process took over while the connection was broken."""


class SoleTurn:
    """One name's turn on one database."""

    def __init__(self, dsn: str, name: str) -> None:
        self._dsn = dsn
        self._name = name
        self._connection: asyncpg.Connection[Any] | None = None
        self._broken = asyncio.Event()

    async def take(self) -> None:
        """Wait for the turn, however long it takes."""
        standing_by = False
        while not await self._try():
            if not standing_by:
                _log.info("turn.standing_by", name=self._name)
            standing_by = True
            await asyncio.sleep(LOOK_EVERY)
        _log.info("turn.taken", name=self._name)

    async def keep(self) -> None:
        """Keep the turn until cancelled, through restarts of PostgreSQL. Raises TurnLost."""
        while True:
            await self._broken.wait()
            while not await self._try():
                if self._connection is not None:
                    raise TurnLost(f"another process has the turn of {self._name} now")
                await asyncio.sleep(LOOK_EVERY)
            _log.info("turn.taken_again", name=self._name)

    async def give_back(self) -> None:
        """Let the next one have it."""
        if self._connection is not None:
            with suppress(*UNAVAILABLE):
                await self._connection.close(timeout=1)
            self._connection = None

    async def _try(self) -> bool:
        """Whether the turn is ours now. Afterwards there is a connection, unless PostgreSQL is away."""
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                self._broken.clear()
                connection = await asyncpg.connect(self._dsn, timeout=5, command_timeout=5)
                connection.add_termination_listener(lambda _: self._broken.set())
                self._connection = connection
            taken: bool = await self._connection.fetchval(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", self._name
            )
        except UNAVAILABLE:
            self._connection = None
            return False
        return taken
