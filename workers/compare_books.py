"""The bookkeeper: ledger and balances, ended tasks and what they cost. Of many workers one makes each round."""

import asyncio

import structlog

from db.pool import UNAVAILABLE
from services.money.ledger_comparison import LedgerComparison
from services.money.task_comparison import TaskComparison

INTERVAL = 5.0
"""Seconds between two looks whether a round is due."""

_log = structlog.get_logger(__name__)


async def keep_comparing(ledger: LedgerComparison, tasks: TaskComparison) -> None:
    """Compare until cancelled; a database that is away is asked again."""
    silent = False
    while True:
        try:
            found = await ledger.round()
            if found is not None:
                _log.debug("books.ledger", entries=found.entries, people=found.people, gaps=found.gaps)
            ended = await tasks.round()
            if ended is not None:
                _log.debug("books.tasks", tasks=ended.tasks, gaps=ended.gaps)
        except UNAVAILABLE as error:
            if not silent:
                _log.warning("books.database_away", error=str(error) or type(error).__name__)
            silent = True
        except Exception:  # noqa: BLE001 - the door's edge: a comparison that breaks must not end the worker
            if not silent:
                _log.exception("books.broken")
            silent = True
        else:
            silent = False
        await asyncio.sleep(INTERVAL)
