"""`./run.sh bench`: the paths of the product's table, each beside a bare baseline in the same run."""

import asyncio
import os
import platform
from datetime import UTC, datetime

from config.logging import configure_logging
from config.settings import load_settings
from tests.bench import tasks, vendor_tasks, webhook
from tests.bench.house import open_bench_house
from tests.bench.report import HEAD


async def main() -> None:
    """Run every benchmark and print its row as soon as it is there."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    print(HEAD, flush=True)
    configure_logging(load_settings().model_copy(update={"log_level": "WARNING"}))
    async with open_bench_house() as house:
        for bench in (webhook.handling, tasks.claim_latency, tasks.throughput, vendor_tasks.vendor_tasks):
            print(await bench(house), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
