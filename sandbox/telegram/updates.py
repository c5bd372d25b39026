"""The bot's updates: kept until the bot confirms them, handed out by long polling or by webhook."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from sandbox.telegram.journal import Journal
from sandbox.telegram.refusals import conflict
from sandbox.telegram.wire import JsonObject

# Sent only to bots that ask for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_HISTORY = 100
_BATCH_LIMIT = 100
_POLL_LIMIT_SECONDS = 50


class Updates:
    """A queue in order of `update_id`, with one reader at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._pending: dict[int, JsonObject] = {}
        self._again: deque[JsonObject] = deque()
        self._history: deque[JsonObject] = deque(maxlen=_HISTORY)
        self._allowed: list[str] = []
        self._last_id = int(time.time()) % 100_000_000
        self._reader: asyncio.Future[None] | None = None
        self.arrived = asyncio.Event()
        for record in journal.read("updates"):
            self._last_id, self._allowed = record["last_id"], record["allowed"]
        for record in journal.read("update"):
            self._pending[record["update_id"]] = record
            self._history.append(record)

    @property
    def allowed(self) -> list[str]:
        """The kinds of updates the bot asked for; empty means all but those on request."""
        return self._allowed

    @property
    def pending_count(self) -> int:
        """How many updates wait for the bot."""
        return len(self._pending)

    def pending(self) -> Iterable[JsonObject]:
        """Return the unconfirmed updates, oldest first."""
        return self._pending.values()

    def add(self, **body: Any) -> JsonObject | None:
        """Queue an update of one kind, e.g. `message=…`; None where the bot does not want that kind."""
        kind = next(iter(body))
        if (kind not in self._allowed) if self._allowed else (kind in _ON_REQUEST):
            return None
        self._last_id += 1
        update = {"update_id": self._last_id, **body}
        self._pending[self._last_id] = update
        self._history.append(update)
        self._journal.put("update", self._last_id, update)
        self._keep_counters()
        self.arrived.set()
        return update

    def confirm(self, update_id: int) -> None:
        """Forget one update that the bot has handled."""
        if self._pending.pop(update_id, None) is not None:
            self._journal.forget("update", update_id)

    def confirm_all(self) -> None:
        """Forget every pending update (drop_pending_updates)."""
        for update_id in list(self._pending):
            self.confirm(update_id)

    def allow(self, kinds: list[str]) -> None:
        """Change which kinds are queued from now on; what is queued stays."""
        if kinds != self._allowed:
            self._allowed = kinds
            self._keep_counters()

    def redeliver(self, count: int) -> int:
        """Send the last updates again, with their old ids, as Telegram sometimes does; returns how many."""
        chosen = list(self._history)[-count:] if count > 0 else []
        self._again.extend(update for update in chosen if update["update_id"] not in self._pending)
        self.arrived.set()
        return len(chosen)

    def take_again(self) -> list[JsonObject]:
        """Take the updates that are to be sent a second time."""
        again = list(self._again)
        self._again.clear()
        return again

    async def poll(self, offset: int, limit: int, timeout: float) -> list[JsonObject]:
        """Answer a getUpdates: confirm what is below the offset, then wait for something to hand out.

        A newer poll ends an older one with 409, as Telegram does with two running copies of a bot.
        """
        reader = self._take_over()
        self._confirm_below(offset)
        deadline = time.monotonic() + min(timeout, _POLL_LIMIT_SECONDS)
        try:
            while not (batch := self._batch(limit)) and (left := deadline - time.monotonic()) > 0:
                self.arrived.clear()
                arrival = asyncio.create_task(self.arrived.wait())
                waits: list[asyncio.Future[Any]] = [arrival, reader]
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                arrival.cancel()
                if reader.cancelled():
                    break
                if reader.done():
                    raise conflict(
                        "terminated by other getUpdates request; make sure that only one bot instance is running"
                    )
            return batch
        finally:
            if self._reader is reader:
                self._reader = None

    def end_poll(self) -> None:
        """End a running poll with a conflict: a newer one, or a webhook, took over."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def release(self) -> None:
        """End a running poll with nothing: the server stops."""
        if self._reader is not None:
            self._reader.cancel()

    def _take_over(self) -> asyncio.Future[None]:
        self.end_poll()
        self._reader = asyncio.get_running_loop().create_future()
        return self._reader

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            kept = list(self._pending)[offset:]
            offset = kept[0] if kept else 0
        for update_id in list(takewhile(lambda known: known < offset, self._pending)):
            self.confirm(update_id)

    def _batch(self, limit: int) -> list[JsonObject]:
        again = self.take_again()
        room = min(max(limit, 1), _BATCH_LIMIT)
        fresh = [update for update, _ in zip(self._pending.values(), range(room), strict=False)]
        return again + fresh

    def _keep_counters(self) -> None:
        self._journal.put("updates", "counters", {"last_id": self._last_id, "allowed": self._allowed})
