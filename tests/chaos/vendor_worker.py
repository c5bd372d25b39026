"""A worker process that has its pictures made by the stand-in vendor: `python -m tests.chaos.vendor_worker`.

It is the real worker in everything but its backend. VENDOR_URL names the vendor, PICTURE_SECONDS how long a picture
takes there.
"""

import asyncio
import os

import uvloop

from config.logging import configure_logging
from config.settings import settings_or_exit
from repository.tasks import Lane
from tests.chaos.vendor_backend import VendorBackend
from workers.main import CAPACITY, serve

SIDE_BY_SIDE = 20
"""Orders at once: waiting for a vendor costs no core, whatever lane they come by."""


def main() -> None:
    """Work until a signal."""
    settings = settings_or_exit()
    configure_logging(settings)
    CAPACITY[Lane.CPU] = SIDE_BY_SIDE

    async def work() -> None:
        backend = VendorBackend(os.environ["VENDOR_URL"], float(os.environ.get("PICTURE_SECONDS", "0.4")))
        await serve(settings, [backend])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
