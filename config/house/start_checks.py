"""What is looked at before anything starts: whether the folder and the ports are free."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from config.settings import Settings


class CannotStart(Exception):
    """What keeps the house from starting, in one line."""


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
