"""PostgreSQL and Redis that the house brings along: found on the machine or in wheels, kept in the data folder.

Both listen on loopback only, with a password that is made at the first start. They outlive a launcher that was
killed; the next start goes on with them.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from config.settings import SERVERS_FILE
from db.embedded_redis import EmbeddedRedis
from db.server_programs import ServerFailed, machine_postgres, postgres_major_version, wheel_binaries
from db.servers_file import ServersFile, answers, free_port

__all__ = ["EmbeddedPostgres", "EmbeddedRedis", "ServersFile", "start_servers", "stop_servers"]

ROLE = "dreamphoto"
SYSTEM_USER = "dreamphoto"
"""Who runs PostgreSQL when the house is started by root, whom PostgreSQL refuses."""

_NO_PID = 2**22 + 1
"""Larger than any pid that Linux gives out."""
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
        known = ServersFile(self.data_dir).read().get("postgres")
        if known is None:
            raise ServerFailed(
                f"{self.data_dir / SERVERS_FILE} with the password of {self.cluster} is gone: put it back, or move the"
                " folder away to begin with an empty database"
            )
        if self._runs(binaries):
            return False
        self._forget_stale_pid()
        address = urlsplit(known)
        port = address.port or free_port()
        if answers(port):  # taken by somebody else since the last time
            port = free_port()
        options = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_OPTIONS.items())
        log = self.cluster / "server.log"
        self._run(
            [
                *(binaries / "pg_ctl", "-D", self.cluster, "-w", "-t", "60", "-l", log),
                *("-o", f"{options} -p {port}", "start"),
            ],
            f"PostgreSQL did not start; see {log}",
        )
        ServersFile(self.data_dir).write({"postgres": f"postgresql://{ROLE}:{address.password}@127.0.0.1:{port}"})
        return True

    def stop(self) -> None:
        """Stop the cluster in order; nothing happens where it does not run. Raises ServerFailed.

        Where five seconds are too short for its last checkpoint it stops without one: the log replays at the start.
        """
        binaries = self._binaries()
        if not self._runs(binaries):
            return
        stop: list[str | Path] = [binaries / "pg_ctl", "-D", self.cluster, "-w", "-t", "5", "stop", "-m"]
        try:
            self._run([*stop, "fast"], "")
        except ServerFailed:
            self._run([*stop, "immediate"], f"PostgreSQL did not stop; see {self.cluster / 'server.log'}")

    def _runs(self, binaries: Path) -> bool:
        pid = self._recorded_pid()
        if Path("/proc/self").exists():
            return pid is not None and b"postgres" in _command_line(pid)
        status = subprocess.run(  # noqa: S603 - our own server's tool
            [binaries / "pg_ctl", "-D", self.cluster, "status"], capture_output=True, check=False
        )
        return status.returncode == 0

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.cluster / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _forget_stale_pid(self) -> None:
        """Cross out the pid that a crash left behind, where some other program has it by now.

        PostgreSQL would take that program for itself and refuse to start; in containers, where pids are low and
        come again, that is the rule. The rest of the file stays: by it PostgreSQL sees whether a server process of
        the crashed run is still at the data.
        """
        pid_file = self.cluster / "postmaster.pid"
        if self._recorded_pid() is not None:
            _, _, rest = pid_file.read_text().partition("\n")
            pid_file.write_text(f"{_NO_PID}\n{rest}")

    def _initialise(self, binaries: Path) -> None:
        """Make the cluster aside and put it in place when it is whole: an interrupted start leaves no half of one."""
        draft = self.cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _give_to_owner_of(self.cluster, draft)
        password = secrets.token_hex(16)
        ServersFile(self.data_dir).write({"postgres": f"postgresql://{ROLE}:{password}@127.0.0.1:{free_port()}"})
        password_file = self.cluster.parent / "postgres.new-password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        _give_to_owner_of(self.cluster, password_file)
        try:
            self._run(
                [
                    *(binaries / "initdb", "-D", draft, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8"),
                    *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                ],
                "PostgreSQL's data folder could not be made",
            )
        finally:
            password_file.unlink()
        draft.replace(self.cluster)

    def _binaries(self) -> Path:
        """The folder of initdb and pg_ctl to use: for a cluster that exists, those of its own major version."""
        version_file = self.cluster / "PG_VERSION"
        if not version_file.exists():
            of_this_machine = machine_postgres() if os.geteuid() else []  # Debian's initdb is not made for root
            return (*of_this_machine, wheel_binaries())[0]
        version = version_file.read_text().strip()
        for folder in (*machine_postgres(), wheel_binaries()):
            if postgres_major_version(folder) == version:
                return folder
        raise ServerFailed(
            f"{self.cluster} was made by PostgreSQL {version}, which is not on this machine any more: install it,"
            " or set DATABASE_URL"
        )

    def _run(self, command: list[str | Path], complaint: str) -> None:
        # No pipe for the output: the server would inherit it and keep it open for ever.
        try:
            subprocess.run(  # noqa: S603 - our own server's tool
                command,
                **_as_server_user(self.cluster),
                cwd="/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
        except subprocess.CalledProcessError as error:
            raise ServerFailed(f"{complaint} (exit status {error.returncode})") from error
        except OSError as error:
            raise ServerFailed(f"{complaint} ({error})") from error


def _command_line(pid: int) -> bytes:
    """What a process was started as; nothing for one that is dead, buried or not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class _ServerUser(TypedDict, total=False):
    """Arguments of subprocess.run that hand a command to another user; none where we are not root."""

    user: int
    group: int
    extra_groups: list[int]


