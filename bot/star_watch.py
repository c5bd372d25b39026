"""Asks Telegram for its list of Star transactions and has it compared with our books."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiogram import Bot
from aiogram.methods import TelegramMethod

from bot.polling import NO_UPDATES
from services.accounts import Profile
from services.money.star_comparison import StarComparison, StarMovement
from services.repeated import AWAY, keep_repeating

INTERVAL = 5.0
"""Seconds between two looks whether a round is due."""

_log = structlog.get_logger(__name__)


class GetRawStarTransactions(TelegramMethod[dict[str, Any]]):
    """getStarTransactions as it comes: one partner of an unknown kind would hold back the whole list for ever."""

    __returning__ = dict[str, Any]
    __api_method__ = "getStarTransactions"

    offset: int
    limit: int


class StarWatch:
    """Runs the comparison beside the outbox."""

    def __init__(self, bot: Bot, comparison: StarComparison) -> None:
        self._bot = bot
        self._comparison = comparison

    async def keep_comparing(self) -> None:
        """Compare until cancelled; what is away is waited for."""
        await keep_repeating("stars", self._compare, INTERVAL, (*AWAY, *NO_UPDATES))

    async def _compare(self) -> None:
        found = await self._comparison.round(self._read_page)
        if found is not None:
            _log.debug("books.stars", read=found.read, recovered=found.recovered, gaps=found.gaps)

    async def _read_page(self, offset: int, limit: int) -> Sequence[StarMovement]:
        answer = await self._bot(GetRawStarTransactions(offset=offset, limit=limit))
        return [movement_of(listed) for listed in answer["transactions"]]


def movement_of(listed: Mapping[str, Any]) -> StarMovement:
    """A transaction of Telegram's list. What is neither incoming nor outgoing counts as outgoing, to nobody."""
    is_incoming = "source" in listed
    partner: Mapping[str, Any] = listed.get("source") or listed.get("receiver") or {}
    user: Mapping[str, Any] | None = partner.get("user")
    return StarMovement(
        transaction_id=str(listed["id"]),
        is_incoming=is_incoming,
        stars=int(listed["amount"]),
        partner=str(partner.get("type", "unknown")),
        happened_at=datetime.fromtimestamp(int(listed["date"]), UTC),
        is_invoice=partner.get("transaction_type", "invoice_payment") == "invoice_payment",
        person=_profile(user) if user is not None else None,
        payload=str(partner.get("invoice_payload") or ""),
    )


def _profile(user: Mapping[str, Any]) -> Profile:
    return Profile(
        int(user["id"]),
        user.get("username"),
        user.get("first_name"),
        user.get("last_name"),
        user.get("language_code"),
    )
