"""The weights of a finished training, on their way into the storage: fetched, checked, hashed, stored."""

import asyncio
import hashlib
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from config.failpoints import Write
from services.storage import Storage
from services.training_steps import KeptWeights
from workers.backends.base import Trained


class BadWeights(Exception):
    """What a training brought is no LoRA that can be used; it would be the same at every try."""


class WeightsSource(Protocol):
    """Fetches and checks."""

    def fetched(self, trained: Trained) -> AbstractAsyncContextManager[Path]:
        """A checked safetensors file, here for as long as the block lasts.

        Raises BackendUnreachable where it cannot be fetched now, BadWeights where there is no such file in it.
        """


class TrainingWeights:
    """Puts weights into the storage. The rows are the caller's to write."""

    def __init__(self, storage: Storage, source: WeightsSource) -> None:
        self._storage = storage
        self._source = source

    async def keep(self, key: str, trained: Trained) -> KeptWeights:
        """Store the weights under a key. Raises BackendUnreachable, BadWeights."""
        async with self._source.fetched(trained) as path:
            size_bytes, sha256 = await asyncio.to_thread(_measured, path)
            await self._storage.put_file(Write.WEIGHTS_STORE, key, path)
        return KeptWeights(key, size_bytes, sha256)


def _measured(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").digest()
