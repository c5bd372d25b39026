"""The bot's updates: kept until the bot confirms them, handed out by long polling or by webhook."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from typing import Any

from sandbox.stand_in.journal import Journal
from sandbox.telegram.refusals import bad_request, conflict
from sandbox.telegram.wire import JsonObject

# Sent only to bots that ask for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_KINDS = frozenset(
    {
        *("message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result"),
        *("callback_query", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "my_chat_member"),
        *("chat_join_request", "chat_boost", "removed_chat_boost", "business_connection", "business_message"),
        *("edited_business_message", "deleted_business_messages", "purchased_paid_media", "guest_message"),
        *("managed_bot", "subscription", "stopped_message_generation"),
        *_ON_REQUEST,
    }
)
# How long Telegram keeps an update for the bot: a day, and a question only as long as an answer is of use.
_KEPT_SECONDS = 86_400
_KEPT_QUESTION_SECONDS = 150
_QUESTIONS = frozenset({"callback_query", "shipping_query", "pre_checkout_query"})
_SWEEP_SECONDS = 1.0
_PENDING_LIMIT = 100_000
_HISTORY = 100
_BATCH_LIMIT = 100
_POLL_LIMIT_SECONDS = 50
# telegram-bot-api takes an offset as a confirmation only up to so far above the last update ("TQueue::get").
_FUTURE_LIMIT = 10


class Updates:
    """A queue in order of `update_id`, with one reader at a time."""

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.time) -> None:
        self._journal = journal
        self._clock = clock
        self._pending: dict[int, JsonObject] = {}
        self._expires_at: dict[int, float] = {}
        self._swept_at = 0.0
        self._again: deque[JsonObject] = deque()
        self._history: deque[JsonObject] = deque(maxlen=_HISTORY)
        self._allowed: list[str] = []
        self._last_id = int(time.time()) % 100_000_000
        self._reader: asyncio.Future[str] | None = None
        self.arrived = asyncio.Event()
        for record in journal.read("updates"):
            self._last_id, self._allowed = record["last_id"], record["allowed"]
        for record in journal.read("update"):
            expires_at = float(record.pop("expires_at", clock() + _KEPT_SECONDS))
            self._pending[record["update_id"]] = record
            self._expires_at[record["update_id"]] = expires_at
            self._history.append(record)

    @property
    def allowed(self) -> list[str]:
        """The kinds of updates the bot asked for; empty means all but those on request."""
        return self._allowed

    @property
    def pending_count(self) -> int:
        """How many updates wait for the bot."""
        return len(self._pending)

    def pending(self) -> Iterator[JsonObject]:
        """Return the unconfirmed updates, oldest first."""
        self._forget_old()
        return iter(self._pending.values())

    def pending_after(self, update_id: int) -> list[JsonObject]:
        """Return the unconfirmed updates above an id, oldest first; those too old are gone."""
        self._forget_old()
        newest_first = takewhile(lambda known: known > update_id, reversed(self._pending))
        return [self._pending[known] for known in reversed(list(newest_first))]

    def is_pending(self, update_id: int) -> bool:
        """Tell whether an update still waits for the bot."""
        self._forget_old()
        return update_id in self._pending

    def add(self, **body: Any) -> JsonObject | None:
        """Queue an update of one kind, e.g. `message=…`; None where the bot does not want that kind."""
        kind = next(iter(body))
        if (kind not in self._allowed) if self._allowed else (kind in _ON_REQUEST):
            return None
        self._last_id += 1
        update = {"update_id": self._last_id, **body}
        expires_at = self._clock() + (_KEPT_QUESTION_SECONDS if kind in _QUESTIONS else _KEPT_SECONDS)
        self._pending[self._last_id] = update
        self._expires_at[self._last_id] = expires_at
        self._history.append(update)
        self._journal.put("update", self._last_id, {**update, "expires_at": expires_at})
        if len(self._pending) > _PENDING_LIMIT:
            self.confirm(next(iter(self._pending)))
        self._keep_counters()
        self.arrived.set()
        return update

    def confirm(self, update_id: int) -> None:
        """Forget one update that the bot has handled."""
        if self._pending.pop(update_id, None) is not None:
            del self._expires_at[update_id]
            self._journal.forget("update", update_id)

    def confirm_all(self) -> None:
        """Forget every pending update (drop_pending_updates)."""
        for update_id in list(self._pending):
            self.confirm(update_id)

    def allow(self, kinds: list[str]) -> None:
        """Change which kinds are queued from now on; what is queued stays. None at all means the usual ones.

        Unlike Telegram, which passes over a name that it does not know, this refuses it: it would hide a typo.
        """
        if unknown := set(kinds) - _KINDS:
            raise bad_request(f"allowed_updates has unknown kinds: {', '.join(sorted(unknown))}")
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
                    raise conflict(reader.result())
            return batch
        finally:
            if self._reader is reader:
                self._reader = None

    def end_poll(self, reason: str) -> None:
        """End a running poll with a conflict: a newer one, or a webhook, took over."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(reason)

    def release(self) -> None:
        """End a running poll with nothing: the server stops."""
        if self._reader is not None:
            self._reader.cancel()

    def _take_over(self) -> asyncio.Future[str]:
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._reader = asyncio.get_running_loop().create_future()
        return self._reader

    def _confirm_below(self, offset: int) -> None:
        self._forget_old()
        if offset < 0:
            kept = list(self._pending)[offset:]
            offset = kept[0] if kept else 0
        if offset > self._last_id + 1 + _FUTURE_LIMIT:
            return
        for update_id in list(takewhile(lambda known: known < offset, self._pending)):
            self.confirm(update_id)

    def _batch(self, limit: int) -> list[JsonObject]:
        again = self.take_again()
        room = min(max(limit, 1), _BATCH_LIMIT)
        return (again + list(islice(self._pending.values(), room)))[:_BATCH_LIMIT]

    def _forget_old(self) -> None:
        now = self._clock()
        if abs(now - self._swept_at) < _SWEEP_SECONDS:
            return
        self._swept_at = now
        for update_id in [known for known, expires_at in self._expires_at.items() if expires_at < now]:
            self.confirm(update_id)

    def _keep_counters(self) -> None:
        self._journal.put("updates", "counters", {"last_id": self._last_id, "allowed": self._allowed})
