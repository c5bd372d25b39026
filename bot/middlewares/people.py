"""Who is speaking: known by one query, registered at the first word, greeted in their language."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram.types import User as TelegramUser
from redis.asyncio import Redis

from bot.access import is_open_to_banned
from bot.texts import Texts
from repository.users import Registration, User
from services.accounts import Accounts, Profile
from services.errors import Banned

TOLD_FOR = timedelta(days=1)
"""How long a banned person's further messages stay without an answer."""

_START = re.compile(r"/start(?:@\w+)?(?:\s+ref_(?P<code>[A-Za-z0-9_-]{1,60}))?\s*\Z")


class People(BaseMiddleware):
    """Gives handlers `person`, `t`, and `welcome_tokens`: a number for somebody met right now, else None.

    `invited_tokens` says how many of them came with an invitation.

    Only private chats are handled. Banned people hear of it at every press and in one message a day, and keep what is
    everybody's right; payments and questions before them do not come by here (bot.front_door).
    """

    def __init__(self, accounts: Accounts, texts: Texts, redis: Redis, namespace: str) -> None:
        self._accounts = accounts
        self._texts = texts
        self._redis = redis
        self._namespace = namespace

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle what a person said or pressed."""
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None or not _is_private(event):
            return None
        person, registration = await self._meet(event, event.from_user)
        data["person"] = person
        data["t"] = self._texts.bound(person.locale)
        data["welcome_tokens"] = registration.welcome_tokens if registration else None
        data["invited_tokens"] = registration.invited_tokens if registration else 0
        if person.banned_at is not None and not is_open_to_banned(event):
            if isinstance(event, CallbackQuery) or await self._is_to_be_told(person):
                raise Banned
            return None
        return await handler(event, data)

    async def _meet(self, event: Message | CallbackQuery, shown: TelegramUser) -> tuple[User, Registration | None]:
        start = _START.match(event.text or "") if isinstance(event, Message) else None
        if start is None:  # most likely somebody known: a look costs less than trying to register them
            person = await self._accounts.get(shown.id)
            if person is not None and _is_up_to_date(person, shown):
                return person, None
        profile = Profile(shown.id, shown.username, shown.first_name, shown.last_name, shown.language_code)
        registration = await self._accounts.register(profile, start["code"] if start else None)
        return registration.person, registration if registration.is_new else None

    async def _is_to_be_told(self, person: User) -> bool:
        key = f"{self._namespace}:banned-told:{person.user_id}"
        return bool(await self._redis.set(key, b"1", nx=True, ex=TOLD_FOR))


def _is_private(event: Message | CallbackQuery) -> bool:
    message = event.message if isinstance(event, CallbackQuery) else event
    return message is not None and message.chat.type == ChatType.PRIVATE


def _is_up_to_date(person: User, shown: TelegramUser) -> bool:
    """Whether the row says what Telegram shows; somebody who speaks has not blocked the bot."""
    names = (person.username, person.first_name, person.last_name)
    return names == (shown.username, shown.first_name, shown.last_name) and person.blocked_bot_at is None
