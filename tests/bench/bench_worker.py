"""A worker process for the benchmarks: the real worker with a backend that is done at once.

`python -m tests.bench.bench_worker` with DATABASE_URL and REDIS_URL set.
"""

import asyncio
import io
import time
from collections.abc import AsyncIterator

import uvloop
from PIL import Image
from redis.asyncio import Redis

from config.logging import configure_logging
from config.settings import load_settings
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
    VendorRef,
)
from workers.main import serve

CLAIMED = "bench:claimed"
"""Redis list of the times (seconds since the epoch) at which tasks reached the backend, durably claimed."""


class InstantBackend:
    """Finished before it began."""

    name = "preview"
    reads_weights = False

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        buffer = io.BytesIO()
        Image.new("RGB", (64, 64)).save(buffer, "JPEG")
        self._picture = Picture(buffer.getvalue(), "image/jpeg", 64, 64, 1)

    def supports(self, order: ImageOrder, offer: Offer | None) -> bool:
        claimed_at = time.time()
        asyncio.get_running_loop().create_task(self._redis.rpush(CLAIMED, claimed_at))
        return True

    async def submit(self, call: BackendCall, order: ImageOrder) -> VendorRef:
        return VendorRef(call.call_id, "instant")

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        yield Finished((self._picture,))

    async def resolve(self, call: BackendCall) -> NeverHeard:
        return NeverHeard()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        return Cancelled(still_billed=False)

    async def health(self) -> Health:
        return Health(True, "instant")

    async def aclose(self) -> None:
        """Nothing is held."""


def main() -> None:
    settings = load_settings()
    configure_logging(settings)

    async def work() -> None:
        async with Redis.from_url(settings.redis_dsn) as redis:
            await serve(settings, [InstantBackend(redis)])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
