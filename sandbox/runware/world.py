"""Everything the server knows, built once and handed to whoever needs it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.runware.catalogue import Catalogue
from sandbox.runware.connections import Connections
from sandbox.runware.faults import Faults
from sandbox.runware.gallery import Gallery
from sandbox.runware.ledger import Ledger
from sandbox.runware.media import Media
from sandbox.runware.requests_seen import RequestsSeen
from sandbox.runware.sessions import Sessions
from sandbox.runware.settings import Settings
from sandbox.runware.validation import Validation


@dataclass(slots=True)
class World:
    """The state of the sandbox: one customer with one key and one balance.

    `opening_balance` is in dollars; what the ledger has billed goes off it. `stopping` is set when the server stops.
    """

    settings: Settings
    ledger: Ledger
    media: Media
    gallery: Gallery
    catalogue: Catalogue
    validation: Validation
    opening_balance: float
    clock: Callable[[], float]
    faults: Faults = field(default_factory=Faults)
    seen: RequestsSeen = field(default_factory=RequestsSeen)
    sessions: Sessions = field(default_factory=Sessions)
    connections: Connections = field(default_factory=Connections)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def balance(self) -> float:
        """What is left to spend, in dollars."""
        return round(self.opening_balance - self.ledger.billed, 6)

    def set_balance(self, dollars: float) -> None:
        """Put money into the account, or take it out."""
        self.opening_balance = dollars + self.ledger.billed

    async def pause(self, seconds: float | None) -> bool:
        """Wait; with None for ever. False where the server stops before."""
        if seconds is not None and seconds <= 0:
            return not self.stopping.is_set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        return not self.stopping.is_set()

    async def until(self, moment: float) -> bool:
        """Wait for a moment of the clock. False where the server stops before."""
        return await self.pause(moment - self.clock())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let work go on beside the connection that asked for it."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """End the work that still goes on, and close the ledger."""
        self.stopping.set()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.ledger.close()


def open_world(
    state_dir: Path, settings: Settings, opening_balance: float, clock: Callable[[], float] = time.time
) -> World:
    """Read the state that an earlier server left in a folder, or begin a new one there."""
    ledger = Ledger(state_dir / "ledger.jsonl")
    media = Media(state_dir / "media")
    catalogue = Catalogue(ledger)
    return World(
        settings=settings,
        ledger=ledger,
        media=media,
        gallery=Gallery(ledger, media, settings),
        catalogue=catalogue,
        validation=Validation(catalogue, ledger),
        opening_balance=opening_balance,
        clock=clock,
    )
