"""Whether the vendor can take calls now: it is there, it knows our key, there is money left."""

import asyncio
import time
from uuid import uuid4

from workers.backends.base import BackendUnreachable, Health
from workers.backends.runware.answers import dollars_in
from workers.backends.runware.line import Line, LineRefused
from workers.backends.runware.lines import Lines
from workers.backends.runware.watch import Patience

_BALANCE_HOLDS = 30.0
"""Seconds for which a balance is believed; none is asked for more often, but while there is nothing left."""
_BALANCE_SHARE = 1 / 3
"""Of the patience of a checkup, for the balance."""
_WORDS = {"wrong_key": "wrong key", "no_balance": "no balance"}


class Checkup:
    """Looks after the vendor; cheap enough for every few seconds."""

    def __init__(self, lines: Lines, patience: Patience) -> None:
        self._lines = lines
        self._patience = patience
        self._balance: float | None = None
        self._asked_at = -_BALANCE_HOLDS

    async def look(self) -> Health:
        """Ping the vendor over a connection that is signed in, and look at the balance now and then."""
        try:
            async with asyncio.timeout(self._patience.checkup):
                line = await self._lines.take()
                try:
                    await line.ping()
                    await self._look_at_balance(line)
                finally:
                    self._lines.give_back(line)
        except LineRefused as refused:
            failure = refused.failure
            return Health(False, _WORDS.get(failure.code, failure.message), is_lasting=failure.is_lasting)
        except TimeoutError:
            return Health(False, "no answer")
        except BackendUnreachable as error:
            return Health(False, str(error))
        if self._balance is not None and self._balance <= 0:
            return Health(False, "no balance", is_lasting=True)
        return Health(True, "connected")

    async def _look_at_balance(self, line: Line) -> None:
        """Ask for the balance where it is time. A key that may not see it is no reason to stop."""
        is_empty = self._balance is not None and self._balance <= 0
        if not is_empty and time.monotonic() - self._asked_at < _BALANCE_HOLDS:
            return
        task_uuid = str(uuid4())
        async with line.inbox(task_uuid) as inbox:
            await line.send([{"taskType": "accountManagement", "taskUUID": task_uuid, "operation": "getDetails"}])
            try:
                async with asyncio.timeout(self._patience.checkup * _BALANCE_SHARE):
                    heard = await inbox.get()
            except TimeoutError:  # it answered a ping: who tells no balance is well all the same
                self._asked_at = time.monotonic()
                return
        if not line.is_open:
            raise BackendUnreachable("the connection is lost")
        if heard.items:
            self._balance = dollars_in(heard.items[0].get("balance"))
        if not heard.is_doubtful:
            self._asked_at = time.monotonic()
