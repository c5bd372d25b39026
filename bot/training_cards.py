"""Keeps the live card of whoever collects photos for a model true: what is in the database is what the card says.

A card is edited where it stands; once photos have come after it, it moves below them. Which message it is stands in
the dialog, beside the screen that it is: while the screen shows something else there is no card to keep.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError
from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from bot.delivery import remove_message
from bot.dialogs import Dialogs
from bot.features.train.card import card_text
from bot.features.train.keyboards import card_keyboard
from bot.features.train.states import TrainingStep
from bot.limiter import EditWhenIdle, LeftOut, SendWhenIdle
from bot.polling import PASSING
from bot.rung import keep_working
from bot.texts import Texts
from repository.training_sets import StaleCard
from services.accounts import Accounts
from services.errors import ProductError
from services.training.sets import SetView, TrainingSets

LEASE = timedelta(seconds=20)
"""How long a process that falls silent keeps a card."""
AT_ONCE = 50
IDLE_LOOK = 2.0
"""Seconds between looks that no bell asked for."""
QUIET = 0.8
"""Seconds without a photo after which the card moves: an album comes within a tenth of one, uploads one by one."""
LONGEST_QUEST = 5.0
"""Seconds of photos one after the other in which the card waits for quiet."""
PAUSE = 0.25
"""Seconds until the next try where the chat had no idle moment."""
TELEGRAM_PATIENCE = 5.0
"""Seconds that Telegram may take: the person's updates wait meanwhile."""
NOT_SHOWN: tuple[type[Exception], ...] = (AiogramError, TimeoutError, *PASSING)
"""What a later round may do better."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card that is on somebody's screen."""

    message_id: int
    newest: int
    """The message of the newest photo; 0 where none came since the card was opened."""
    newest_at: int
    """When it came, in milliseconds."""

    @property
    def is_above_photos(self) -> bool:
        """Whether photos came after it."""
        return self.newest > self.message_id


