"""Who may change a progress message now: an edit that is under way must not land after the task's ending."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

REMEMBERED = 1000
"""Tasks whose ending was begun; what was read of them before that is forgotten soon after."""


class ProgressTurns:
    """One change at a time of each message, and none by the progress once the ending has begun.

    Inside one process: only the bot's changes these messages.
    """

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._ended: OrderedDict[UUID, None] = OrderedDict()

    @asynccontextmanager
    async def progress(self, task_id: UUID) -> AsyncIterator[bool]:
        """The turn to show progress; False: the ending came first, leave the message alone."""
        async with self._turn(task_id):
            yield task_id not in self._ended

    @asynccontextmanager
    async def ending(self, task_id: UUID) -> AsyncIterator[None]:
        """The last turn."""
        async with self._turn(task_id):
            self._ended[task_id] = None
            self._ended.move_to_end(task_id)
            if len(self._ended) > REMEMBERED:
                self._ended.popitem(last=False)
            yield

    def _turn(self, task_id: UUID) -> asyncio.Lock:
        return self._turns.setdefault(task_id, asyncio.Lock())
