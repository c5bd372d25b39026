"""The Telegram door: it translates presses into calls of services, and what came of them into screens."""

from bot.deferred_types import defer_types

defer_types()
