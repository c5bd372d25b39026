"""`./run.sh bench`: the paths of the product's table, each beside a bare baseline in the same run."""

import asyncio
import os
import platform
import sys
from datetime import UTC, datetime

import uvloop

from config.logging import configure_logging
from config.settings import load_settings
from tests.bench import analysis, answering, tasks, vendor_tasks, webhook
from tests.bench.house import open_bench_house
from tests.bench.report import HEAD

BENCHES = (
    webhook.handling,
    tasks.claim_latency,
    tasks.throughput,
    vendor_tasks.slow_vendor_tasks,
    vendor_tasks.runware_tasks,
    vendor_tasks.replicate_tasks,
    analysis.analysis,
    answering.answering,
)


async def main(wanted: frozenset[str]) -> None:
    """Run every benchmark, or those that are named, and print each row as soon as it is there."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    print(HEAD, flush=True)
    configure_logging(load_settings().model_copy(update={"log_level": "WARNING"}))
    async with open_bench_house() as house:
        for bench in BENCHES:
            if not wanted or bench.__name__ in wanted:
                print(await bench(house), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the loop that the parts of the house run on
        runner.run(main(frozenset(sys.argv[1:])))
