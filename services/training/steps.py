"""What the steps of a training leave behind, each written down together with the end of its vendor call.

Written once and for all: after a crash the next attempt goes on behind it.
"""

from dataclasses import dataclass

from config.failpoints import Write
from db.pool import Database
from repository.model_versions import ModelVersionRepository, TrainedModel
from repository.tasks import Task
from repository.vendor_calls import VendorCall, VendorCallRepository
from repository.version_weights import VersionWeightsRepository
from services.task_endings import CallReport


@dataclass(frozen=True, slots=True)
class KeptWeights:
    """A checked safetensors file in the storage."""

    storage_key: str
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class AtVendor:
    """What lies at the vendor of a call since it ended. Its own names; empty where there is no such thing."""

    backend: str
    model: str = ""
    photos: str = ""
    """Photos of the training that could not be deleted there yet."""


class TrainingSteps:
    """Keeps what steps have made. Every write is fenced by the attempt that owns the task; False: it no longer does.

    Asked again after an answer that was lost each answers the same.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def training_of(self, task: Task) -> TrainedModel | None:
        """The version that a task trains, as far as it has come, or None where its model is deleted."""
        return await ModelVersionRepository(self._db.reading).get_by_task(task.task_id)

    async def calls_of(self, task: Task) -> list[VendorCall]:
        """The calls of all attempts, in the order of their steps."""
        return await VendorCallRepository(self._db.reading).get_task_calls(task.task_id)

    async def serving(self, version_id: int) -> dict[str, str]:
        """By backend, the name under which the version is ready there."""
        return await VersionWeightsRepository(self._db.reading).get_serving(version_id)

    async def keep_weights(
        self, task: Task, version_id: int, call: CallReport, weights: KeptWeights, left: AtVendor, served_as: str
    ) -> bool:
        """The training is done, and its weights are in the storage. served_as: the trainer serves it by itself."""
        async with self._db.transaction(Write.TRAINING_KEEP) as tx:
            kept = VersionWeightsRepository(tx)
            if not await VendorCallRepository(tx).update(
                call.call_id, task.attempt, call.state, cost_microusd=call.cost_microusd
            ):
                return False
            await kept.keep_weights(version_id, weights.storage_key, weights.size_bytes, weights.sha256)
            await _note_copies(kept, version_id, left)
            if served_as:
                await kept.add_serving(version_id, left.backend, served_as)
        return True

    async def stored_in_vain(self, task: Task, weights: KeptWeights) -> None:
        """These weights were stored by an attempt that had lost its task: nobody else may see to them."""
        kept = VersionWeightsRepository(self._db.writing(Write.TRAINING_KEEP))
        await kept.note_stored_in_vain(task.task_id, weights.storage_key)

    async def keep_serving(self, task: Task, version_id: int, call: CallReport, backend: str, served_as: str) -> bool:
        """A vendor that did not train the model has it now, ready to be used."""
        async with self._db.transaction(Write.TRAINING_KEEP) as tx:
            kept = VersionWeightsRepository(tx)
            if not await VendorCallRepository(tx).update(
                call.call_id, task.attempt, call.state, cost_microusd=call.cost_microusd
            ):
                return False
            await _note_copies(kept, version_id, AtVendor(backend, served_as))
            await kept.add_serving(version_id, backend, served_as)
        return True

    async def keep_leftovers(self, task: Task, version_id: int, call: CallReport, left: AtVendor) -> bool:
        """A call that brought nothing we can use has left something at its vendor: noted, so that it is deleted."""
        async with self._db.transaction(Write.TRAINING_KEEP) as tx:
            is_noted = await VendorCallRepository(tx).update(
                call.call_id, task.attempt, call.state, cost_microusd=call.cost_microusd
            )
            if is_noted:
                await _note_copies(VersionWeightsRepository(tx), version_id, left)
        return is_noted


async def _note_copies(kept: VersionWeightsRepository, version_id: int, left: AtVendor) -> None:
    if left.model:
        await kept.add_copy(version_id, left.backend, "model", left.model)
    if left.photos:
        await kept.add_copy(version_id, left.backend, "photos", left.photos)
