"""The weights of a finished training, on their way into the storage: fetched, checked, hashed, stored."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from config.failpoints import Write
from services.storage import Storage
from services.training_steps import KeptWeights
from workers.backends.base import BackendUnreachable, Trained
from workers.downloads import DownloadFailed, DownloadRefused, Downloads
from workers.weights import CheckedLora, WeightsRefused, bring


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
        with TemporaryDirectory(prefix="dreamphoto-weights-") as folder:
            try:
                lora = await bring(trained, self._downloads, Path(folder))
            except DownloadFailed as error:
                raise BackendUnreachable(f"weights cannot be fetched: {error}") from error
            except (DownloadRefused, WeightsRefused) as error:
                raise BadWeights(f"{error.code}: {error.message}") from error
            yield lora


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
