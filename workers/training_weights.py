"""The weights of a finished training, on their way into the storage: fetched, checked, hashed, stored."""

import fcntl
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Protocol

from config.failpoints import Write
from services.storage import Storage
from services.training.steps import KeptWeights
from workers.backends.base import BackendUnreachable, Trained
from workers.downloads import DownloadFailed, DownloadRefused, Downloads
from workers.weights import CheckedLora, WeightsRefused, bring

_PREFIX = "dreamphoto-weights-"
_TO_BE_LOCKED_WITHIN = 60.0
"""Seconds after its beginning in which a folder may not be locked yet."""


class BadWeights(Exception):
    """What a training brought is no LoRA that can be used; it would be the same at every try."""


class WeightsSource(Protocol):
    """Fetches and checks."""

    def fetched(self, trained: Trained) -> AbstractAsyncContextManager[CheckedLora]:
        """A checked LoRA, here for as long as the block lasts.

        Raises BackendUnreachable where it cannot be fetched now, BadWeights where it is none.
        """


class VendorWeights:
    """Fetches what vendors have trained, and finds the LoRA in it."""

    def __init__(self, downloads: Downloads) -> None:
        self._downloads = downloads

    @asynccontextmanager
    async def fetched(self, trained: Trained) -> AsyncIterator[CheckedLora]:
        """See WeightsSource."""
        with _own_folder() as folder:
            try:
                lora = await bring(trained, self._downloads, folder)
            except DownloadFailed as error:
                raise BackendUnreachable(f"weights cannot be fetched: {error}") from error
            except (DownloadRefused, WeightsRefused) as error:
                raise BadWeights(f"{error.code}: {error.message}") from error
            except OSError as error:  # a full disk, most likely: that passes, and the weights are paid for
                raise BackendUnreachable(f"weights cannot be kept here: {error}") from error
            yield lora


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder that is gone after the block; a process that is killed in it leaves it unlocked."""
    with TemporaryDirectory(prefix=_PREFIX) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def erase_left_behind(now: float | None = None) -> int:
    """Erase folders with weights that killed processes have left on this machine; returns how many those were.

    now: Unix seconds. Folders of living processes are locked.
    """
    erased = 0
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone by now
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if folder.stat().st_mtime < (now or time.time()) - _TO_BE_LOCKED_WITHIN:
                    shutil.rmtree(folder)
                    erased += 1
            finally:
                os.close(lock)
    return erased


class TrainingWeights:
    """Puts weights into the storage. The rows are the caller's to write."""

    def __init__(self, storage: Storage, source: WeightsSource) -> None:
        self._storage = storage
        self._source = source

    async def keep(self, key: str, trained: Trained) -> KeptWeights:
        """Store the weights under a key. Raises BackendUnreachable, BadWeights."""
        async with self._source.fetched(trained) as lora:
            await self._storage.put_file(Write.WEIGHTS_STORE, key, lora.path)
            return KeptWeights(key, lora.size_bytes, lora.sha256)
