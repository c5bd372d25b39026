"""Workers over the stand-ins of real vendors, as processes: PostgreSQL, Valkey, the API for webhooks, no bot.

Each worker has a vendor that it prefers; the other one is its way out.
"""

import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from config.house.parts import vendor_command
from config.settings import SANDBOX_VENDOR_KEY, Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis, ServersFile
from tests.chaos.house import (
    DATABASE,
    LEASE_SECONDS,
    START_WITHIN,
    KeptProcess,
    clean_environment,
    wait_until,
)
from tests.conftest import ROOT

VENDORS = ("runware", "replicate")
WORKERS = ("worker-1", "worker-2")
JWT_SECRET = "only-this-storm-knows-it-and-it-opens-nothing"
SIDE = 96
"""Pixels of every picture that a stand-in makes."""
PICTURE_SECONDS = 0.6
"""What a vendor takes for a call."""


class Trap:
    """Listens where nobody may come: every connection is counted."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._wait, name="trap", daemon=True).start()

    @property
    def url(self) -> str:
        """Where a redirect may lead."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/private"

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _wait(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._socket.accept()
                self.visits += 1
                visitor.close()


@dataclass
class VendorHouse:
    """What a storm over vendors holds in its hands."""

    folder: Path
    database_dsn: str
    redis_dsn: str
    vendor_urls: dict[str, str]
    trap: Trap
    parts: dict[str, KeptProcess] = field(default_factory=dict)

    @property
    def files(self) -> Path:
        """Where the local storage keeps its bytes."""
        return self.folder / "data" / "sandbox" / "files"

    def kill(self, worker: str) -> None:
        """SIGKILL; the keeper starts it again."""
        self.parts[worker].send(signal.SIGKILL)

    def break_vendor(self, vendor: str, fault: dict[str, Any]) -> None:
        """Let a fault wait for what passes its place."""
        httpx.post(f"{self.vendor_urls[vendor]}/sim/faults", json=fault, timeout=10).raise_for_status()

    def struck(self, vendor: str) -> dict[str, int]:
        """How often each kind of fault has struck."""
        told = self.ask(vendor, "faults")
        if "struck" in told:
            return dict(told["struck"])
        counts: dict[str, int] = {}
        for fault in told["faults"]:
            counts[fault["kind"]] = counts.get(fault["kind"], 0) + fault["struck"]
        return {kind: count for kind, count in counts.items() if count}

    def make_peace(self) -> None:
        """No fault waits any more."""
        for url in self.vendor_urls.values():
            httpx.delete(f"{url}/sim/faults", timeout=10).raise_for_status()

    def ask(self, vendor: str, what: str) -> dict[str, Any]:
        """What a stand-in tells of itself."""
        answer: dict[str, Any] = (
            httpx.get(f"{self.vendor_urls[vendor]}/sim/{what}", timeout=60).raise_for_status().json()
        )
        return answer

    def prediction(self, prediction_id: str) -> dict[str, Any]:
        """A prediction as Replicate shows it."""
        answer: dict[str, Any] = (
            httpx.get(
                f"{self.vendor_urls['replicate']}/v1/predictions/{prediction_id}",
                headers={"Authorization": f"Bearer {SANDBOX_VENDOR_KEY}"},
                timeout=10,
            )
            .raise_for_status()
            .json()
        )
        return answer

    def worker_events(self, *names: str) -> list[dict[str, Any]]:
        """These events of all workers' lives, from their logs."""
        lines = [line for part in WORKERS for line in self.parts[part].log_text().splitlines()]
        wanted = [line for line in lines if any(f'"{name}"' in line for name in names)]
        events = []
        for line in wanted:
            with suppress(orjson.JSONDecodeError):  # a line that a kill cut short
                events.append(orjson.loads(line))
        return [event for event in events if event.get("event") in names]

    def story(self) -> str:
        """Where the whole logs are, for a failed test."""
        kept = Path(tempfile.mkdtemp(prefix="dreamphoto-vendors-logs-"))
        shutil.copytree(self.folder / "logs", kept, dirs_exist_ok=True)
        for vendor in VENDORS:
            (kept / f"{vendor}-ledger.json").write_bytes(orjson.dumps(self.ask(vendor, "ledger")))
        return f"logs: {kept}"


@contextmanager
def open_vendor_house(worker: str, preferred: Sequence[str]) -> Iterator[VendorHouse]:
    """Start everything and wait until it is ready; stop and remove it at the end.

    worker: the workers' module. preferred: for each worker the vendor that it asks first.
    """
    with ExitStack() as closing:
        folder = Path(tempfile.mkdtemp(prefix="dreamphoto-vendors-"))
        folder.chmod(0o711)  # as root PostgreSQL runs as a user of its own
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "data").mkdir()
        (folder / "logs").mkdir()
        for server in (EmbeddedPostgres(folder / "data"), EmbeddedRedis(folder / "data")):
            closing.callback(server.stop)
            server.start()
        addresses = ServersFile(folder / "data").read()
        ports = _ports_in_a_row(4)
        trap = Trap()
        closing.callback(trap.close)
        environment = clean_environment() | {
            "ENV_FILE": "",
            "DATABASE_URL": f"{addresses['postgres']}/{DATABASE}",
            "REDIS_URL": addresses["redis"],
            "DATA_DIR": str(folder / "data"),
            "LOG_DIR": str(folder / "logs"),
            "LOG_FORMAT": "json",
            "SANDBOX_PORT": str(ports),
            "API_PORT": str(ports + 3),
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "JWT_SECRET": JWT_SECRET,
            "IMAGE_BACKENDS": ",".join(VENDORS),
        }
        settings = Settings(_env_file=None, **{name.lower(): environment[name] for name in _SETTINGS})  # type: ignore[arg-type]
        house = VendorHouse(
            folder=folder,
            database_dsn=environment["DATABASE_URL"],
            redis_dsn=addresses["redis"],
            vendor_urls={name: f"http://127.0.0.1:{port}" for name, port in settings.vendor_sandboxes.items()},
            trap=trap,
        )
        subprocess.run([sys.executable, "-m", "db.migrate"], cwd=ROOT, env=environment, check=True)

        def keep(part: str, command: list[str], **own: str) -> None:
            kept = KeptProcess(part, command, environment | own, folder / "logs" / f"{part}.log")
            closing.callback(kept.stop)
            house.parts[part] = kept

        for vendor, port in settings.vendor_sandboxes.items():
            ways = ["--seconds", str(PICTURE_SECONDS), "--side", str(SIDE)]
            keep(vendor, [*vendor_command(vendor, port, settings), *ways])
        keep("api", [sys.executable, "-m", "api.main"])
        for part, first in zip(WORKERS, preferred, strict=True):
            in_order = sorted(VENDORS, key=lambda vendor, first=first: vendor != first)
            keep(part, [sys.executable, "-m", worker], IMAGE_BACKENDS=",".join(in_order))
        for vendor in VENDORS:
            wait_until(lambda url=house.vendor_urls[vendor]: _answers(f"{url}/sim/faults"), START_WITHIN, vendor)
        for part in WORKERS:
            wait_until(lambda part=part: "worker.ready" in house.parts[part].log_text(), START_WITHIN, part)
        wait_until(lambda: _answers(f"http://127.0.0.1:{environment['API_PORT']}/health"), START_WITHIN, "the API")
        yield house


_SETTINGS = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SANDBOX_PORT", "IMAGE_BACKENDS", "JWT_SECRET")


def _ports_in_a_row(count: int) -> int:
    """The first of so many free ports: the stand-ins of vendors stand beside Telegram's.

    Below those that the system gives to connections: one of these could be taken before its server listens.
    """
    while True:
        first = random.randrange(20_000, 30_000)
        with suppress(OSError), ExitStack() as probes:
            for port in range(first, first + count):
                probes.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500 or "health" in url
    except httpx.HTTPError:
        return False
