"""How far each comparison of the books has come, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from repository.base import Repository, only


class BooksKind(StrEnum):
    """What is compared with what."""

    LEDGER = "ledger"
    """Balances with the ledger. Position: an entry_id."""
    TASKS = "tasks"
    """Ended tasks with their calls, holds and files. Position: microseconds since 1970."""
    STARS = "stars"
    """Telegram's list of Star transactions with payments and refunds. Position: a place in the list."""
    STAR_PAYMENTS = "star_payments"
    """Payments in Stars with Telegram's list. Position: a payment_id."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The state of a comparison."""

    kind: BooksKind
    position: int
    """Everything up to here was compared."""
    gaps: int
    """What does not fit as of the last round."""
    details: Mapping[str, Any]
    checked_at: datetime | None
    """When the last round came to its end; None before the first."""


class ReconciliationRepository(Repository):
    """The table "Reconciliation": a row for each kind, made by the migration."""

    async def claim(self, kind: BooksKind, pause: timedelta) -> Comparison | None:
        """Take a round that is due; None where it is not. Of two at once one gets it.

        A process that dies in the middle leaves the position: the next round begins there, after the pause.
        """
        row = await self._sql.fetchrow(
            """
            UPDATE "Reconciliation" SET due_at = now() + $2 WHERE kind = $1 AND due_at <= now()
            RETURNING kind, position, gaps, details, checked_at
            """,
            kind.value,
            pause,
        )
        return Comparison(**{**row, "kind": BooksKind(row["kind"])}) if row else None

    async def save(self, kind: BooksKind, position: int, gaps: int, details: Mapping[str, Any]) -> None:
        """A round has come to its end."""
        await self._sql.execute(
            """
            UPDATE "Reconciliation" SET position = $2, gaps = $3, details = $4, checked_at = now() WHERE kind = $1
            """,
            kind.value,
            position,
            gaps,
            dict(details),
        )

    async def get(self, kind: BooksKind) -> Comparison:
        """One comparison."""
        row = only(
            await self._sql.fetchrow(
                """SELECT kind, position, gaps, details, checked_at FROM "Reconciliation" WHERE kind = $1""", kind.value
            )
        )
        return Comparison(**{**row, "kind": BooksKind(row["kind"])})

    async def get_all(self) -> list[Comparison]:
        """Every comparison."""
        rows = await self._sql.fetch(
            """SELECT kind, position, gaps, details, checked_at FROM "Reconciliation" ORDER BY kind"""
        )
        return [Comparison(**{**row, "kind": BooksKind(row["kind"])}) for row in rows]
