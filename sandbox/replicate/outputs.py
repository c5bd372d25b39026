"""What the models have made: files on the host that stands for replicate.delivery."""

import math
import os
import re
import secrets
from pathlib import Path

from sandbox.replicate.clock import Clock
from sandbox.replicate.settings import Settings

_NAME = re.compile(r"\d+\.\d{3}-[0-9a-f]{24}\.[a-z]{2,5}")


class Outputs:
    """Files in a folder by name. What expires is not found, and deleted by the next start; weights stay for good."""

    def __init__(self, folder: Path, clock: Clock, settings: Settings) -> None:
        self._folder = folder
        self._clock = clock
        self._settings = settings
        self._shared = folder / "shared"
        self._shared.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if _NAME.fullmatch(path.name) and self._is_expired(path):
                path.unlink()

    def keep(self, content: bytes, ending: str) -> str:
        """Write a file down and return its name, which nobody can guess."""
        name = self._new_name(ending)
        (self._folder / name).write_bytes(content)
        return name

    def share(self, name: str, content: bytes) -> None:
        """Write down what many files are: each of them is then only another name of it."""
        (self._shared / name).write_bytes(content)

    def has_shared(self, name: str) -> bool:
        """Tell whether there is something to link to."""
        return (self._shared / name).exists()

    def link(self, shared: str, ending: str) -> str:
        """Return a new name for what is shared."""
        name = self._new_name(ending)
        os.link(self._shared / shared, self._folder / name)
        return name

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None where there is none, or no more."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file() or self._is_expired(path):
            return None
        return path.read_bytes()

    def delete(self, name: str) -> None:
        """Delete a file; nothing happens where there is none."""
        if _NAME.fullmatch(name):
            (self._folder / name).unlink(missing_ok=True)

    def _new_name(self, ending: str) -> str:
        # The name tells when it was made: linked files share one time of writing.
        made_at = math.floor(self._clock() * 1000) / 1000
        return f"{made_at:.3f}-{secrets.token_hex(12)}.{ending}"

    def _is_expired(self, path: Path) -> bool:
        made_at = float(path.name.partition("-")[0])
        return path.suffix != ".tar" and made_at + self._settings.results_expire_seconds <= self._clock()
