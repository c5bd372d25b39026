"""Keeps the messages of running tasks up to date, through restarts: which message shows what stands in PostgreSQL."""

import asyncio
from collections.abc import Callable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError

from bot.delivery import remove_message
from bot.features.generate.keyboards import progress_keyboard
from bot.limiter import Limiter
from bot.polling import PASSING
from bot.progress import progress_text
from bot.texts import Texts
from repository.notifications import ProgressMessage
from services.notifications import Notifications
from services.tasks import Tasks

INTERVAL = 1.0
"""Seconds."""
AT_ONCE = 50
TYPICAL_FOR = 60.0
"""Seconds that an estimate is used before it is asked for anew."""

_log = structlog.get_logger(__name__)


class LiveProgress:
    """Edits progress messages. An edit is left out, never queued, while the limiter is busy with a chat."""

    def __init__(
        self,
        bot: Bot,
        limiter: Limiter,
        notifications: Notifications,
        tasks: Tasks,
        texts: Texts,
        clock: Callable[[], float],
    ) -> None:
        self._bot = bot
        self._limiter = limiter
        self._notifications = notifications
        self._tasks = tasks
        self._texts = texts
        self._clock = clock
        self._typical: dict[tuple[str, int], tuple[float, float | None]] = {}

    async def keep_showing(self) -> None:
        """Show until cancelled; what is away is waited for."""
        silent = False
        while True:
            try:
                await self.show_all()
            except PASSING as error:
                if not silent:
                    _log.warning("progress.pause", error=str(error))
                silent = True
            else:
                silent = False
            await asyncio.sleep(INTERVAL)

    async def show_all(self) -> None:
        """Bring every stale message up to date once, and remove those whose task is over and told."""
        stale = await self._notifications.stale_progress(AT_ONCE)
        await asyncio.gather(*(self._show(message) for message in stale))
        for task_id, chat_id, message_id in await self._notifications.orphaned_progress(AT_ONCE):
            try:
                await remove_message(self._bot, chat_id, message_id)
            except TelegramForbiddenError:
                _log.info("progress.person_gone", chat_id=chat_id)
            await self._notifications.forget_progress(task_id)

    async def _show(self, message: ProgressMessage) -> None:
        if not await self._limiter.has_room(message.chat_id):
            return
        t = self._texts.bound(message.locale)
        typical = await self._typical_seconds(message.kind, message.units)
        text = progress_text(t, message.status, message.progress, message.running_seconds, typical)
        try:
            await self._bot.edit_message_text(
                text,
                chat_id=message.chat_id,
                message_id=message.message_id,
                reply_markup=progress_keyboard(t, message.task_id),
            )
        except TelegramBadRequest as error:
            if "not modified" not in error.message:
                _log.info("progress.gone", error=error.message)
                await self._notifications.forget_progress(message.task_id)
                return
        except TelegramForbiddenError:
            await self._notifications.forget_progress(message.task_id)
            return
        except TelegramAPIError as error:
            _log.info("progress.not_shown", error=str(error))  # the next round shows it
            return
        await self._notifications.progress_shown(message.task_id, message.progress, message.status)

    async def _typical_seconds(self, kind: str, units: int) -> float | None:
        now = self._clock()
        asked_at, typical = self._typical.get((kind, units), (float("-inf"), None))
        if now - asked_at > TYPICAL_FOR:
            typical = await self._tasks.typical_seconds(kind, units)
            self._typical[kind, units] = (now, typical)
        return typical
