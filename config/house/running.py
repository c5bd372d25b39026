"""Runs the parts: all of them under a supervisor, or one in the foreground."""

import asyncio
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from types import FrameType

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from config.house.parts import command_of, is_sandbox, parts_of
from config.house.start_checks import CannotStart
from config.house.telling import announce, say
from config.metrics_folder import make_metrics_folder, metrics_environment
from config.settings import Settings
from config.supervisor import Part, Supervisor, die_with_this_process

READY_WITHIN = 60.0
"""Seconds that a part may take to answer."""
REDIS_WITHIN = 30.0
"""Seconds that a Redis of somebody else may take to come up beside us."""


async def run_all(settings: Settings) -> None:
    """Start everything, stay until SIGINT or SIGTERM, stop everything. Raises PartFailed."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    supervisor = Supervisor(say)
    parts = _counting_together(parts_of(settings), settings)
    await _forget_readiness(settings)
    try:
        # Side by side, for importing aiogram takes the bot seconds: whoever comes first waits for the others.
        starting = asyncio.ensure_future(asyncio.gather(*(supervisor.start(part, READY_WITHIN) for part in parts)))
        interruption = asyncio.create_task(stop.wait())
        interruption.add_done_callback(lambda _: starting.cancel())
        await starting
        announce(settings)
        await interruption
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    finally:
        say("Stopping …")
        await supervisor.stop([part for part in parts if not is_sandbox(part)])
        await supervisor.stop([part for part in parts if is_sandbox(part)])


def run_one(part: str, settings: Settings) -> int:
    """Run one part in the foreground, and ask it to stop when we are asked. Returns its exit status."""
    stopping = False
    process = subprocess.Popen(  # noqa: S603 - our own part
        command_of(part, settings),
        start_new_session=True,  # or Ctrl+C reaches it twice, which uvicorn takes for impatience
        preexec_fn=die_with_this_process(),
    )

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        with suppress(ProcessLookupError):
            process.terminate()

    with process:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask_to_stop)
        status = process.wait()
    return 0 if stopping else status


def _counting_together(parts: list[Part], settings: Settings) -> list[Part]:
    """The same parts, told where they count together, so that the API's /metrics tells of all of them.

    Where there is no room for that they count each for itself: metrics must not keep the house from starting.
    """
    folder = settings.data_dir.resolve() / "metrics"
    counting = [part.name for part in parts if not is_sandbox(part)]
    try:
        make_metrics_folder(folder, counting)
    except OSError as error:
        say(f"{folder} cannot be made ({error.strerror}): /metrics will tell of the API alone")
        return parts
    return [
        replace(part, environment=metrics_environment(folder, part.name)) if part.name in counting else part
        for part in parts
    ]


async def _forget_readiness(settings: Settings) -> None:
    """Wait for Redis, then forget what the parts of an earlier run said. Raises CannotStart."""
    give_up_at = time.monotonic() + REDIS_WITHIN
    async with Redis.from_url(settings.redis_dsn) as redis:
        while True:
            try:
                await redis.delete(*(f"{settings.namespace}:ready:{part}" for part in ("bot", "worker")))
            except (RedisError, OSError) as error:
                if time.monotonic() > give_up_at or not isinstance(error, RedisConnectionError):
                    raise CannotStart(f"Redis does not answer ({error}): see REDIS_URL") from error
                await asyncio.sleep(0.5)
            else:
                return
