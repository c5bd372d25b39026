"""Keeps the messages of running tasks up to date, through restarts: which message shows what stands in PostgreSQL."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot.delivery import remove_message
from bot.features.generate.keyboards import progress_keyboard
from bot.limiter import EditWhenIdle, LeftOut
from bot.polling import PASSING
from bot.progress import progress_text
from bot.progress_turns import ProgressTurns
from bot.texts import Texts
from repository.notifications import ProgressMessage
from services.notifications import Notifications
from services.tasks import Tasks

INTERVAL = 1.0
"""Seconds."""
AT_ONCE = 200
"""Messages that are looked at in one round; the limiter lets through what Telegram takes."""
TYPICAL_FOR = 60.0
"""Seconds that an estimate is used before it is asked for anew."""
NOT_SHOWN: tuple[type[Exception], ...] = (AiogramError, *PASSING)
"""What a later round may do better."""

_log = structlog.get_logger(__name__)


class LiveProgress:
    """Edits progress messages, each chat for itself: nobody's waits for somebody else's."""

    def __init__(
        self,
        bot: Bot,
        notifications: Notifications,
        tasks: Tasks,
        texts: Texts,
        turns: ProgressTurns,
        clock: Callable[[], float],
    ) -> None:
        self._bot = bot
        self._notifications = notifications
        self._tasks = tasks
        self._texts = texts
        self._turns = turns
        self._clock = clock
        self._typical: dict[tuple[str, int], tuple[float, float | None]] = {}
        self._showing: dict[int, asyncio.Task[None]] = {}
        """What is under way, by chat."""

    async def keep_showing(self) -> None:
        """Show until cancelled; what is away is waited for."""
        silent = False
        while True:
            try:
                await self.show_all()
            except PASSING as error:
                if not silent:
                    _log.warning("progress.interrupted", error=str(error))
                silent = True
            except Exception:  # noqa: BLE001 - the door's edge: progress is a courtesy and must not end the bot
                if not silent:
                    _log.exception("progress.broken")
                silent = True
            else:
                silent = False
            await asyncio.sleep(INTERVAL)

    async def show_all(self) -> None:
        """Begin to bring stale messages up to date, one a chat, and remove those whose task is over and told."""
        for message in one_of_each_chat(await self._notifications.stale_progress(AT_ONCE)):
            if message.chat_id not in self._showing:
                showing = asyncio.create_task(self._show_or_leave(message))
                self._showing[message.chat_id] = showing
                showing.add_done_callback(partial(self._let_go, message.chat_id))
        for task_id, chat_id, message_id in await self._notifications.orphaned_progress(AT_ONCE):
            try:
                await remove_message(self._bot, chat_id, message_id)
            except TelegramForbiddenError:
                _log.info("progress.person_gone", chat_id=chat_id)
                await self._notifications.note_blocked(chat_id)
            else:
                await self._notifications.forget_progress(task_id, message_id)

    async def settle(self) -> None:
        """Wait for the edits that are under way."""
        while self._showing:
            await asyncio.wait(self._showing.values())

    def _let_go(self, chat_id: int, _: "asyncio.Task[None]") -> None:
        del self._showing[chat_id]

    async def _show_or_leave(self, message: ProgressMessage) -> None:
        structlog.contextvars.bind_contextvars(correlation_id=message.correlation_id, task_id=str(message.task_id))
        try:
            async with self._turns.progress(message.task_id) as is_live:
                if is_live:
                    await self._show(message)
        except LeftOut:
            return  # a later round shows more anyway
        except NOT_SHOWN as error:
            _log.info("progress.not_shown", error=str(error))
        except Exception:  # noqa: BLE001 - the door's edge: one message that cannot be written must be heard of
            _log.exception("progress.broken")

    async def _show(self, message: ProgressMessage) -> None:
        t = self._texts.bound(message.locale)
        typical = await self._typical_seconds(message.kind, message.units)
        try:
            await self._bot(
                EditWhenIdle(
                    text=progress_text(
                        t, message.status, message.progress, message.running_seconds, typical, message.kind
                    ),
                    chat_id=message.chat_id,
                    message_id=message.message_id,
                    reply_markup=progress_keyboard(t, message.task_id, message.kind),
                )
            )
        except TelegramBadRequest as error:
            if "not modified" not in error.message:
                _log.info("progress.gone", error=error.message)
                await self._notifications.forget_progress(message.task_id, message.message_id)
                return
        except TelegramForbiddenError:
            await self._notifications.note_blocked(message.chat_id)
            return
        await self._notifications.progress_shown(message.task_id, message.progress, message.status)

    async def _typical_seconds(self, kind: str, units: int) -> float | None:
        now = self._clock()
        asked_at, typical = self._typical.get((kind, units), (float("-inf"), None))
        if now - asked_at > TYPICAL_FOR:
            typical = await self._tasks.typical_seconds(kind, units)
            self._typical[kind, units] = (now, typical)
        return typical


def one_of_each_chat(messages: Iterable[ProgressMessage]) -> list[ProgressMessage]:
    """The message of each chat that is furthest behind: a chat takes one edit a second."""
    behind = sorted(messages, key=lambda message: message.progress - message.shown_progress)
    return list({message.chat_id: message for message in behind}.values())
