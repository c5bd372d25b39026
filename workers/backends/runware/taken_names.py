"""Registrations under a name that the vendor has already: an earlier upload, which may be ready, on its way, or broken.

The vendor never took such a call, so there is nothing to ask about it. Its search lists models that can be used at
once (page "Model Search"): the name is waited for until it stands there.
"""

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress
from uuid import UUID, uuid4

from workers.backends.base import CANCELLED, BackendUnreachable, ErrorKind, Failed, Finished
from workers.backends.runware.line import LineRefused
from workers.backends.runware.lines import Lines
from workers.backends.runware.watch import Patience

_FIRST_PAUSE = 0.1
"""Seconds between two searches; doubled each time."""
_LONGEST_PAUSE = 10.0
_MOST_REMEMBERED = 1_000


class TakenNames:
    """Waits for models that an earlier call has begun to make known."""

    def __init__(self, lines: Lines, patience: Patience) -> None:
        self._lines = lines
        self._patience = patience
        self._airs: OrderedDict[UUID, tuple[str, asyncio.Event]] = OrderedDict()

    def note(self, call_id: UUID, air: str) -> None:
        """The vendor refused this call because it has the name already."""
        self._airs[call_id] = air, asyncio.Event()
        if len(self._airs) > _MOST_REMEMBERED:
            self._airs.popitem(last=False)

    def __contains__(self, call_id: UUID) -> bool:
        return call_id in self._airs

    async def ending(self, call_id: UUID) -> Finished | Failed:
        """Finished once the model can be used; Failed where it is not there in time, or nobody waits any more.

        Raises BackendUnreachable where the vendor cannot be asked again and again.
        """
        air, is_cancelled = self._airs[call_id]
        until, pause, setbacks = time.monotonic() + self._patience.registration, _FIRST_PAUSE, 0
        while True:
            try:
                if await self._is_listed(air):
                    return Finished((), served_as=air)
                setbacks = 0
            except BackendUnreachable:
                setbacks += 1
                if setbacks >= self._patience.questions:
                    raise
            if time.monotonic() >= until:
                return Failed(ErrorKind.VENDOR, "not_ready", "an earlier upload has the name and does not become ready")
            with suppress(TimeoutError):
                await asyncio.wait_for(is_cancelled.wait(), pause)
            if is_cancelled.is_set():
                return Failed(ErrorKind.ORDER, CANCELLED, "cancelled by its person")
            pause = min(pause * 2, _LONGEST_PAUSE)

    def cancel(self, call_id: UUID) -> None:
        """Nobody waits for it any more."""
        if call_id in self._airs:
            self._airs[call_id][1].set()

    async def _is_listed(self, air: str) -> bool:
        """Whether the vendor's search knows the model by this very name. Raises BackendUnreachable."""
        task_uuid = str(uuid4())
        question = {"taskType": "modelSearch", "taskUUID": task_uuid, "search": air, "visibility": "private"}
        try:
            line = await self._lines.take()
        except LineRefused as refused:
            raise BackendUnreachable(refused.failure.message) from None
        try:
            async with line.inbox(task_uuid) as inbox:
                await line.send([question])
                try:
                    async with asyncio.timeout(self._patience.answer):
                        heard = await inbox.get()
                except TimeoutError:
                    raise BackendUnreachable("a search was not answered") from None
        finally:
            self._lines.give_back(line)
        if not heard.items:
            raise BackendUnreachable("a search was refused")
        found = [item.get("results") for item in heard.items]
        models = [model for results in found if isinstance(results, list) for model in results]
        return any(isinstance(model, dict) and model.get("air") == air for model in models)
