"""Starts the house: `python -m config.launcher all`, behind `./run.sh`.

Servers first, then migrations, then the parts; at the end the other way round, within ten seconds.
"""

import argparse
import asyncio
import fcntl
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from config.metrics_folder import make_metrics_folder, metrics_environment
from config.settings import Settings, WrongSetting, load_settings
from config.supervisor import Part, PartFailed, Supervisor, die_with_this_process
from config.webhook_switch import describe, switch_off, switch_on
from db.embedded import start_servers, stop_servers
from db.server_programs import ServerFailed

READY_WITHIN = 60.0
"""Seconds that a part may take to answer."""
REDIS_WITHIN = 30.0
"""Seconds that a Redis of somebody else may take to come up beside us."""
PARTS = ("api", "bot", "worker", "sandbox")


class CannotStart(Exception):
    """What keeps the house from starting, in one line."""


def say(line: str) -> None:
    """Tell the operator."""
    print(line, flush=True)


def command_of(part: str, settings: Settings) -> tuple[str, ...]:
    """The command line of a part."""
    python = sys.executable
    match part:
        case "api":
            return (python, "-m", "api.main")
        case "sandbox":
            return (
                *(python, "-m", "sandbox.telegram", "--host", "127.0.0.1", "--port", str(settings.sandbox_port)),
                *("--token", settings.telegram_token, "--state-dir", str(settings.data_dir / "sandbox" / "telegram")),
            )
        case _:
            return (python, "-m", f"{part}s.main" if part == "worker" else f"{part}.main")


def vendor_command(vendor: str, port: int, settings: Settings) -> tuple[str, ...]:
    """The command line of a stand-in for a vendor."""
    secrets = {
        "runware": ("--api-key", settings.runware_key),
        "replicate": (
            *("--token", settings.replicate_token),
            *("--webhook-secret", settings.replicate_signing_secret),
        ),
    }
    return (
        *(sys.executable, "-m", f"sandbox.{vendor}", "--host", "127.0.0.1", "--port", str(port)),
        *("--state-dir", str(settings.data_dir / "sandbox" / vendor)),
        *secrets[vendor],
    )


def api_names(settings: Settings) -> list[str]:
    """The API's processes by name: they share one address, each has a log of its own."""
    return ["api", *(f"api-{number}" for number in range(2, settings.api_processes + 1))]


def parts_of(settings: Settings) -> list[Part]:
    """The parts of this life, in the order in which they start."""
    logs = settings.log_dir
    api_host = "127.0.0.1" if settings.api_host in ("0.0.0.0", "::") else settings.api_host  # noqa: S104
    parts = [
        *(
            Part(
                name,
                command_of("api", settings),
                logs / f"{name}.log",
                lambda: _answers(f"http://{api_host}:{settings.api_port}/ready"),
                5,
            )
            for name in api_names(settings)
        ),
        Part("worker", command_of("worker", settings), logs / "worker.log", lambda: _said(settings, "worker"), 6),
        Part("bot", command_of("bot", settings), logs / "bot.log", lambda: _said(settings, "bot"), 5),
    ]
    if settings.sandbox:
        sandbox = f"http://127.0.0.1:{settings.sandbox_port}/"
        parts.insert(
            0, Part("sandbox", command_of("sandbox", settings), logs / "sandbox.log", lambda: _answers(sandbox), 1)
        )
    for vendor, port in settings.vendor_sandboxes.items():
        address = f"http://127.0.0.1:{port}/sim/settings"
        parts.insert(
            0,
            Part(
                f"sandbox-{vendor}",
                vendor_command(vendor, port, settings),
                logs / f"sandbox-{vendor}.log",
                partial(_answers, address),
                1,
            ),
        )
    return parts


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
        _announce(settings)
        await interruption
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    finally:
        say("Stopping …")
        await supervisor.stop([part for part in parts if not _is_sandbox(part)])
        await supervisor.stop([part for part in parts if _is_sandbox(part)])


def _counting_together(parts: list[Part], settings: Settings) -> list[Part]:
    """The same parts, told where they count together, so that the API's /metrics tells of all of them.

    Where there is no room for that they count each for itself: metrics must not keep the house from starting.
    """
    folder = settings.data_dir.resolve() / "metrics"
    counting = [part.name for part in parts if not _is_sandbox(part)]
    try:
        make_metrics_folder(folder, counting)
    except OSError as error:
        say(f"{folder} cannot be made ({error.strerror}): /metrics will tell of the API alone")
        return parts
    return [
        replace(part, environment=metrics_environment(folder, part.name)) if part.name in counting else part
        for part in parts
    ]


def _is_sandbox(part: Part) -> bool:
    """Whether it stands in for the outside world: the last to go."""
    return part.name.startswith("sandbox")


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


