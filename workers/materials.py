"""What a call is given: the photos that its order starts from, and LoRAs for a backend that loads them itself."""

from contextlib import suppress
from uuid import UUID

from db.pool import Database
from repository.files import FileRepository
from repository.tasks import Task
from services.offers import Offer
from services.orders import StepOrder
from services.storage import Storage
from workers.backends.base import Backend
from workers.insist import insist
from workers.step import Refused


class Materials:
    """Reads bytes from the storage."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    async def inputs(self, task: Task, order: StepOrder) -> dict[UUID, bytes] | Refused:
        """The files that the order starts from, by their ids; Refused where one is gone, or was never the person's."""
        try:
            return {file_id: await self._input(task, file_id) for file_id in order.input_files}
        except FileNotFoundError:
            return Refused("photo_gone")

    async def weights(self, backend: Backend, offer: Offer | None) -> dict[str, bytes]:
        """The LoRAs of an offer, for a backend that loads them itself: there they are named as they lie in the storage.

        One whose model was deleted meanwhile is missing; the backend then says that it cannot make the order.
        """
        weights: dict[str, bytes] = {}
        if backend.reads_weights and offer is not None:
            for lora in offer.loras:
                with suppress(FileNotFoundError):
                    weights[lora.vendor_id] = await self._storage.get(lora.vendor_id)
        return weights

    async def _input(self, task: Task, file_id: UUID) -> bytes:
        file = await insist(lambda: FileRepository(self._db.reading).get_file(file_id, task.user_id))
        if file is None:
            raise FileNotFoundError(file_id)
        return await self._storage.get(file.storage_key)
