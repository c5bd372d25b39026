"""The daily report: a day (UTC) in figures, counted once when it is over, told once to each admin."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.failpoints import Write
from db.pool import Database
from repository.daily_reports import DailyReportRepository

COUNTED_AFTER = timedelta(minutes=5)
"""After midnight: what began before it is committed by then."""


@dataclass(frozen=True, slots=True)
class DayReport:
    """The figures. Amounts by currency in minor units, money in millionths of a US dollar, times in seconds."""

    new_people: int
    active_people: int
    """Who ordered or paid."""
    orders: Mapping[str, int]
    """Those that ended, by status."""
    pictures: int
    payments: int
    received: Mapping[str, int]
    refunds: int
    given_back: Mapping[str, int]
    tokens_sold: int
    tokens_spent: int
    tokens_given: int
    tokens_taken_back: int
    cost_microusd: int
    margin_microusd: int
    usual_wait_seconds: float
    """The median from the order to its first worker."""
    longest_wait_seconds: float
    """One order in twenty waited longer."""
    tasks_waiting: int
    """When it was counted, as everything that follows."""
    oldest_waiting_seconds: float
    gaps: int
    frozen_people: int
    refund_cases: int


class Reports:
    """Counts days and remembers who was told."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_day(self, day: date, now: datetime) -> DayReport | None:
        """The report of a day; None for one before the installation, or one that has not begun.

        A day that is over is counted once and kept; one that is not, as far as it has come.
        """
        reports = DailyReportRepository(self._db.reading)
        kept = await reports.get(day)
        if kept is not None:
            return DayReport(**kept)
        begins = datetime.combine(day, time(), UTC)
        ends = begins + timedelta(days=1)
        if begins > now or day < await reports.get_first_day():
            return None
        counted = DayReport(**await reports.count(begins, ends))
        if now < ends + COUNTED_AFTER:
            return counted
        await DailyReportRepository(self._db.writing(Write.REPORT_MAKE)).add(day, asdict(counted))
        return DayReport(**(await reports.get(day) or asdict(counted)))

    async def due(self, now: datetime) -> tuple[date, DayReport] | None:
        """The day that has just ended and its report, where it was not told to everybody yet."""
        day = (now - COUNTED_AFTER).date() - timedelta(days=1)
        if await DailyReportRepository(self._db.reading).is_told(day):
            return None
        report = await self.of_day(day, now)
        return (day, report) if report is not None else None

    async def told(self, day: date) -> set[int]:
        """Who has it."""
        return await DailyReportRepository(self._db.reading).get_told(day)

    async def mark_told(self, day: date, user_id: int) -> None:
        """Somebody has it."""
        await DailyReportRepository(self._db.writing(Write.REPORT_TOLD)).mark_told(day, user_id)

    async def close(self, day: date) -> None:
        """Everybody who can be told has it."""
        await DailyReportRepository(self._db.writing(Write.REPORT_TOLD)).close(day)
