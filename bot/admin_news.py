"""Tells the admins what they should know: one message of many things, urgent ones within seconds, never a flood."""

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter

from bot.features.admin.news_text import news_text
from bot.features.admin.report_text import report_text
from bot.polling import NO_UPDATES, PASSING
from bot.texts import Texts
from repository.admin_news import Admin
from services.accounts import Accounts
from services.admin_news import AdminNews
from services.reports import Reports

INTERVAL = 5.0
"""Seconds between looks: what is urgent comes together for so long at most."""
PAUSE = 60.0
"""Seconds between two messages; and between two that something urgent could not wait for."""
REPORT_LOOK = 60.0
"""Seconds between looks whether a day is over."""

_LATER: tuple[type[Exception], ...] = (TelegramRetryAfter, *PASSING)
_log = structlog.get_logger(__name__)


class Telling(Enum):
    """How telling somebody ended."""

    DONE = auto()
    NOBODY_THERE = auto()
    LATER = auto()


class AdminNewsTeller:
    """Sends news and reports. A crash between Telegram's answer and the mark repeats one message."""

    def __init__(
        self,
        bot: Bot,
        news: AdminNews,
        reports: Reports,
        accounts: Accounts,
        texts: Texts,
        clock: Callable[[], float],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bot = bot
        self._news = news
        self._reports = reports
        self._accounts = accounts
        self._texts = texts
        self._clock = clock
        self._now = now
        self._told_at = self._urgent_told_at = self._looked_for_report_at = -math.inf

    async def keep_telling(self) -> None:
        """Tell until cancelled; what is away is waited for."""
        silent = False
        while True:
            try:
                await self.tell_news()
                await self.tell_report()
            except (*PASSING, *NO_UPDATES) as error:
                if not silent:
                    _log.warning("news.interrupted", error=str(error) or type(error).__name__)
                silent = True
            except Exception:  # noqa: BLE001 - the door's edge: news that cannot be told must not end the bot
                if not silent:
                    _log.exception("news.broken")
                silent = True
            else:
                silent = False
            await asyncio.sleep(INTERVAL)

    async def tell_news(self) -> bool:
        """Tell what is due to be told; whether anything was."""
        now = self._clock()
        if now - self._urgent_told_at < PAUSE:  # whatever was urgent took everything else along
            return False
        news = await self._news.untold()
        if news is None:
            return False
        if now - self._told_at < PAUSE and not news.is_urgent:
            return False
        tellings = [
            await self._send(admin, news_text(self._texts.bound(admin.locale), news), is_loud=news.is_urgent)
            for admin in await self._news.admins()
        ]
        if Telling.DONE not in tellings and Telling.LATER in tellings:
            return False
        await self._news.mark_told(news)
        self._told_at = now
        if news.is_urgent:
            self._urgent_told_at = now
        _log.info("news.told", events=len(news.event_ids), admins=tellings.count(Telling.DONE))
        return True

    async def tell_report(self) -> bool:
        """Tell the admins who do not have it yet the report of the day that has ended; whether anybody was told."""
        now = self._clock()
        if now - self._looked_for_report_at < REPORT_LOOK:
            return False
        self._looked_for_report_at = now
        due = await self._reports.due(self._now())
        if due is None:
            return False
        day, report = due
        has_it = await self._reports.told(day)
        tellings = []
        for admin in await self._news.admins():
            if admin.user_id in has_it:
                continue
            telling = await self._send(admin, report_text(self._texts.bound(admin.locale), day, report), is_loud=False)
            if telling is Telling.DONE:
                await self._reports.mark_told(day, admin.user_id)
            tellings.append(telling)
        if Telling.LATER not in tellings:
            await self._reports.close(day)
        return Telling.DONE in tellings

    async def _send(self, admin: Admin, text: str, *, is_loud: bool) -> Telling:
        try:
            await self._bot.send_message(admin.user_id, text, disable_notification=not is_loud)
        except TelegramForbiddenError:
            await self._accounts.set_blocked_bot(admin.user_id, True)
            return Telling.NOBODY_THERE
        except TelegramBadRequest as error:
            if "chat not found" not in error.message:
                _log.error("news.refused", error=error.message)
            return Telling.NOBODY_THERE
        except _LATER as error:
            _log.warning("news.later", error=str(error))
            return Telling.LATER
        return Telling.DONE