def _as_server_user(cluster: Path) -> _ServerUser:
    """As root: whoever owns the cluster runs it, the person who made it without root too."""
    if os.geteuid():
        return {}
    owner = cluster.stat()
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


def _let_in(cluster: Path, binaries: Path) -> None:
    """Make the cluster's folder; as root, for a system user that may reach it and the programs."""
    cluster.parent.mkdir(parents=True, exist_ok=True)
    cluster.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid():
        return
    if cluster.stat().st_uid == 0:
        _make_system_user()
        shutil.chown(cluster, SYSTEM_USER, SYSTEM_USER)
    for folder in {*cluster.parents, binaries, *binaries.parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:  # passing through, never listing
            folder.chmod(mode | 0o001)


def _make_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        options = ("--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
        try:
            subprocess.run(["useradd", *options, SYSTEM_USER], check=True, capture_output=True)  # noqa: S603, S607 - fixed words only
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServerFailed(
                f"PostgreSQL refuses root and the user {SYSTEM_USER} could not be made: start as another user,"
                " or set DATABASE_URL"
            ) from error


def _give_to_owner_of(cluster: Path, path: Path) -> None:
    if os.geteuid() == 0:
        owner = cluster.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def start_servers(data_dir: Path, *, postgres: bool, redis: bool) -> list[EmbeddedPostgres | EmbeddedRedis]:
    """Start those that are asked for; returns those that were not running before. Raises ServerFailed."""
    return [server for server in _servers(data_dir, postgres=postgres, redis=redis) if server.start()]


def stop_servers(data_dir: Path, *, postgres: bool, redis: bool) -> None:
    """Stop those that are asked for, whoever started them; nothing happens to one that does not run."""
    for server in _servers(data_dir, postgres=postgres, redis=redis):
        server.stop()


def _servers(data_dir: Path, *, postgres: bool, redis: bool) -> list[EmbeddedPostgres | EmbeddedRedis]:
    asked: list[EmbeddedPostgres | EmbeddedRedis] = []
    if postgres:
        asked.append(EmbeddedPostgres(data_dir))
    if redis:
        asked.append(EmbeddedRedis(data_dir))
    return asked
