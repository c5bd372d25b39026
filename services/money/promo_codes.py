"""Promo codes: a word that brings tokens, once to each person, and never more often than the owner said."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from redis.asyncio import Redis

from config.failpoints import Write
from db.pool import Connection, Database
from repository.catalogue import CatalogueRepository
from repository.ledger import LedgerRepository
from repository.promo_codes import PromoCode, PromoCodeRepository
from repository.users import User
from services.errors import (
    AccountFrozen,
    Banned,
    PromoCodeEarly,
    PromoCodeExists,
    PromoCodeNotForWeb,
    PromoCodeOver,
    PromoCodeSpent,
    PromoCodeTries,
    PromoCodeUnknown,
    PromoCodeUsed,
    PromoCodeWrong,
)

TRIES_WITHIN = timedelta(hours=1)
MOST_TOKENS = 1_000_000
MOST_USES = 2**31 - 1
START_PREFIX = "promo_"
"""What the payload of a promo code's link begins with."""

_CODE = re.compile(r"[A-Z0-9_-]{3,32}")

# KEYS: the person's tries. ARGV: how long they count, in milliseconds. The answer: tries, and milliseconds until they
# are forgotten.
_COUNT = """
local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {tries, redis.call('PTTL', KEYS[1])}
"""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a promo code brought."""

    code: str
    tokens: int
    debt_paid: int
    """Tokens of these that went to what the person owed."""


class PromoCodes:
    """Redeems promo codes, and makes them."""

    def __init__(self, db: Database, redis: Redis, namespace: str) -> None:
        self._db = db
        self._namespace = namespace
        self._count = redis.register_script(_COUNT)

    async def redeem(self, person: User, typed: str, key: str) -> Redeemed:
        """Credit a code's tokens to a person, once for each person, erased meanwhile or not.

        typed: as somebody wrote it; spaces around it and small letters do no harm. key: this very try; told again, the
        try that brought the tokens is answered as it was, and writes nothing. Every other try counts, so that nobody
        guesses. Raises PromoCodeTries, PromoCodeUnknown, PromoCodeUsed, PromoCodeOver, PromoCodeEarly, PromoCodeSpent,
        PromoCodeNotForWeb, Banned, AccountFrozen; then nothing is written.
        """
        if person.user_id < 0:
            raise PromoCodeNotForWeb
        code = cleaned(typed)
        if code is not None and (earlier := await self._told_before(person.user_id, code, key)) is not None:
            return earlier
        if person.banned_at is not None:
            raise Banned
        if person.frozen_at is not None:
            raise AccountFrozen
        await self._count_try(person.user_id)
        if code is None:
            raise PromoCodeUnknown
        try:
            async with self._db.transaction(Write.PROMO_REDEEM) as tx:
                redeemed = await _redeem(tx, person.user_id, code, key)
        except PromoCodeUsed:  # by this very try, perhaps, told twice at once
            earlier = await self._told_before(person.user_id, code, key)
            if earlier is None:
                raise
            return earlier
        _log.info("promo.redeemed", code=code, tokens=redeemed.tokens)
        return redeemed

    async def create(
        self,
        code: str,
        tokens: int,
        uses: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        *,
        key: str | None = None,
    ) -> PromoCode:
        """Make a code of 3 to 32 of A-Z 0-9 _ -; without uses or an end it is for everybody, for ever.

        key: this very command; told again, the one that made the code is answered with it, and writes nothing.
        Raises PromoCodeWrong, PromoCodeExists; then nothing is written.
        """
        name = cleaned(code)
        if name is None or not 0 < tokens <= MOST_TOKENS or not (uses is None or 0 < uses <= MOST_USES):
            raise PromoCodeWrong
        if ends_at is not None and ends_at <= (starts_at or datetime.now(UTC)):
            raise PromoCodeWrong
        promo_codes = PromoCodeRepository(self._db.writing(Write.PROMO_ADD))
        promo = await promo_codes.add(name, tokens, uses, starts_at, ends_at, key)
        if promo is None and key is not None:  # made by this very command, perhaps
            promo = await PromoCodeRepository(self._db.reading).get_made(name, key)
        if promo is None:
            raise PromoCodeExists
        return promo

    async def _told_before(self, user_id: int, code: str, key: str) -> Redeemed | None:
        use = await PromoCodeRepository(self._db.reading).get_use(code, user_id, key)
        return Redeemed(code, use.tokens, use.debt_paid) if use is not None else None

    async def _count_try(self, user_id: int) -> None:
        most = await CatalogueRepository(self._db.reading).get_limit("promo_tries_an_hour")
        key = f"{self._namespace}:promo-tries:{user_id}"
        tries, left_ms = await self._count(keys=[key], args=[int(TRIES_WITHIN.total_seconds() * 1000)])
        if most is not None and tries > most:
            raise PromoCodeTries(minutes=max(1, -(-left_ms // 60_000)))


def cleaned(typed: str) -> str | None:
    """A code as it is kept; None for what none can be called."""
    code = typed.strip()
    if not code.isascii() or not _CODE.fullmatch(code.upper()):
        return None
    return code.upper()


async def _redeem(tx: Connection, user_id: int, code: str, try_key: str) -> Redeemed:
    promo_codes = PromoCodeRepository(tx)
    tokens = await promo_codes.take_use(code)
    if tokens is None:
        raise await _refusal(promo_codes, user_id, code)
    account_id = await promo_codes.note_use(code, user_id, tokens, try_key)
    if account_id is None:
        raise PromoCodeUsed
    ledger_key = f"promo:{code}:account:{account_id}"
    ledger = LedgerRepository(tx)
    await ledger.credit(user_id, tokens, source="bonus", kind="promo", key=ledger_key)
    return Redeemed(code, tokens, await ledger.pay_debt(user_id, ledger_key))


async def _refusal(
    promo_codes: PromoCodeRepository, user_id: int, code: str
) -> PromoCodeUnknown | PromoCodeUsed | PromoCodeOver | PromoCodeEarly | PromoCodeSpent:
    """Why there is nothing to be had; what a person has had already is said first."""
    standing = await promo_codes.get_standing(code, user_id)
    if standing is None:
        return PromoCodeUnknown()
    if standing.is_used:
        return PromoCodeUsed()
    if standing.is_over:
        return PromoCodeOver()
    return PromoCodeEarly() if standing.is_early else PromoCodeSpent()
