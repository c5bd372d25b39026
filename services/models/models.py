"""Personal models: what people see of theirs, which one is used, and their end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.catalogue import CatalogueRepository
from repository.files import File
from repository.model_entries import LatestTraining, ModelEntry, ModelEntryRepository, VersionFacts
from repository.model_erasures import CopyFate, ModelErasureRepository
from repository.models import Model, ModelRepository, ModelStatus
from repository.users import User
from services.cursors import read_number
from services.erasable import ErasableFiles
from services.errors import ModelKeepsTraining, ModelNotFound, ModelNotReady, ModelReceiptNotFound
from services.models.names import clean_name
from services.references import random_reference
from services.storage import Storage
from services.tasks import Tasks

MAX_PAGE = 50
MAX_READY = 20
"""Models that are offered for an order."""
SAMPLES = 9
VERSIONS = 5
"""Trainings that are told of."""
ATTEMPTS = 5
"""Tries to find a model without an open training; whoever trains it on meanwhile is asked to press again."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model as its owner sees it."""

    entry: ModelEntry
    is_default: bool
    """It is the one that pictures are made with where none is chosen."""

    @property
    def model(self) -> Model:
        """Its row."""
        return self.entry.model

    @property
    def model_id(self) -> int:
        """Its number."""
        return self.entry.model.model_id

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.entry.model.name

    @property
    def latest(self) -> LatestTraining | None:
        """The last time that it was trained, or is being trained."""
        return self.entry.latest

    @property
    def is_ready(self) -> bool:
        """Whether pictures can be made with it, be it that it is trained anew meanwhile."""
        return self.entry.version is not None

    @property
    def is_training(self) -> bool:
        """Whether a training of it is under way."""
        return self.latest is not None and self.latest.status is ModelStatus.TRAINING

    @property
    def has_failed(self) -> bool:
        """Whether its last training came to nothing."""
        return self.latest is not None and self.latest.status is ModelStatus.ERROR

    @property
    def likeness(self) -> float | None:
        """Mean likeness of its pictures, 0 to 1; None where none was scored."""
        return self.entry.likeness

    @property
    def pictures(self) -> int:
        """How many were made with it and are still there."""
        return self.entry.pictures


@dataclass(frozen=True, slots=True)
class ModelsPage:
    """A page of a person's models, newest first."""

    models: list[ModelCard]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ModelReceipt:
    """What the person keeps of a deleted model."""

    reference: str
    erased_at: datetime
    counts: Mapping[str, int]
    """What was erased here: versions, training_photos; orders_stopped; and pictures, which stay."""
    copies: Sequence[CopyFate]
    """What has become of the copies at vendors so far."""


