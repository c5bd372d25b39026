"""The Redis or Valkey that the house brings along: a doorbell and short-lived state, on loopback, with a password."""

import json
import os
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from db.server_programs import ServerFailed, redis_binary
from db.servers_file import ServersFile, answers, free_port


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
            subprocess.run(  # noqa: S603 - our own server
                [redis_binary(), config],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
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
        """Stop the server and wait until it has saved what it holds and is gone.

        A server that cannot save, on a full disk for one, is killed after five seconds: its last file stays.
        """
        pid = self._pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        give_up_at = time.monotonic() + 5
        while self._pid() is not None:
            if time.monotonic() > give_up_at:
                os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.02)

    def _pid(self) -> int | None:
        """The running server's process id, or None. A pid file that a killed server left behind tells nothing."""
        try:
            pid = int((self.folder / "server.pid").read_text())
            port = urlsplit(ServersFile(self.data_dir).read()["redis"]).port
            os.kill(pid, 0)
            if not Path("/proc/self").exists():  # macOS
                return pid
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, KeyError):
            return None
        return pid if f"-server 127.0.0.1:{port}".encode() in command else None
