"""Payments and refunds as CSV, a page at a time: any number of them fits into memory."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from db.pool import Database
from repository.statements import StatementRepository, StatementRow

PAGE = 1000
PART_ROWS = 250_000
"""Payments of one file: Telegram takes 50 MB from a bot, and a line is far below 200 bytes."""

_BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take UTF-8 for what it is only with this."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of a month to its end (UTC), or all times."""

    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def name(self) -> str:
        """For a file's name."""
        return f"{self.begins:%Y-%m}" if self.begins else "all"


class Statements:
    """Writes exports."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def parts(self, period: Period) -> list[int]:
        """After which payment each file of the export begins; none where there is nothing to export."""
        parts, last, rows = [], 0, 0
        statements = StatementRepository(self._db.reading)
        while page := await statements.get_page(last, PAGE, begins=period.begins, ends=period.ends):
            if rows % PART_ROWS == 0:
                parts.append(last)
            rows += len(page)
            last = page[-1].payment_id
        return parts

    async def stream(self, period: Period, after: int) -> AsyncIterator[bytes]:
        """One file of the export, piece by piece."""
        yield (_BYTE_ORDER_MARK + _lines([[field.name for field in fields(StatementRow)]])).encode()
        statements, last, rows = StatementRepository(self._db.reading), after, 0
        while rows < PART_ROWS and (
            page := await statements.get_page(last, PAGE, begins=period.begins, ends=period.ends)
        ):
            yield _lines([[_cell(getattr(row, field.name)) for field in fields(StatementRow)] for row in page]).encode()
            rows += len(page)
            last = page[-1].payment_id


def month(text: str) -> Period | None:
    """The period of `2026-11`; None where the text is no month."""
    try:
        begins = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
        ends = begins.replace(year=begins.year + begins.month // 12, month=begins.month % 12 + 1)
    except ValueError:
        return None
    return Period(begins, ends)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        case int():
            return str(value)
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
