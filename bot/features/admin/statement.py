"""An export on its way to Telegram: read from the database while it is sent, and anew for every try."""

from collections.abc import AsyncGenerator

from aiogram import Bot
from aiogram.types import InputFile

from services.money.statements import Period, Statements

UPLOAD_SECONDS = 600


class StatementFile(InputFile):
    """One file of an export; a page of it is in memory."""

    def __init__(self, statements: Statements, period: Period, after: int, number: int) -> None:
        super().__init__(filename=f"payments-{period.name}-{number}.csv")
        self._statements = statements
        self._period = period
        self._after = after

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The pieces."""
        async for piece in self._statements.stream(self._period, self._after):
            yield piece
