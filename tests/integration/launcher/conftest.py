"""A house of tiny parts in a folder of its own: the real launcher, servers and migrations around them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import stop_servers
from tests.conftest import ROOT, free_port

SAYS_READY = """
import os, signal
import redis
from config.settings import load_settings

settings = load_settings()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
redis.Redis.from_url(settings.redis_dsn).set(f"{{settings.namespace}}:ready:{name}", os.getpid(), ex=60)
while True:
    signal.pause()
"""
API = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ready"})
"""
SANDBOX = """
import argparse, http.server
options = argparse.ArgumentParser()
for name in ("--host", "--port", "--token", "--state-dir"):
    options.add_argument(name, required=True)
given = options.parse_args()
http.server.ThreadingHTTPServer((given.host, int(given.port)), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
PARTS = {
    "api/app.py": API,
    "api/main.py": (ROOT / "api" / "main.py").read_text(),
    "bot/main.py": SAYS_READY.format(name="bot"),
    "workers/main.py": SAYS_READY.format(name="worker"),
    "sandbox/telegram/__main__.py": SANDBOX,
}


class House:
    """A folder with tiny parts, and the launcher's command line in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.launchers: list[Running] = []
        self.settings = {
            "API_PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            "PATH": os.environ["PATH"],
        }

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "config.launcher", *arguments],
            cwd=self.folder,
            env=self.settings | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self, *arguments: str, **settings: str) -> "Running":
        self.launchers.append(Running(self, arguments, self.settings | settings))
        return self.launchers[-1]

    def processes(self) -> list[str]:
        """Command lines of everything that runs from this folder, servers included."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                folder = str((process / "cwd").readlink())
            except OSError:
                continue
            if command and (str(self.folder) in command or folder.startswith(str(self.folder))):
                found.append(command)
        return found


class Running:
    """A launcher that runs."""

    def __init__(self, house: House, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launcher", *arguments],
            cwd=house.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()

    def wait_for(self, text: str, seconds: float = 40) -> None:
        """Wait until the launcher or its part prints a line with this text."""
        with self._news:
            found = self._news.wait_for(lambda: any(text in line for line in self.lines), seconds)
        assert found, "\n".join(self.lines)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        self.process.send_signal(how)
        status = self.process.wait(20)
        self.close()
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def folder(open_folder: Path) -> Path:
    """A folder that PostgreSQL's own user may pass through."""
    made = Path(tempfile.mkdtemp(dir=open_folder))
    made.chmod(0o755)
    return made


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    for package in ("config", "db"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, program in PARTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(program)
    made = House(folder)
    yield made
    for launcher in made.launchers:
        launcher.close()
    if made.data_dir.exists():
        stop_servers(made.data_dir, postgres=(made.data_dir / "postgres").exists(), redis=True)
    assert made.processes() == []
