"""Calls are noted before they are sent; those that come while others are being noted go together, in one commit.

All calls of a day set their estimates aside in one row. Noted one by one, each would wait there for the commit of the
one before it, and hold a connection that the ends of other tasks need.
"""

import asyncio

from config.failpoints import Write
from db.pool import Database
from repository.vendor_calls import NewCall, Prepared, VendorCallRepository
from workers.insist import insist


class Preparations:
    """Notes the calls of this process, through restarts of the database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asked: list[tuple[NewCall, asyncio.Future[Prepared]]] = []
        self._noting: asyncio.Task[None] | None = None

    async def prepare(self, call: NewCall) -> Prepared:
        """Note one call; nothing may be sent unless the answer is READY.

        Whoever stops waiting may leave a call behind that was noted and never sent, as at a crash.
        """
        answer: asyncio.Future[Prepared] = asyncio.get_running_loop().create_future()
        self._asked.append((call, answer))
        if self._noting is None:
            self._noting = asyncio.create_task(self._note())
        return await answer

    async def _note(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                waited_for = [(call, answer) for call, answer in asked if not answer.done()]
                try:
                    answers = await self._answers([call for call, _ in waited_for])
                except BaseException as error:
                    for _, answer in waited_for:
                        if not answer.done():
                            answer.set_exception(error)
                    if isinstance(error, asyncio.CancelledError):
                        raise
                    continue
                for (_, answer), prepared in zip(waited_for, answers, strict=True):
                    if not answer.done():
                        answer.set_result(prepared)
        finally:
            self._noting = None

    async def _answers(self, calls: list[NewCall]) -> list[Prepared]:
        """All together; where that passes the day's cap, one by one: some may still fit."""
        if not calls:
            return []
        answers = await self._ask(calls)
        if len(calls) == 1 or Prepared.OVER_BUDGET not in answers:
            return answers
        return [
            (await self._ask([call]))[0] if answer is Prepared.OVER_BUDGET else answer
            for call, answer in zip(calls, answers, strict=True)
        ]

    async def _ask(self, calls: list[NewCall]) -> list[Prepared]:
        return await insist(lambda: VendorCallRepository(self._db.writing(Write.CALL_PREPARE)).prepare(calls))
