"""A worker process for the benchmarks: the real worker, its pictures made by the slow vendor over HTTP.

`python -m tests.bench.vendor_bench_worker` with DATABASE_URL, REDIS_URL and VENDOR_URL set.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import aiohttp
import uvloop

from config.logging import configure_logging
from config.settings import load_settings
from services.offers import Offer
from services.orders import ImageOrder
from tests.bench.slow_vendor import SIDE
from workers.backends.base import (
    BackendCall,
    Cancelled,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Picture,
    Progress,
    VendorRef,
)
from workers.main import serve


class SlowVendorBackend:
    """Submits, then waits for the picture on a pooled connection."""

    name = "preview"
    reads_weights = False

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    def supports(self, order: ImageOrder, offer: Offer | None) -> bool:
        """The vendor takes everything."""
        return True

    async def submit(self, call: BackendCall, order: ImageOrder) -> VendorRef:
        """Hand the call over."""
        async with self._session.post("/jobs", json={"call_id": str(call.call_id)}) as answer:
            return VendorRef(call.call_id, (await answer.json())["vendor_ref"])

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Wait for the picture; there is nothing to tell before."""
        yield Progress(1)
        async with self._session.get(f"/jobs/{ref.call_id}") as answer:
            content = await answer.read()
            if answer.status == 200:
                yield Finished((Picture(content, "image/jpeg", SIDE, SIDE, 1),), cost_microusd=1300)
            else:
                yield Failed(ErrorKind.VENDOR, "stopped", f"status {answer.status}")

    async def resolve(self, call: BackendCall) -> NeverHeard:
        """No worker dies here."""
        return NeverHeard()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Stop the job."""
        async with self._session.delete(f"/jobs/{ref.call_id}"):
            return Cancelled(still_billed=False)

    async def health(self) -> Health:
        """Always there."""
        return Health(True, "slow")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


def main() -> None:
    """Work until a signal."""
    settings = load_settings()
    configure_logging(settings)

    async def work() -> None:
        session = aiohttp.ClientSession(
            os.environ["VENDOR_URL"],
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=300),
            timeout=aiohttp.ClientTimeout(total=60),
        )
        await serve(settings, [SlowVendorBackend(session)])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
