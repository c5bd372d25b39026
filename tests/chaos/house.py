"""A whole house of processes that a test may kill, freeze and cut off, with a keeper that starts again what died.

Servers, sandbox and vendor are its own; PostgreSQL, Redis and the vendor are reached through lines that can fail.
Everything is gone at the end, also after a failure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
import redis

from config.settings import SANDBOX_TOKEN
from config.supervisor import die_with_this_process
from db.embedded import EmbeddedPostgres, EmbeddedRedis, ServersFile
from services.backend_words import STALE_AFTER
from tests.chaos.people import Customer
from tests.chaos.proxy import FaultProxy, ProxyLoop
from tests.chaos.vendor import Job, read_journal
from tests.conftest import ROOT, free_port
from tests.e2e.conftest import Person

START_WITHIN = 60.0
"""Seconds that a part may take to say that it is ready."""
RESTART_AFTER = 0.2
"""Seconds between a death and the next start."""
LOOK_EVERY = 0.05
"""Seconds between two looks at what is waited for."""
LEASE_SECONDS = 3
DATABASE = "dreamphoto_sandbox"
WORKERS = ("worker-1", "worker-2")
PARTS = ("sandbox", "vendor", "api", "bot", *WORKERS)


def wait_until(so: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true answer; fails the test where it does not come in time."""
    give_up_at = time.monotonic() + seconds
    while not (answer := so()):
        if time.monotonic() > give_up_at:
            pytest.fail(f"{what} did not come within {seconds:.0f} s")
        time.sleep(LOOK_EVERY)
    return answer


class KeptProcess:
    """A process that is started again whenever it dies, until it is told to stay down."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self.deaths = 0
        self._command = command
        self._environment = environment
        self._stays_down = threading.Event()
        self._may_live = threading.Event()
        self._may_live.set()
        self._running: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {name}", daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int | None:
        """The process id, None between two lives."""
        running = self._running
        return running.pid if running is not None else None

    def send(self, number: signal.Signals) -> bool:
        """Send a signal; False where there is no process right now."""
        with self._lock:
            if self._running is None:
                return False
            self._running.send_signal(number)  # knows whether the pid is still its own
            return True

    def hold_down(self) -> None:
        """Kill it, and keep it down until `let_up`; returns when it is gone."""
        self._may_live.clear()
        self.send(signal.SIGKILL)
        wait_until(lambda: self._running is None, 10, f"the end of {self.name}")

    def let_up(self) -> None:
        """Let it live again."""
        self._may_live.set()

    def stop(self) -> None:
        """Kill it for good."""
        self._stays_down.set()
        self._may_live.set()
        with self._lock:
            if self._running is not None:
                self._running.kill()
        self._keeper.join(10)

    def log_text(self) -> str:
        """Everything that all its lives have written."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _keep(self) -> None:
        while self._may_live.wait() and not self._stays_down.is_set():
            with self.log.open("ab") as log:
                process = subprocess.Popen(
                    self._command,
                    cwd=ROOT,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=die_with_this_process(),
                )
            with self._lock:
                self._running = process
                if self._stays_down.is_set() or not self._may_live.is_set():
                    process.kill()
            status = process.wait()
            self.deaths += 1
            self._running = None
            if self._stays_down.is_set():
                return
            with self.log.open("a") as text:
                text.write(f"[keeper] {self.name} ended with status {status}\n")
            self._stays_down.wait(RESTART_AFTER)


