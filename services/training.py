"""The training of a personal model: what it costs, and the request."""

import hashlib
import math
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from config.failpoints import Write
from db.pool import Connection, Database, Executor
from repository.catalogue import CatalogueRepository
from repository.consents import ConsentRepository
from repository.model_versions import ModelVersion, ModelVersionRepository
from repository.tasks import Lane, NewTask, Task, TaskRepository
from repository.training_sets import SetState, TrainingSet, TrainingSetRepository
from repository.users import User
from repository.vendor_models import VendorModel, VendorModelRepository
from services.captions import caption
from services.consents import WORDING
from services.doorbell import Doorbell
from services.errors import (
    ConsentMissing,
    KeyReused,
    ModelInTraining,
    NotSold,
    SetNotDescribed,
    SetNotOpen,
    TooFewPhotos,
    TrainingNotOffered,
)
from services.likeness import reference
from services.orders import PERSONAL_LORA, SubjectClass, TaskKind, TrainingCaption, TrainOrder, order_json
from services.photo_figures import embedding_to_bytes
from services.task_requests import announce_request, check_open_orders, hold_price, known_task, same_order
from services.training_ends import has_begun
from services.training_places import TrainingPlaces
from services.training_sets import JudgedPhoto, TrainingSets

TIME_LIMIT = timedelta(minutes=90)
"""From the first claim to the end, whatever happens between. Vendors take two to thirty minutes."""
EXPIRES_IN = timedelta(hours=2)
"""The longest that a training waits for its first claim."""
MOST_PHOTOS = 50
"""That an order can carry."""


@dataclass(frozen=True, slots=True)
class TrainingQuote:
    """What a training comes to, before it is ordered."""

    tokens: int
    is_free: bool
    """Trained anew for nothing, as a model can be once."""
    typical_seconds: float | None
    """How long such trainings took of late; None where none was finished."""
    tokens_if_stopped: int
    """Charged where it is stopped after a vendor has begun with it; until then a stop costs nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A price in equal parts, so that a training that is stopped is charged for some of them."""

    unit_price: int
    units: int
    stop_units: int

    @classmethod
    def of(cls, price: int, stop_percent: int) -> "Parts":
        """As few parts as tell the whole price from what a stop costs, both in whole tokens."""
        charged = price * min(max(stop_percent, 0), 100) // 100
        unit_price = math.gcd(price, charged)
        return cls(unit_price, price // unit_price, charged // unit_price) if unit_price else cls(0, 1, 0)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a training costs whom, as far as that is known before it is asked for."""

    parts: Parts
    free_within: timedelta
    trainer: VendorModel


class Training:
    """Takes orders for trainings. places: who trains and serves here, by the settings."""

    def __init__(
        self,
        db: Database,
        doorbell: Doorbell,
        sets: TrainingSets,
        places: TrainingPlaces,
        rng: random.Random | None = None,
    ) -> None:
        self._db = db
        self._doorbell = doorbell
        self._sets = sets
        self._places = places
        self._rng = rng or random.SystemRandom()

    async def is_offered(self) -> bool:
        """Whether a model can be trained here, and used."""
        try:
            await self._trainer()
        except TrainingNotOffered:
            return False
        return True

    async def quote(self, person: User, set_id: int) -> TrainingQuote:
        """What a training with this set comes to. Raises SetNotOpen, TrainingNotOffered, NotSold."""
        described = await self._open_set(person, set_id)
        terms = await self._terms()
        is_free = described.model_id is not None and await ModelVersionRepository(self._db.reading).is_free(
            described.model_id, person.user_id, terms.free_within
        )
        unit_price = 0 if is_free else terms.parts.unit_price
        return TrainingQuote(
            tokens=unit_price * terms.parts.units,
            is_free=is_free,
            typical_seconds=await TaskRepository(self._db.reading).typical_seconds(
                TaskKind.TRAIN.value, terms.parts.units
            ),
            tokens_if_stopped=unit_price * terms.parts.stop_units,
        )


def new_trigger_word(rng: random.Random) -> str:
    """A word that no language has and nobody guesses: it stands for one person and is never shown."""
    return "dp" + "".join(rng.choice(string.ascii_lowercase + string.digits) for _ in range(14))


async def _first_of_two(executor: Executor, person: User, key: str, fingerprint: bytes) -> Task:
    """The set was taken a moment ago: the task of whoever took it, where that was under this key."""
    first = await TaskRepository(executor).find(person.user_id, key)
    if first is None:
        raise SetNotOpen
    return same_order(first, fingerprint)


def _fingerprint(set_id: int | None) -> bytes:
    """What tells one request from another: a set is used once."""
    return hashlib.sha256(f"train:{set_id}".encode()).digest()


def _subject_of(described: TrainingSet) -> SubjectClass:
    if described.subject_class is None or (described.model_id is None and not described.name):
        raise SetNotDescribed
    return SubjectClass(described.subject_class)


def _order(
    version: ModelVersion, trigger_word: str, described: TrainingSet, photos: Sequence[JudgedPhoto]
) -> TrainOrder:
    subject = _subject_of(described)
    words = caption(trigger_word, subject, described.characteristics)
    return TrainOrder(
        model_id=version.model_id,
        version=version.number,
        trigger_word=trigger_word,
        subject_class=subject,
        photos=tuple(TrainingCaption(file_id=photo.file.file_id, words=words) for photo in photos),
    )


def _face_of(photos: Sequence[JudgedPhoto]) -> bytes | None:
    """The face that these photos show, to score portraits against; None where none of them was measured."""
    embeddings = [photo.figures.embedding for photo in photos if photo.figures is not None and photo.figures.embedding]
    return embedding_to_bytes(reference(embeddings)) if embeddings else None