@contextmanager
def servers(settings: Settings) -> Iterator[None]:
    """PostgreSQL and Redis for the time of the block. Raises ServerFailed.

    Several launchers may use them at once; the last one out stops them. That is known by file locks, which a killed
    launcher gives back: the next one goes on with the servers it left, and stops them.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    postgres, redis = not settings.has_external_database, not settings.redis_url
    turn, users = settings.data_dir / "servers.turn.lock", settings.data_dir / "servers.users.lock"
    with turn.open("w") as one_at_a_time, users.open("w") as used:
        try:
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            fcntl.flock(used, fcntl.LOCK_SH)
            start_servers(settings.data_dir, postgres=postgres, redis=redis)
            fcntl.flock(one_at_a_time, fcntl.LOCK_UN)
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):  # impatience must not leave a server behind
                signal.signal(number, signal.SIG_IGN)
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            with suppress(BlockingIOError):  # somebody else still uses them
                fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop_servers(settings.data_dir, postgres=postgres, redis=redis)


def migrate(*command: str) -> None:
    """Bring the database up to date, in a process of its own: the launcher stays small. Raises CannotStart."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "db.migrate", *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotStart(done.stderr.strip() or "the migrations failed")


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Only one house runs from a data folder. Raises CannotStart for the second."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("Dream Photo is running from this folder already; stop it with Ctrl+C there") from None
        yield


def check_ports(settings: Settings, *parts: str) -> None:
    """See that nobody else listens where these parts want to. Raises CannotStart."""
    wanted = []
    if "api" in parts:
        wanted.append(("API_PORT", settings.api_host, settings.api_port))
    if "sandbox" in parts:
        wanted.append(("SANDBOX_PORT", "127.0.0.1", settings.sandbox_port))
    for vendor, port in settings.vendor_sandboxes.items():
        if f"sandbox-{vendor}" in parts:
            wanted.append(("SANDBOX_PORT", "127.0.0.1", port))
    if "metrics" in parts and settings.metrics_port is not None:
        wanted.append(("METRICS_PORT", settings.metrics_host, settings.metrics_port))
    for name, host, port in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CannotStart(
                    f"Port {port} on {host} cannot be used ({error.strerror}): set {name} in .env to a free one"
                ) from error


def _announce(settings: Settings) -> None:
    say("")
    say("Dream Photo is ready")
    if settings.sandbox:
        say(f"  chat with the bot   http://127.0.0.1:{settings.sandbox_port}/")
    for vendor, port in settings.vendor_sandboxes.items():
        say(f"  {vendor:<9} stand-in  http://127.0.0.1:{port}/sim/ledger")
    say(f"  API and its docs    http://{settings.api_host}:{settings.api_port}/docs")
    say(f"  logs                {settings.log_dir}/")
    say("Ctrl+C stops everything.")


async def _answers(url: str) -> bool:
    def ask() -> bool:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    return await asyncio.to_thread(ask)


async def _said(settings: Settings, part: str) -> bool:
    """Whether the part says in Redis that it works."""
    async with Redis.from_url(settings.redis_dsn) as redis:
        try:
            return await redis.get(f"{settings.namespace}:ready:{part}") is not None
        except (RedisError, OSError):
            return False


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


async def grant_admin(settings: Settings, telegram_id: int) -> None:
    """Make somebody an admin of this house."""
    from db.pool import Database  # the other commands do without these
    from services.accounts import Accounts

    async with await Database.connect(settings.database_dsn, failpoints=settings.failpoints) as db:
        await Accounts(db, settings.default_locale).grant_admin(telegram_id)


def main() -> int:
    """Run the command of the command line; one line on stderr says what was wrong."""
    parser = argparse.ArgumentParser(prog="./run.sh")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("all", "migrate", *PARTS):
        commands.add_parser(name)
    admin = commands.add_parser("admin").add_subparsers(dest="action", required=True)
    admin.add_parser("add").add_argument("telegram_id", type=int)
    webhook = commands.add_parser("webhook").add_subparsers(dest="action")
    webhook.add_parser("on").add_argument("url")
    webhook.add_parser("off")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # before the parts run it means what Ctrl+C means
    try:
        return _run(arguments, load_settings())
    except (WrongSetting, CannotStart, ServerFailed, PartFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "all":
            with alone(settings):
                _run_house(settings)
            return 0
        case "sandbox":
            check_ports(settings, "sandbox")
            return run_one("sandbox", settings)
        case part if part in PARTS:
            check_ports(settings, part, *(["metrics"] if part in ("bot", "worker") else []))
            with servers(settings):
                migrate()
                return run_one(part, settings)
        case "webhook":
            _switch_webhook(arguments, settings)
            return 0
        case "migrate":
            with servers(settings):
                migrate("dump")
            return 0
        case _:
            with servers(settings):
                migrate()
                asyncio.run(grant_admin(settings, arguments.telegram_id))
            say(f"{arguments.telegram_id} is an admin now")
            return 0


def _switch_webhook(arguments: argparse.Namespace, settings: Settings) -> None:
    match arguments.action:
        case "on":
            settings = switch_on(arguments.url)
            say(f"Updates will come to {settings.webhook_url} once ./run.sh is started again")
        case "off":
            switch_off()
            say("The bot will ask for updates itself once ./run.sh is started again")
        case _:
            for line in describe(settings):
                say(line)


def _run_house(settings: Settings) -> None:
    began = time.monotonic()
    check_ports(settings, *(part.name for part in parts_of(settings)))
    with servers(settings):
        migrate()
        say(f"Database ready after {time.monotonic() - began:.1f} s")
        asyncio.run(run_all(settings))


if __name__ == "__main__":
    sys.exit(main())
