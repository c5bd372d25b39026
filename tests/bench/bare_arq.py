"""The baseline: arq alone with a job that does nothing, as its documentation shows it.

`python -m tests.bench.bare_arq POLL_DELAY` with REDIS_URL set.
"""

import os
import sys
import time
from typing import Any

from arq import run_worker
from arq.connections import RedisSettings

STARTED = "bench:arq:started"
QUEUE = "bench:arq"


async def no_op(context: dict[str, Any]) -> None:
    await context["redis"].rpush(STARTED, time.time())


def main() -> None:
    """Serve until a signal."""
    settings = {
        "functions": (no_op,),
        "queue_name": QUEUE,
        "max_jobs": 100,
        "keep_result": 0,
        "log_results": False,
        "redis_settings": RedisSettings.from_dsn(os.environ["REDIS_URL"]),
        "poll_delay": float(sys.argv[1]) if len(sys.argv) > 1 else 0.5,
    }
    run_worker(settings)


if __name__ == "__main__":
    main()
