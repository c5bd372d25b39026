"""Keeps processes running: starts them, restarts what dies, stops them in order.

It knows commands, log files and ready probes; nothing of what the processes are for.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FIRST_RESTART = 0.5
"""Seconds before a part that died is started again; doubles each time up to LONGEST_RESTART."""
LONGEST_RESTART = 15.0
STEADY_AFTER = 30.0
"""Seconds of life after which a death is a first one again."""
HOPELESS_AFTER = 4
"""Deaths before its first answer after which a part is given up."""
MAX_LOG_BYTES = 20 * 1024 * 1024
WRONG_SETTING = 2
"""Exit status of our entry points for a wrong setting: starting again would not help."""
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded before any fork: between fork and exec a child may hardly do anything


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the house."""

    name: str
    command: tuple[str, ...]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    stop_seconds: float
    """How long it may take to stop before it is killed."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside our own."""


class PartFailed(Exception):
    """A part that did not come up; its text is the one line that says why."""


class Supervisor:
    """Runs parts until it is told to stop them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._stopping: set[str] = set()
        self._deaths: Counter[str] = Counter()

    async def start(self, part: Part, ready_within: float) -> None:
        """Start a part and wait until it answers. Raises PartFailed."""
        rotate_log(part.log)
        self._stopping.discard(part.name)
        keeper = self._keepers[part.name] = asyncio.create_task(self._keep(part))
        try:
            async with asyncio.timeout(ready_within):
                while not await part.is_ready():
                    if keeper.done():
                        raise PartFailed(f"{part.name} refused to start: {keeper.exception() or _last_line(part.log)}")
                    if self._deaths[part.name] >= HOPELESS_AFTER:
                        raise PartFailed(f"{part.name} ends again and again; see {part.log}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise PartFailed(f"{part.name} does not answer after {ready_within:.0f} s; see {part.log}") from None

    async def stop(self, parts: Sequence[Part]) -> None:
        """Stop these parts side by side: a request first, then a kill, of whatever they left running too."""
        await asyncio.gather(*(self._stop(part) for part in parts))

    async def _stop(self, part: Part) -> None:
        self._stopping.add(part.name)
        process = self._processes.get(part.name)
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), part.stop_seconds)
            except TimeoutError:
                self._say(f"{part.name} did not stop within {part.stop_seconds:.0f} s and was killed")
                _kill_group(process.pid)
                await process.wait()
        keeper = self._keepers.pop(part.name, None)
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _keep(self, part: Part) -> None:
        delay = FIRST_RESTART
        loop = asyncio.get_running_loop()
        while part.name not in self._stopping:
            started = loop.time()
            with part.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *part.command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **part.environment},
                    start_new_session=True,  # Ctrl+C reaches the launcher alone, which stops the parts in order
                    preexec_fn=die_with_this_process(),
                )
            self._processes[part.name] = process
            try:
                status = await process.wait()
            finally:
                _kill_group(process.pid)
            if part.name in self._stopping:
                return
            if status == WRONG_SETTING:
                self._say(f"{part.name} ended over a wrong setting and stays down: {_last_line(part.log)}")
                return
            if loop.time() - started > STEADY_AFTER:
                delay = FIRST_RESTART
            self._deaths[part.name] += 1
            line = f"{part.name} ended with status {status}; started again in {delay:g} s"
            self._say(line)
            with part.log.open("a") as log_text:
                log_text.write(f"{datetime.now(UTC).isoformat()} [supervisor] {line}\n")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_RESTART)


def rotate_log(log: Path) -> None:
    """Put a log that has grown large aside as `<name>.1`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def die_with_this_process() -> Callable[[], None]:
    """What a child does before it becomes a part: ask Linux to be killed with us, so that no part goes on alone.

    Killed, not asked: the next start must find its ports free and no second bot. Every part is made for that.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # we died before the call
                os._exit(1)

    return before_exec


def _kill_group(pid: int) -> None:
    """Kill what is left of a part: each part leads a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {log}"
