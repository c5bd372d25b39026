"""Each admin's own list of commands: everybody's, and the admins' below, for as long as they are one."""

from collections.abc import Callable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BotCommandScopeChat
from redis.asyncio import Redis

from bot.commands import admin_commands, commands, set_commands_of_chat
from bot.polling import NO_UPDATES
from bot.texts import Texts
from services.accounts import Accounts
from services.admin_news import AdminNews
from services.repeated import AWAY, keep_repeating

LOOK_EVERY = 10.0
"""Seconds between looks who is an admin: `./run.sh admin add` is another process and tells nobody."""
REFUSED_PAUSE = 300.0
"""Seconds after which somebody whose chat Telegram does not know is tried again: they have not met the bot yet."""

_log = structlog.get_logger(__name__)


class AdminCommands:
    """Gives the list to whoever becomes an admin, and takes it from whoever is none any more.

    Who has it is noted in Redis, a key for each, so that it is taken away after a restart too and an erasure finds the
    note. A Redis that lost everything leaves an old list in a chat; what it names is silent for those who are no admin.
    """

    def __init__(
        self,
        bot: Bot,
        admin_news: AdminNews,
        accounts: Accounts,
        texts: Texts,
        redis: Redis,
        namespace: str,
        clock: Callable[[], float],
    ) -> None:
        self._bot = bot
        self._admin_news = admin_news
        self._accounts = accounts
        self._texts = texts
        self._redis = redis
        self._prefix = f"{namespace}:admin-commands:"
        self._clock = clock
        self._shown: dict[int, str] | None = None
        """The language of each list; empty where an earlier process gave it. None before the first look."""
        self._refused: dict[int, float] = {}
        """When those are tried again whom Telegram does not know."""

    async def keep_setting(self) -> None:
        """Look until cancelled; what is away is waited for."""
        await keep_repeating("commands", self.look, LOOK_EVERY, (*AWAY, *NO_UPDATES))

    async def look(self) -> None:
        """Set what has changed since the last look; at the first one the list of every admin."""
        if self._shown is None:
            names = [key.decode() async for key in self._redis.scan_iter(match=f"{self._prefix}*", count=1000)]
            self._shown = {int(name.removeprefix(self._prefix)): "" for name in names}
        admins = {admin.user_id: admin.locale for admin in await self._admin_news.admins()}
        for user_id, locale in admins.items():
            if self._shown.get(user_id) != locale and self._clock() >= self._refused.get(user_id, 0):
                await self._give(user_id, locale)
        for user_id in self._shown.keys() - admins.keys():
            await self._take_away(user_id)

    async def _give(self, user_id: int, locale: str) -> None:
        assert self._shown is not None
        await self._redis.set(f"{self._prefix}{user_id}", locale)
        try:
            await set_commands_of_chat(self._bot, user_id, admin_commands(self._texts.bound(locale)))
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            _log.info("commands.no_chat", user_id=user_id, error=error.message)
            self._refused[user_id] = self._clock() + REFUSED_PAUSE
            return
        self._shown[user_id] = locale

    async def _take_away(self, user_id: int) -> None:
        assert self._shown is not None
        person = await self._accounts.get(user_id)
        try:
            if person is None:
                await self._bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=user_id))
            else:
                await set_commands_of_chat(self._bot, user_id, commands(self._texts.bound(person.locale)))
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            _log.info("commands.no_chat", user_id=user_id, error=error.message)
        await self._redis.delete(f"{self._prefix}{user_id}")
        del self._shown[user_id]
