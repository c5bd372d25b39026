"""Long polling that loses nothing: an update is confirmed to Telegram only once it is handled.

aiogram's own loop confirms updates while they are still being handled, so that a crash loses them, a payment too.
Here people are served side by side, each in order, and the offset stays below the oldest update in hand.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.front_door import is_for_the_desk
from db.pool import UNAVAILABLE

LONG_POLL = 25
"""Seconds that Telegram may wait for an update when none is in hand."""
BATCH = 100
"""Telegram's limit."""
GLANCE = 0.2
"""Seconds between looks for newcomers while a slow update is still in hand."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
"""Seconds between tries when something is away."""
LAST_WORD = 1.5
"""Seconds that Telegram may take to hear, at a stop, what was handled."""
REMEMBERED = 1000
"""Handled updates that are recognised when Telegram sends them again."""

PASSING: tuple[type[Exception], ...] = (
    *UNAVAILABLE,
    RedisConnectionError,
    RedisTimeoutError,
    TelegramNetworkError,
    TelegramServerError,
)
"""What says nothing about the update itself: it is handled again later."""
NO_UPDATES: tuple[type[Exception], ...] = (TelegramAPIError, ClientDecodeError, OSError, TimeoutError)
"""What a Telegram that hands out nothing right now looks like; what a proxy in between answers is no JSON."""

_log = structlog.get_logger(__name__)


class WrongToken(Exception):
    """Telegram does not know this bot."""


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates as it comes: read together, one update of an unknown form would hold back all the others for ever."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int
    timeout: int
    allowed_updates: list[str] | None = None


class Polling:
    """Fetches updates and sees each of them through."""

    def __init__(self, bot: Bot, handle: Callable[[Update], Awaitable[object]], allowed_updates: Sequence[str]) -> None:
        self._bot = bot
        self._handle = handle
        self._allowed_updates = list(allowed_updates)
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._last_of_person: dict[int, asyncio.Task[None]] = {}
        self._handled: deque[int] = deque(maxlen=REMEMBERED)
        self._confirm: int | None = None
        """The offset that tells Telegram what is handled; None once it knows."""
        self.is_polling = asyncio.Event()

    async def run(self, stop: asyncio.Event, patience: float) -> None:
        """Poll until told to stop, then give what is in hand `patience` seconds. Raises WrongToken."""
        stopping = asyncio.ensure_future(stop.wait())
        pause = FIRST_PAUSE
        while not stop.is_set():
            # The first look waits for nothing either: it says that Telegram answers.
            waits = self.is_polling.is_set() and not self._in_hand
            fetching = asyncio.ensure_future(self._fetch(LONG_POLL if waits else 0))
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                fetching.cancel()
                await asyncio.wait({fetching})
                break
            try:
                fresh = fetching.result()
            except TelegramUnauthorizedError as error:
                raise WrongToken("BOT_TOKEN is not accepted by Telegram") from error
            except NO_UPDATES as error:
                if pause == FIRST_PAUSE:
                    _log.warning("polling.interrupted", error=str(error))
                await asyncio.wait({stopping}, timeout=pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if pause > FIRST_PAUSE:
                _log.info("polling.resumed")
            pause = FIRST_PAUSE
            self.is_polling.set()
            for update in fresh:
                self._start(update)
            if self._in_hand:
                await asyncio.wait(self._in_hand.values(), timeout=GLANCE)
        stopping.cancel()
        await self._finish(patience)

    async def _fetch(self, timeout: int) -> list[Update]:
        """Updates that are not in hand and were not handled yet.

        Without anything to confirm no offset is sent: after an idle week Telegram counts anew from a random number,
        and an old offset would throw those updates away.
        """
        offset = min(self._in_hand) if self._in_hand else self._confirm
        asking = GetRawUpdates(offset=offset, limit=BATCH, timeout=timeout, allowed_updates=self._allowed_updates)
        updates = await self._bot(asking, request_timeout=timeout + 15)
        if offset == self._confirm:
            self._confirm = None
        fresh = []
        for raw in updates:
            update_id = int(raw["update_id"])
            if update_id in self._in_hand:
                continue
            if update_id in self._handled:  # sent once more: told to Telegram once more
                self._note_handled(update_id)
                continue
            update = self._read(raw)
            if update is None:
                self._note_handled(update_id)
            else:
                fresh.append(update)
        return fresh

    def _read(self, raw: dict[str, Any]) -> Update | None:
        """The update, or None where it has a form that nobody here can read, now or later."""
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            _log.error("update.unreadable", update_id=raw["update_id"], error=str(error))
            return None

    def _start(self, update: Update) -> None:
        if is_for_the_desk(update):  # it waits for nobody, and nobody for it
            task = asyncio.create_task(self._see_through(update, None), name=f"update {update.update_id}")
            self._in_hand[update.update_id] = task
            task.add_done_callback(lambda done: self._let_go(update.update_id, None, done))
            return
        person = _person_of(update)
        before = self._last_of_person.get(person)
        task = asyncio.create_task(self._see_through(update, before), name=f"update {update.update_id}")
        self._in_hand[update.update_id] = task
        self._last_of_person[person] = task
        task.add_done_callback(lambda done: self._let_go(update.update_id, person, done))

    def _let_go(self, update_id: int, person: int | None, task: "asyncio.Task[None]") -> None:
        del self._in_hand[update_id]
        if person is not None and self._last_of_person.get(person) is task:
            del self._last_of_person[person]
        if not task.cancelled():
            self._note_handled(update_id)

    def _note_handled(self, update_id: int) -> None:
        if update_id not in self._handled:
            self._handled.append(update_id)
        self._confirm = max(update_id + 1, self._confirm or 0)

    async def _see_through(self, update: Update, before: "asyncio.Task[None] | None") -> None:
        """Handle one update after the person's earlier ones, again and again while something is away.

        From here on everything that is done about it is logged under one correlation id.
        """
        structlog.contextvars.bind_contextvars(correlation_id=uuid4().hex)
        _log.info("update.received", update_id=update.update_id)
        if before is not None:
            await asyncio.wait({before})
        pause = FIRST_PAUSE
        while True:
            try:
                await self._handle(update)
                return
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except PASSING as error:
                if pause == FIRST_PAUSE:
                    _log.warning("update.again", update_id=update.update_id, error=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:  # noqa: BLE001 - the door's edge: one bad update must not stop all the others
                _log.exception("update.broken", update_id=update.update_id)
                return

    async def _finish(self, patience: float) -> None:
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=patience)
        unhandled = list(self._in_hand.values())
        confirm = min(self._in_hand) if unhandled else self._confirm
        for task in unhandled:
            task.cancel()
        if unhandled:
            await asyncio.wait(unhandled, timeout=1)
        if confirm is None:
            return
        try:
            async with asyncio.timeout(LAST_WORD):
                await self._bot(GetRawUpdates(offset=confirm, limit=1, timeout=0))
        except NO_UPDATES as error:
            _log.warning("polling.unconfirmed", error=str(error))  # they come again, and handlers are idempotent


def _person_of(update: Update) -> int:
    """Whose turn the update waits for: the person's id, else the chat's, else nobody's."""
    try:
        event = update.event
    except UpdateTypeLookupError:  # newer than this aiogram; the dispatcher will say so
        return 0
    for owner in (getattr(event, "from_user", None), getattr(event, "user", None), getattr(event, "chat", None)):
        if owner is not None:
            return int(owner.id)
    return 0