@dataclass
class ChaosHouse:
    """What a test holds in its hands."""

    folder: Path
    database_dsn: str
    """Past the proxy: a test's own eyes stay open whatever it breaks."""
    redis_dsn: str
    sandbox_url: str
    api_url: str
    vendor_url: str
    lines: dict[str, FaultProxy]
    """How the house reaches postgres, redis and vendor."""
    postgres: EmbeddedPostgres
    environment: dict[str, str]
    """Of every process."""
    parts: dict[str, KeptProcess] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)
    """What was broken, and how often."""

    @property
    def failpoints(self) -> Path:
        """Where points are armed."""
        return self.folder / "failpoints"

    @property
    def deaths(self) -> int:
        """Of all processes so far."""
        return sum(part.deaths for part in self.parts.values())

    def kill(self, part: str) -> None:
        """SIGKILL; the keeper starts it again."""
        if self.parts[part].send(signal.SIGKILL):
            self.struck[f"kill {part}"] += 1

    def freeze(self, part: str) -> None:
        """Stop it where it stands."""
        if self.parts[part].send(signal.SIGSTOP):
            self.struck[f"freeze {part}"] += 1

    def wake(self, part: str) -> None:
        """Let it go on."""
        self.parts[part].send(signal.SIGCONT)

    def restart_postgres(self, mode: signal.Signals) -> None:
        """Stop PostgreSQL, SIGINT (fast) or SIGQUIT (immediate, which needs crash recovery), and start it again."""
        self.struck[f"postgres {mode.name}"] += 1
        pid = int((self.postgres.cluster / "postmaster.pid").read_text().split()[0])
        os.kill(pid, mode)
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), 20, "the end of PostgreSQL")
        self.postgres.start()
        self.lines["postgres"].target_port = port_of(ServersFile(self.postgres.data_dir).read()["postgres"])

    def flush_redis(self) -> None:
        """Redis forgets everything."""
        self.struck["flushall"] += 1
        with redis.Redis.from_url(self.redis_dsn) as client:
            client.flushall()

    def wait_for_the_living_alone(self) -> None:
        """Until Redis holds the words of all living workers alone: a dead one's are believed for a while."""

        def names_the_living_alone() -> bool:
            speakers = {int(field.split(b":")[-2]) for key in client.keys("*:backends") for field in client.hkeys(key)}
            return speakers == {self.parts[worker].pid for worker in WORKERS}

        with redis.Redis.from_url(self.redis_dsn) as client:
            wait_until(names_the_living_alone, START_WITHIN + STALE_AFTER, "the words of the living workers alone")

    def break_vendor(self, fault: str, **details: Any) -> None:
        """Make the vendor's next requests or jobs fail; a vendor that is down right now is spared."""
        with suppress(httpx.HTTPError):
            httpx.post(f"{self.vendor_url}/faults", json={"fault": fault, **details}, timeout=5).raise_for_status()
            self.struck[f"vendor {fault}"] += 1

    def break_telegram(self, **fault: Any) -> None:
        """Make the sandbox's next answers fail."""
        httpx.post(f"{self.sandbox_url}/sim/faults", json=fault, timeout=5).raise_for_status()
        self.struck[f"telegram {fault.get('error_code', 'slow')}"] += 1

    def make_peace(self) -> None:
        """No fault waits any more, and every frozen process goes on."""
        for name in self.parts:
            self.wake(name)
        httpx.post(f"{self.sandbox_url}/sim/faults", json={"clear": True}, timeout=10).raise_for_status()

        def vendor_is_calm() -> bool:
            try:
                return httpx.post(f"{self.vendor_url}/faults", json={"clear": True}, timeout=2).is_success
            except httpx.HTTPError:
                return False

        wait_until(vendor_is_calm, 30, "a vendor that answers")

    def vendor_jobs(self) -> dict[UUID, Job]:
        """Every call that the vendor ever took, from its journal."""
        return read_journal(self.folder / "vendor" / "journal.jsonl")

    def pending_updates(self) -> int:
        """Updates that the bot has not confirmed."""
        answer = httpx.get(f"{self.sandbox_url}/bot{SANDBOX_TOKEN}/getWebhookInfo", timeout=10)
        return int(answer.raise_for_status().json()["result"]["pending_update_count"])

    def new_person(self, client: httpx.Client, name: str) -> Person:
        """Somebody who speaks English with the bot."""
        answer = client.post("/sim/users", json={"first_name": name, "language_code": "en"})
        return Person(client, int(answer.raise_for_status().json()["id"]))

    def story(self) -> str:
        """How the house is and was, for a failed test; the whole logs stay in a folder that it names."""
        kept = Path(tempfile.mkdtemp(prefix="dreamphoto-chaos-logs-"))
        shutil.copytree(self.folder / "logs", kept, dirs_exist_ok=True)
        ends = [f"--- {name}\n" + "\n".join(part.log_text().splitlines()[-15:]) for name, part in self.parts.items()]
        return "\n".join([f"broken: {dict(sorted(self.struck.items()))}", f"logs: {kept}", *ends])

    def wait_ready(self, part: str, count: int = 1) -> None:
        """Until a part has said for the n-th time that it is ready."""
        match part:
            case "api":
                wait_until(lambda: _answers(f"{self.api_url}/ready"), START_WITHIN, "the API")
            case "sandbox":
                wait_until(lambda: _answers(f"{self.sandbox_url}/sim/users"), START_WITHIN, "the sandbox")
            case "vendor":
                wait_until(lambda: _answers(f"{self.vendor_url}/health"), START_WITHIN, "the vendor")
            case _:
                word = "bot.ready" if part == "bot" else "worker.ready"
                log = self.parts[part].log_text
                wait_until(lambda: log().count(word) >= count, START_WITHIN, f"{part} with {word}")


