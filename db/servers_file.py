"""Where the embedded servers listen: kept in the data folder, so that a part started by hand finds them."""

import json
import socket
from pathlib import Path
from typing import TypedDict

from config.settings import SERVERS_FILE


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
