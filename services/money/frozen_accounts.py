"""People whose books disagree: they spend and buy nothing until the owner has looked. Nobody else is touched."""

from enum import StrEnum

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.books import BooksRepository

LEDGER_GAP = "ledger_gap"
"""The admins' word for it; the subject is `account N`."""

_log = structlog.get_logger(__name__)


class Unfreezing(StrEnum):
    """What became of the wish to let somebody spend again."""

    DONE = "done"
    GAP_STANDS = "gap_stands"
    NOT_FROZEN = "not_frozen"
    UNKNOWN = "unknown"


class FrozenAccounts:
    """Freezes and unfreezes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def freeze(self, account_id: int) -> bool:
        """Freeze a person whose books disagree, and tell the admins; False where they agree after all.

        The second look is taken while the person's balance is held still, so that nothing under way is mistaken for
        a gap. Running orders settle as ever.
        """
        async with self._db.transaction(Write.ACCOUNT_FREEZE) as tx:
            books = BooksRepository(tx)
            if await books.lock_person(account_id) is None:
                return False
            gaps = await books.find_gaps([account_id])
            if not gaps:
                return False
            [gap] = gaps
            await books.set_frozen(gap.user_id, True)
            is_news = await AdminEventRepository(tx).open(
                LEDGER_GAP,
                account_subject(account_id),
                {
                    "tokens": gap.tokens,
                    "left": gap.tokens_left - gap.ledger_left,
                    "held": gap.tokens_held - gap.ledger_held,
                    "owed": gap.tokens_owed - gap.ledger_owed,
                },
            )
        if is_news:
            _log.error("ledger.gap", account_id=account_id, tokens=gap.tokens)
        return True

    async def unfreeze(self, user_id: int) -> Unfreezing:
        """Let a person spend again whose books agree by now; refused while they do not."""
        account_id = await BooksRepository(self._db.reading).get_account(user_id)
        if account_id is None:
            return Unfreezing.UNKNOWN
        async with self._db.transaction(Write.ACCOUNT_UNFREEZE) as tx:
            books = BooksRepository(tx)
            if await books.lock_person(account_id) is None:
                return Unfreezing.UNKNOWN
            if await books.find_gaps([account_id]):
                return Unfreezing.GAP_STANDS
            was_frozen = await books.set_frozen(user_id, False)
            await AdminEventRepository(tx).close(LEDGER_GAP, account_subject(account_id))
        if was_frozen:
            _log.info("account.unfrozen", account_id=account_id)
        return Unfreezing.DONE if was_frozen else Unfreezing.NOT_FROZEN


def account_subject(account_id: int) -> str:
    """What an event about an account is about."""
    return f"account {account_id}"


def account_of(subject: str) -> int:
    """The account of such an event."""
    return int(subject.removeprefix("account "))
