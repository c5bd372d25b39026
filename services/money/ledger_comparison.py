"""Balances are compared with the ledger, round by round: whoever's tokens moved, and a slice of everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.admin_news import AdminNewsRepository
from repository.books import AccountGap, BooksRepository
from repository.reconciliation import BooksKind, ReconciliationRepository
from services.money.frozen_accounts import LEDGER_GAP, FrozenAccounts, account_of, account_subject

PAUSE = timedelta(minutes=1)
"""Between two rounds."""
ROUNDS_A_DAY = 1200
"""Rounds in which everybody has been seen, moved or not: less than a day of them."""
SMALLEST_SLICE = 100
"""People of a round's slice at least."""
LAG = timedelta(minutes=1)
"""How long after its date an entry may still be committed."""
PAGE = 10_000
"""Entries that are read at a time."""
AT_ONCE = 500
"""People who are compared by one statement."""
MOST_OPEN = 1000
"""Gaps that are looked at again in each round."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerRound:
    """What a round looked at and found."""

    entries: int
    people: int
    gaps: int
    """People whose books disagree now, frozen earlier or by this round."""


class LedgerComparison:
    """Compares, freezes, alarms."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._frozen = FrozenAccounts(db)

    async def round(self) -> LedgerRound | None:
        """A round where one is due, else None. Raises one of db.pool.UNAVAILABLE; the next round begins as this one."""
        rounds = ReconciliationRepository(self._db.writing(Write.BOOKS_ROUND))
        state = await rounds.claim(BooksKind.LEDGER, PAUSE)
        if state is None:
            return None
        entries, position, moved = 0, state.position, set[int]()
        after = state.position
        while True:
            touched = await BooksRepository(self._db.reading).get_touched(after, LAG, PAGE)
            entries += touched.entries
            moved.update(touched.account_ids)
            if position == after:  # everything before this page is settled
                position = touched.settled_entry
            after = touched.last_entry
            if touched.entries < PAGE:
                break
        await self._compare(sorted(moved))
        seen, slice_after = await self._compare_slice(int(state.details.get("slice_after", 0)))
        gaps = await self._look_again()
        tokens = sum(gap.tokens for gap in gaps)
        details = {"slice_after": slice_after, "tokens": tokens}
        await rounds.save(BooksKind.LEDGER, position, len(gaps), details)
        return LedgerRound(entries, len(moved) + seen, len(gaps))

    async def _compare(self, account_ids: Sequence[int]) -> None:
        """Freeze those whose books disagree; a statement reads all that ever moved of some of them."""
        books = BooksRepository(self._db.reading)
        for first in range(0, len(account_ids), AT_ONCE):
            for gap in await books.find_gaps(account_ids[first : first + AT_ONCE]):
                if not gap.is_frozen:
                    await self._frozen.freeze(gap.account_id)

    async def _compare_slice(self, after: int) -> tuple[int, int]:
        """The next people, whether anything of theirs moved or not; after the last of all the first come again.

        Answers how many they were, and where the next slice begins.
        """
        books = BooksRepository(self._db.reading)
        size = max(SMALLEST_SLICE, -(-await books.estimate_accounts() // ROUNDS_A_DAY))
        seen = await books.get_slice(after, size)
        await self._compare(seen)
        return len(seen), seen[-1] if len(seen) == size else 0

    async def _look_again(self) -> list[AccountGap]:
        """What is wrong now of what was found so far. Whoever is gone takes their gap along."""
        subjects = await AdminNewsRepository(self._db.reading).get_open_subjects(LEDGER_GAP, MOST_OPEN)
        account_ids = [account_of(subject) for subject in subjects]
        books = BooksRepository(self._db.reading)
        for gone in set(account_ids) - (await books.find_people(account_ids)).keys():
            events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
            await events.close(LEDGER_GAP, account_subject(gone))
        return await books.find_gaps(account_ids)
