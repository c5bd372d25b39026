"""The weights of a version as they lie in the storage, piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from db.pool import Database
from repository.model_versions import ModelVersionRepository
from services.storage import Storage


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A safetensors file that is being read."""

    size_bytes: int
    pieces: AsyncIterator[bytes]


class WeightsFiles:
    """Hands weights out."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def open(self, version_id: int) -> WeightsFile | None:
        """The weights of this version, or None where there are none (any more)."""
        version = await ModelVersionRepository(self._db.reading).get(version_id)
        if version is None or version.weights_key is None or version.weights_bytes is None:
            return None
        if not await self._storage.has(version.weights_key):
            return None
        return WeightsFile(version.weights_bytes, self._storage.stream(version.weights_key))
