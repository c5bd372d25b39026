"""What the admins hear of: many events are one message, what is urgent comes first."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEvent
from repository.admin_news import Admin, AdminNewsRepository
from repository.books import BooksRepository
from services.money.frozen_accounts import LEDGER_GAP, account_of

MOST_EVENTS = 10_000
"""Events of one message; the rest comes with the next."""
SUBJECTS = 3
"""What a line names of many."""

URGENT: Collection[str] = frozenset(
    {
        "ledger_gap",
        "star_gap",
        "task_gap",
        "payment_mismatch",
        "backend_down",
        "spending_cap",
        "refund_case",
        "refund_failed",
    }
)
"""Kinds that somebody should look at now."""


@dataclass(slots=True)
class NewsLine:
    """All events of a kind, folded."""

    kind: str
    count: int = 0
    over: int = 0
    """How many of them were wrong for a while and are not any more."""
    amounts: Counter[str] = field(default_factory=Counter)
    """Minor units by currency."""
    tokens: int = 0
    subjects: list[str] = field(default_factory=list)
    """The first few."""

    @property
    def is_urgent(self) -> bool:
        """Whether it is told at once."""
        return self.kind in URGENT


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told together."""

    lines: Sequence[NewsLine]
    event_ids: Sequence[int]

    @property
    def is_urgent(self) -> bool:
        """Whether any of it is told at once."""
        return any(line.is_urgent for line in self.lines)


class AdminNews:
    """Folds events into news, and knows whom to tell."""

    def __init__(self, db: Database, admin_ids: Collection[int]) -> None:
        self._db = db
        self._admin_ids = admin_ids

    async def untold(self) -> News | None:
        """What nobody was told of, or None."""
        events = await AdminNewsRepository(self._db.reading).get_untold(URGENT, MOST_EVENTS)
        if not events:
            return None
        lines = fold(events)
        for line in lines:
            if line.kind == LEDGER_GAP:
                line.subjects = await self._people(line.subjects)
        return News(lines, [event.event_id for event in events])

    async def mark_told(self, news: News) -> None:
        """Somebody was told, or there is nobody to tell."""
        await AdminNewsRepository(self._db.writing(Write.NEWS_TOLD)).mark_told(news.event_ids)

    async def admins(self) -> list[Admin]:
        """Those who met the bot and did not stop it."""
        return await AdminNewsRepository(self._db.reading).get_admins(self._admin_ids)

    async def _people(self, subjects: Sequence[str]) -> list[str]:
        """Ids that an admin can act upon, where the events have accounts: nothing that is kept names a person."""
        people = await BooksRepository(self._db.reading).find_people([account_of(subject) for subject in subjects])
        return [str(people.get(account_of(subject), subject)) for subject in subjects]


def fold(events: Iterable[AdminEvent]) -> list[NewsLine]:
    """A line for each kind: urgent kinds first, then in the order in which they happened."""
    lines: dict[str, NewsLine] = {}
    for event in events:
        line = lines.setdefault(event.kind, NewsLine(event.kind))
        line.count += 1
        line.over += event.kind in URGENT and event.closed_at is not None
        amount, currency, tokens = (event.details.get(name) for name in ("amount", "currency", "tokens"))
        if isinstance(amount, int) and isinstance(currency, str):
            line.amounts[currency] += amount
        if isinstance(tokens, int):
            line.tokens += tokens
        if len(line.subjects) < SUBJECTS and event.subject not in line.subjects:
            line.subjects.append(event.subject)
    return sorted(lines.values(), key=lambda line: not line.is_urgent)
