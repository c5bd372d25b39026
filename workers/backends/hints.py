"""Hints that a vendor's call has news: they wake who waits to ask, and are never believed for what they say."""

import asyncio
from uuid import UUID


class Hints:
    """Where followers of calls wait, and webhooks ring."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, asyncio.Event] = {}

    def ring(self, call_id: UUID) -> None:
        """There may be news of this call. Where nobody waits for it, nothing happens."""
        event = self._waiting.get(call_id)
        if event is not None:
            event.set()

    async def wait(self, call_id: UUID, seconds: float) -> bool:
        """Wait for a ring, at most so long; True where it rang. One waits for a call at a time."""
        event = self._waiting[call_id] = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            if self._waiting.get(call_id) is event:
                del self._waiting[call_id]
        return True