@contextmanager
def open_house(*, picture_seconds: float = 0.4) -> Iterator[ChaosHouse]:
    """Start everything and wait until it is ready; stop and remove it at the end.

    The folder is not one of pytest's: those are closed to others by every pytest that starts beside us, and as root
    PostgreSQL runs as a user of its own.
    """
    with ExitStack() as closing:
        folder = Path(tempfile.mkdtemp(prefix="dreamphoto-chaos-"))
        folder.chmod(0o711)
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres, valkey = EmbeddedPostgres(folder / "data"), EmbeddedRedis(folder / "data")
        (folder / "data").mkdir(exist_ok=True)
        for server in (postgres, valkey):
            closing.callback(server.stop)
            server.start()
        addresses = ServersFile(folder / "data").read()
        loop = ProxyLoop()
        closing.callback(loop.close)
        vendor_port, sandbox_port, api_port = free_port(), free_port(), free_port()
        lines = {
            "postgres": FaultProxy(loop, port_of(addresses["postgres"])),
            "redis": FaultProxy(loop, port_of(addresses["redis"])),
            "vendor": FaultProxy(loop, vendor_port),
        }
        for line in lines.values():
            closing.callback(line.close)
        house = ChaosHouse(
            folder=folder,
            database_dsn=f"{addresses['postgres']}/{DATABASE}",
            redis_dsn=addresses["redis"],
            sandbox_url=f"http://127.0.0.1:{sandbox_port}",
            api_url=f"http://127.0.0.1:{api_port}",
            vendor_url=f"http://127.0.0.1:{vendor_port}",
            lines=lines,
            environment={},
            postgres=postgres,
        )
        house.failpoints.mkdir()
        house.environment |= clean_environment() | {
            "ENV_FILE": "",
            "DATABASE_URL": f"{_through(addresses['postgres'], lines['postgres'])}/{DATABASE}",
            "REDIS_URL": _through(addresses["redis"], lines["redis"]),
            "DATA_DIR": str(folder / "data"),
            "LOG_DIR": str(folder / "logs"),
            "API_PORT": str(api_port),
            "SANDBOX_PORT": str(sandbox_port),
            "TELEGRAM_MESSAGES_PER_SECOND": "1000",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "FAILPOINTS_DIR": str(house.failpoints),
            "VENDOR_URL": f"http://127.0.0.1:{lines['vendor'].port}",
            "PICTURE_SECONDS": str(picture_seconds),
        }
        subprocess.run([sys.executable, "-m", "db.migrate"], cwd=ROOT, env=house.environment, check=True)
        (folder / "logs").mkdir()
        for part in PARTS:
            command = [sys.executable, "-m", *_module_of(part, folder, vendor_port, sandbox_port, api_port)]
            kept = KeptProcess(part, command, house.environment, folder / "logs" / f"{part}.log")
            closing.callback(kept.stop)
            house.parts[part] = kept
        for part in PARTS:
            house.wait_ready(part)
        yield house


@dataclass
class Houses:
    """One house for many tests, and a new one after a test that left it broken."""

    customers: list[Customer] = field(default_factory=list)
    """Everybody who was in the house that stands."""
    is_broken: bool = False
    _standing: ChaosHouse | None = None
    _closing: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def visit(self) -> Iterator[ChaosHouse]:
        """A house in order; it counts as broken where the block raises."""
        if self._standing is None or self.is_broken:
            self.close()
            self._standing = self._closing.enter_context(open_house())
            self.customers.clear()
        self.is_broken = True
        yield self._standing
        self.is_broken = False

    def close(self) -> None:
        """Stop it."""
        self._closing.close()
        self._standing = None


def _module_of(part: str, folder: Path, vendor_port: int, sandbox_port: int, api_port: int) -> list[str]:
    match part:
        case "sandbox":
            state = str(folder / "sandbox")
            return ["sandbox.telegram", "--port", str(sandbox_port), "--token", SANDBOX_TOKEN, "--state-dir", state]
        case "vendor":
            return ["tests.chaos.vendor", "--port", str(vendor_port), "--state-dir", str(folder / "vendor")]
        case "api":
            return ["uvicorn", "api.app:app", "--host", "127.0.0.1", "--port", str(api_port), "--no-access-log"]
        case "bot":
            return ["bot.main"]
        case _:
            return ["tests.chaos.vendor_worker"]


def clean_environment() -> dict[str, str]:
    """This process's environment, without what would lead to another house."""
    return {name: value for name, value in os.environ.items() if name not in ("BOT_TOKEN", "DATABASE_URL", "REDIS_URL")}


def port_of(address: str) -> int:
    """The port in an address that has one."""
    port = urlsplit(address).port
    assert port is not None
    return port


def _through(address: str, line: FaultProxy) -> str:
    return address.replace(f":{port_of(address)}", f":{line.port}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False