class Models:
    """A person's models."""

    def __init__(self, db: Database, tasks: Tasks, storage: Storage) -> None:
        self._db = db
        self._tasks = tasks
        self._storage = storage
        self._erasable = ErasableFiles(db, storage)

    async def list(self, user_id: int, *, limit: int = 20, cursor: str | None = None) -> ModelsPage:
        """A page of the person's models. Raises BadCursor."""
        count = min(max(limit, 1), MAX_PAGE)
        entries = await self._entries.get_entries(user_id, limit=count + 1, before=read_number(cursor))
        default = await self._default_of(user_id)
        more = len(entries) > count
        return ModelsPage(
            [_card(entry, default) for entry in entries[:count]],
            str(entries[count - 1].model.model_id) if more else None,
        )

    async def own(self, user_id: int, model_id: int) -> ModelCard:
        """The person's own model. Raises ModelNotFound."""
        entry = await self._entries.get_entry(model_id, user_id)
        if entry is None:
            raise ModelNotFound
        return _card(entry, await self._default_of(user_id))

    async def ready(self, user_id: int) -> Sequence[ModelCard]:
        """The models that pictures can be made with, the one trained last first."""
        default = await self._default_of(user_id)
        return [_card(entry, default) for entry in await self._entries.get_ready(user_id, limit=MAX_READY)]

    async def default_for(self, person: User) -> ModelCard | None:
        """The model to use where none is chosen: the person's choice, else the one trained last; None: there is none.

        So the first model that becomes ready is used without being chosen.
        """
        default = await self._default_of(person.user_id)
        entry = await self._entries.get_entry(default, person.user_id) if default is not None else None
        return _card(entry, default) if entry else None

    async def versions(self, user_id: int, model_id: int) -> Sequence[VersionFacts]:
        """The last trainings of the model, the newest first. None of another person's."""
        return await self._entries.get_versions(model_id, user_id, limit=VERSIONS)

    async def sample_previews(self, user_id: int, model_id: int) -> Sequence[bytes]:
        """The samples as small JPEGs, those whose bytes are there."""
        small = []
        for file in await self.samples(user_id, model_id):
            with suppress(FileNotFoundError):
                small.append(await self._storage.get(file.thumbnail_key or file.storage_key))
        return small

    async def samples(self, user_id: int, model_id: int, *, limit: int = SAMPLES) -> Sequence[File]:
        """Pictures that show what the model can do, the most alike first. None of another person's."""
        return await self._entries.get_samples(model_id, user_id, limit=limit)

    async def rename(self, user_id: int, model_id: int, name: str) -> ModelCard:
        """Call it otherwise: 1 to 64 visible characters. Raises BadModelName, ModelNotFound."""
        renamed = await ModelRepository(self._db.writing(Write.MODEL_CHANGE)).rename(
            user_id, model_id, clean_name(name)
        )
        if not renamed:
            raise ModelNotFound
        return await self.own(user_id, model_id)

    async def set_default(self, user_id: int, model_id: int) -> ModelCard:
        """Use it where none is chosen. Raises ModelNotFound, ModelNotReady."""
        chosen = await ModelRepository(self._db.writing(Write.MODEL_CHANGE)).set_default(user_id, model_id)
        card = await self.own(user_id, model_id)
        if not chosen:
            raise ModelNotReady(name=card.name)
        return card

    async def foresee(self, user_id: int, model_id: int) -> Mapping[str, int]:
        """What a deletion would take: versions, training_photos, copies at vendors; what it stops: open_orders.

        pictures: those that stay. Raises ModelNotFound.
        """
        await self.own(user_id, model_id)
        return await ModelErasureRepository(self._db.reading).count_erasable(model_id)

    async def stop_percent(self) -> int:
        """Of a training's price, what is charged where it is stopped after a vendor has begun with it."""
        return await CatalogueRepository(self._db.reading).get_limit("training_stop_percent") or 0

    async def delete(self, person: User, model_id: int, reference: str | None = None) -> ModelReceipt:
        """Delete the model with all its trainings, photos and weights; its pictures stay.

        A training under way is stopped and settled first, and so are orders that it would have made. What lies at
        vendors is deleted by and by; the receipt tells how far that is. reference: one of `new_model_reference` that
        the receipt shall bear: the same one finds the same deletion. Raises ModelNotFound, and ModelKeepsTraining
        where somebody trains it on and on meanwhile.
        """
        reference = reference or new_model_reference()
        stopped = 0
        for _ in range(ATTEMPTS):
            is_there = await self._entries.get_entry(model_id, person.user_id) is not None
            if await ModelErasureRepository(self._db.reading).get_receipt(reference):
                return await self.receipt(reference)
            if not is_there:  # looked for before the receipt, which comes in the transaction that it goes in
                raise ModelNotFound
            stopped += await self._stop_all(person.user_id, model_id)
            if not await self._erase(person.user_id, model_id, reference, stopped):
                continue  # a training began between the two
            await self._erasable.erase_noted()
            _log.info("model.erased", reference=reference)
            return await self.receipt(reference)
        raise ModelKeepsTraining

    async def receipt(self, reference: str) -> ModelReceipt:
        """The receipt with this reference, and what has become of the copies at vendors.

        Raises ModelReceiptNotFound.
        """
        erasures = ModelErasureRepository(self._db.reading)
        found = await erasures.get_receipt(reference.strip().upper())
        if found is None:
            raise ModelReceiptNotFound
        return ModelReceipt(found.reference, found.erased_at, found.counts, await erasures.get_fates(found.reference))

    @property
    def _entries(self) -> ModelEntryRepository:
        return ModelEntryRepository(self._db.reading)

    async def _default_of(self, user_id: int) -> int | None:
        default = await ModelRepository(self._db.reading).get_default(user_id)
        return default.model_id if default else None

    async def _stop_all(self, user_id: int, model_id: int) -> int:
        """End what is open with this person's model now; returns how many orders of pictures that were."""
        erasures = ModelErasureRepository(self._db.reading)
        orders = await erasures.get_open_orders(model_id)
        for task_id in [*await erasures.get_open_trainings(model_id), *orders]:
            await self._tasks.abandon_task(user_id, task_id)
        return len(orders)

    async def _erase(self, user_id: int, model_id: int, reference: str, stopped: int) -> bool:
        """Delete the rows in one transaction; False where a training is open, and nothing was touched."""
        async with self._db.transaction(Write.MODEL_ERASE) as tx:
            erasures = ModelErasureRepository(tx)
            if not await erasures.lock_model(model_id, user_id):
                # Another press was faster: its receipt is the one.
                return await erasures.get_receipt(reference) is not None
            if await erasures.get_open_trainings(model_id):
                return False
            await erasures.erase_model(model_id, reference, stopped)
        return True


def new_model_reference() -> str:
    """What a receipt of a model can bear: nobody guesses it, and it can be read out."""
    return random_reference("DM")


def _card(entry: ModelEntry, default: int | None) -> ModelCard:
    return ModelCard(entry, entry.model.model_id == default)
