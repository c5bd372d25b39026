"""What a worker does beside its tasks, again and again. Of many workers one does what is due."""

import structlog

from services.money.ledger_comparison import LedgerComparison
from services.money.referrals import Referrals
from services.money.task_comparison import TaskComparison
from services.photos.expiry import PhotoExpiry
from services.repeated import keep_repeating

VEST_EVERY = 10.0
"""Seconds; what is due may well wait for them, it has waited for two weeks."""
COMPARE_EVERY = 5.0
"""Seconds between two looks whether a round is due."""
EXPIRE_EVERY = 600.0
"""Seconds between two looks; days are what it is about."""

_log = structlog.get_logger(__name__)


async def keep_vesting(referrals: Referrals) -> None:
    """Make tokens that were promised for invitations the inviters' own, once their payments are final."""
    await keep_repeating("vesting", referrals.vest_due, VEST_EVERY)


async def keep_comparing(ledger: LedgerComparison, tasks: TaskComparison) -> None:
    """Be the bookkeeper: ledger and balances, ended tasks and what they cost."""

    async def compare() -> None:
        found = await ledger.round()
        if found is not None:
            _log.debug("books.ledger", entries=found.entries, people=found.people, gaps=found.gaps)
        ended = await tasks.round()
        if ended is not None:
            _log.debug("books.tasks", tasks=ended.tasks, gaps=ended.gaps)

    await keep_repeating("books", compare, COMPARE_EVERY)


async def keep_expiring(expiry: PhotoExpiry) -> None:
    """Erase training photos whose time is over, a few sets at a time."""

    async def expire() -> None:
        while await expiry.expire():
            pass

    await keep_repeating("photos", expire, EXPIRE_EVERY)
