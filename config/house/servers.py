"""What the parts stand on: PostgreSQL and Redis, and a database that is up to date."""

import fcntl
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from config.house.start_checks import CannotStart
from config.settings import Settings
from db.embedded import start_servers, stop_servers


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
