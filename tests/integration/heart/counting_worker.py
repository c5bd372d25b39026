"""The real worker as a process, with a backend that counts every submit in Redis, where a kill cannot forget it.

`python -m tests.integration.heart.counting_worker` with DATABASE_URL, REDIS_URL and STORAGE_URL set. An order with the
prompt `long` never ends, one with `gated` ends when something is pushed to the list GATE, every other is done at once.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import uvloop
from PIL import Image
from redis.asyncio import Redis

from config.logging import configure_logging
from config.settings import settings_or_exit
from services.offers import Offer
from services.orders import ImageOrder
from workers.backends.base import (
    BackendCall,
    Cancelled,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Picture,
    Progress,
    StillRunning,
    VendorRef,
)
from workers.main import serve

SUBMITS = "counting:submits"
"""Redis hash: how often each order was submitted, by its prompt."""
STARTED = "counting:started"
"""Redis list of the prompts that are being followed."""
GATE = "counting:gate"


class CountingBackend:
    """Makes a plain picture; knows every call that it was ever given, through every death of its process."""

    name = "preview"
    reads_weights = False

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        buffer = io.BytesIO()
        Image.new("RGB", (64, 64), (40, 80, 120)).save(buffer, "JPEG")
        self._picture = Picture(buffer.getvalue(), "image/jpeg", 64, 64, 1)

    def supports(self, order: ImageOrder, offer: Offer | None) -> bool:
        """Everything."""
        return True

    async def submit(self, call: BackendCall, order: ImageOrder) -> VendorRef:
        """Count it, then take it."""
        await self._ask("HINCRBY", SUBMITS, order.prompt, 1)
        await self._ask("SET", f"counting:call:{call.call_id}", order.prompt)
        return VendorRef(call.call_id, order.prompt)

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """As the prompt says."""
        yield Progress(10)
        if ref.vendor_ref.startswith(("long", "gated")):
            await self._ask("RPUSH", STARTED, ref.vendor_ref)
            if ref.vendor_ref.startswith("long"):
                await asyncio.Event().wait()
            await self._ask("BRPOP", GATE, 0)
        yield Finished((self._picture,))

    async def resolve(self, call: BackendCall) -> StillRunning | NeverHeard:
        """What was submitted is still being made."""
        prompt = await self._ask("GET", f"counting:call:{call.call_id}")
        return StillRunning(VendorRef(call.call_id, prompt)) if prompt is not None else NeverHeard()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """A vendor that does not listen."""
        return Cancelled(still_billed=True)

    async def _ask(self, *command: object) -> Any:
        """redis-py types its commands for both of its clients; ours is the asynchronous one."""
        return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]

    async def health(self) -> Health:
        """Always there."""
        return Health(True, "counting")

    async def aclose(self) -> None:
        """Nothing is held."""


def main() -> None:
    """Work until a signal."""
    settings = settings_or_exit()
    configure_logging(settings)

    async def work() -> None:
        async with Redis.from_url(settings.redis_dsn, decode_responses=True) as redis:
            await serve(settings, [CountingBackend(redis)])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