class TrainingCards:
    """Claims cards that say less than is known, and brings each of them up to date, all chats side by side."""

    def __init__(
        self,
        bot: Bot,
        sets: TrainingSets,
        accounts: Accounts,
        texts: Texts,
        dialogs: Dialogs,
        turns: BaseEventIsolation,
        clock: Callable[[], float],
    ) -> None:
        """turns: the person's updates and the card take turns. clock: seconds since the epoch."""
        self._bot = bot
        self._sets = sets
        self._accounts = accounts
        self._texts = texts
        self._dialogs = dialogs
        self._turns = turns
        self._clock = clock
        self._showing: dict[int, asyncio.Task[None]] = {}
        """What is under way, by set."""
        self._one_shown = asyncio.Event()

    async def keep_showing(self, redis: Redis, channel: str) -> None:
        """Show until cancelled; what is away is waited for."""
        await keep_working("training_cards", self.show_due, self._hear, redis, channel, pause=IDLE_LOOK / 2)

    async def show_due(self) -> None:
        """Begin to bring every stale card up to date."""
        for card in await self._sets.claim_stale_cards(LEASE, AT_ONCE):
            showing = asyncio.create_task(self._show_or_leave(card, self._showing.get(card.set_id)))
            self._showing[card.set_id] = showing
            showing.add_done_callback(partial(self._let_go, card.set_id))

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._showing:
            await asyncio.wait(self._showing.values())

    async def _hear(self, bell: PubSub) -> None:
        """Wait for a ring, for the end of a showing (what came meanwhile is shown next), or for the idle look."""
        waits = {
            asyncio.ensure_future(bell.get_message(timeout=IDLE_LOOK)),
            asyncio.ensure_future(self._one_shown.wait()),
        }
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in done:
                wait.result()
        finally:
            for wait in waits:
                wait.cancel()
            self._one_shown.clear()

    def _let_go(self, set_id: int, task: "asyncio.Task[None]") -> None:
        self._one_shown.set()
        if self._showing.get(set_id) is task:
            del self._showing[set_id]

    async def _show_or_leave(self, card: StaleCard, before: "asyncio.Task[None] | None") -> None:
        """Show one card, or leave it until its lease has run out."""
        structlog.contextvars.bind_contextvars(user_id=card.user_id, set_id=card.set_id)
        if before is not None:  # its lease ran out over a slow Telegram
            await asyncio.wait({before})
        try:
            async with asyncio.timeout(LEASE.total_seconds()):
                await self._show(card)
        except NOT_SHOWN as error:
            _log.info("training_card.not_shown", error=str(error) or type(error).__name__)
        except Exception:  # noqa: BLE001 - the door's edge: one card that cannot be written must be heard of
            _log.exception("training_card.broken")

    async def _show(self, card: StaleCard) -> None:
        key = StorageKey(bot_id=self._bot.id, chat_id=card.user_id, user_id=card.user_id)
        patience_ends = self._clock() + LONGEST_QUEST
        while True:
            async with self._turns.lock(key):
                shown = await self._on_screen(key, card.set_id)
                if shown is None:
                    await self._sets.card_shown(card.set_id, card.revision)
                    return
                wait = self._quiet_in(shown) if self._clock() < patience_ends else 0
                if wait <= 0:
                    try:
                        await self._bring_up(key, card, shown)
                    except LeftOut:
                        wait = PAUSE
                    else:
                        return
            await asyncio.sleep(wait)

    async def _on_screen(self, key: StorageKey, set_id: int) -> Shown | None:
        """The card as the dialog knows it; None where the screen shows something else."""
        state = await self._dialogs.get_state(key)
        kept: dict[str, Any] = await self._dialogs.get_data(key)
        if state != TrainingStep.card.state or kept.get("training_set") != set_id or "screen" not in kept:
            return None
        return Shown(int(kept["screen"]), int(kept.get("newest", 0)), int(kept.get("newest_at", 0)))

    def _quiet_in(self, shown: Shown) -> float:
        """Seconds until the card may move; 0 where it may now, or stays where it is."""
        if not shown.is_above_photos:
            return 0
        since = self._clock() - shown.newest_at / 1000
        return QUIET - since if 0 <= since < QUIET else 0

    async def _bring_up(self, key: StorageKey, card: StaleCard, shown: Shown) -> None:
        """Say what is known. Raises LeftOut where the chat has no moment to spare."""
        person = await self._accounts.get(card.user_id)
        if person is None:
            return
        try:
            view = await self._sets.view(person, card.set_id)
        except ProductError:  # it was given up meanwhile
            await self._sets.card_shown(card.set_id, card.revision)
            return
        if view.set.shown_revision == view.set.revision:  # the person's own press showed it, before its turn came
            return
        try:
            async with asyncio.timeout(TELEGRAM_PATIENCE):
                if shown.is_above_photos or not await self._edit(view, shown, person.user_id, person.locale):
                    await self._move(key, view, shown, person.user_id, person.locale)
        except TelegramForbiddenError:
            await self._accounts.set_blocked_bot(person.user_id, True)
        await self._sets.card_shown(card.set_id, view.set.revision)

    async def _edit(self, view: SetView, shown: Shown, chat_id: int, locale: str) -> bool:
        """Write it where it stands; False where that message cannot be written any more."""
        t = self._texts.bound(locale)
        try:
            await self._bot(
                EditWhenIdle(
                    text=card_text(t, view),
                    chat_id=chat_id,
                    message_id=shown.message_id,
                    reply_markup=card_keyboard(t, view),
                )
            )
        except TelegramBadRequest as error:
            return "not modified" in error.message
        return True

    async def _move(self, key: StorageKey, view: SetView, shown: Shown, chat_id: int, locale: str) -> None:
        """Show it at the end of the chat, and take it away where it stood."""
        t = self._texts.bound(locale)
        sent = await self._bot(
            SendWhenIdle(
                text=card_text(t, view), chat_id=chat_id, reply_markup=card_keyboard(t, view), disable_notification=True
            )
        )
        if await self._dialogs.move_screen(key, shown.message_id, sent.message_id):
            await self._sets.track_card(view.set.set_id, sent.message_id)
            await remove_message(self._bot, chat_id, shown.message_id)
        else:  # the person went elsewhere meanwhile
            await remove_message(self._bot, chat_id, sent.message_id)
