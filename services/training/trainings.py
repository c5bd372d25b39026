"""The training of a personal model: what it costs, and the request."""

import hashlib
import random
import string
from collections.abc import Sequence
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
from services.doorbell import Doorbell
from services.errors import (
    ConsentMissing,
    KeyReused,
    ModelInTraining,
    SetNotDescribed,
    SetNotOpen,
    TooFewPhotos,
    TrainingCostsMore,
    TrainingNotOffered,
)
from services.orders import SubjectClass, TrainingCaption, TrainOrder, order_json
from services.photos.figures import embedding_to_bytes
from services.photos.likeness import reference
from services.task_requests import announce_request, check_open_orders, hold_price, known_task, same_order
from services.training.captions import caption
from services.training.consents import WORDING
from services.training.ends import has_begun
from services.training.places import TrainingPlaces
from services.training.sets import JudgedPhoto, TrainingSets
from services.training.terms import (
    Promises,
    StopCost,
    Terms,
    TrainingQuote,
    first_trainer,
    read_promises,
    read_terms,
)

TIME_LIMIT = timedelta(minutes=90)
"""From the first claim to the end, whatever happens between. Vendors take two to thirty minutes."""
EXPIRES_IN = timedelta(hours=2)
"""The longest that a training waits for its first claim."""
MOST_PHOTOS = 50
"""That an order can carry."""


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
            await first_trainer(self._db.reading, self._places)
        except TrainingNotOffered:
            return False
        return True

    async def promises(self) -> Promises:
        """As the owner's limits say."""
        return await read_promises(self._db.reading)

    async def quote(self, person: User, set_id: int) -> TrainingQuote:
        """What a training with this set comes to. Raises SetNotOpen, TrainingNotOffered, NotSold."""
        described = await self._open_set(person, set_id)
        terms = await read_terms(self._db.reading, self._places)
        is_free = described.model_id is not None and await ModelVersionRepository(self._db.reading).is_free(
            described.model_id, person.user_id, terms.free_within
        )
        unit_price = 0 if is_free else terms.parts.unit_price
        return TrainingQuote(
            tokens=unit_price * terms.parts.units,
            is_free=is_free,
            typical_seconds=await TaskRepository(self._db.reading).typical_training_seconds(terms.trainer.backend),
            tokens_if_stopped=unit_price * terms.parts.stop_units,
        )

    async def cost_of_stop(self, task: Task) -> StopCost:
        """What stopping this training now would cost: nothing until a vendor has begun with it."""
        trained = await ModelVersionRepository(self._db.reading).get_by_task(task.task_id)
        is_free = trained is not None and trained.version.is_free
        if trained is None or not await has_begun(self._db.reading, task):
            return StopCost(0, is_free=is_free, is_begun=False)
        return StopCost(task.unit_price * trained.version.stop_units, is_free=is_free, is_begun=True)

    async def request(
        self, person: User, set_id: int, key: str, *, agreed: int | None = None, correlation_id: str | None = None
    ) -> Task:
        """Hold the price, use the set up and queue the training, once per person and key.

        agreed: tokens that it may cost at most, as the person was told; None where nobody was told anything.
        Asked again with the same key and set it answers with the first task. Raises TrainingCostsMore,
        NotEnoughTokens, TooManyTasks, KeyReused, Banned, AccountFrozen, ConsentMissing, SetNotOpen, SetNotDescribed,
        TooFewPhotos, ModelInTraining, TrainingNotOffered, NotSold; then nothing is written.
        """
        fingerprint = _fingerprint(set_id)
        if (known := await known_task(self._db, person, key, fingerprint)) is not None:
            return known
        terms = await read_terms(self._db.reading, self._places)
        try:
            described = await self._open_set(person, set_id)
            _subject_of(described)
        except SetNotOpen:  # taken a moment ago, perhaps by another press of the same button
            return await _first_of_two(self._db.reading, person, key, fingerprint)
        photos = await self._photos(set_id)
        async with self._db.transaction(Write.TASK_REQUEST) as tx:
            if not await ConsentRepository(tx).hold(person.user_id, WORDING):
                raise ConsentMissing
            if described.model_id is not None and not await ModelVersionRepository(tx).hold_model(
                described.model_id, person.user_id
            ):
                raise SetNotOpen  # deleted meanwhile, and the set with it
            # Of two who come at once the second waits here, and finds the set used.
            held = await TrainingSetRepository(tx).hold(set_id, person.user_id)
            if held is None:
                requested = await _first_of_two(tx, person, key, fingerprint)
            else:
                version, order = await self._version(tx, person, held, photos, terms)
                price = 0 if version.is_free else terms.parts.unit_price * terms.parts.units
                if agreed is not None and price > agreed:
                    raise TrainingCostsMore(tokens=price, agreed=agreed)
                requested = await self._queue(tx, person, version, order, terms, key, correlation_id)
        await announce_request(self._doorbell, requested)
        return requested

    async def _version(
        self, tx: Connection, person: User, held: TrainingSet, photos: Sequence[JudgedPhoto], terms: Terms
    ) -> tuple[ModelVersion, TrainOrder]:
        """Use the set up for a version of its model. Raises SetNotOpen, TooFewPhotos, ModelInTraining."""
        versions = ModelVersionRepository(tx)
        missing = await versions.use_set(held.set_id, [photo.file.file_id for photo in photos])
        if missing:
            raise TooFewPhotos(missing=missing)
        model_id, trigger_word, is_free = await self._model(versions, person, held, terms)
        version = await versions.add(
            model_id,
            held.set_id,
            subject_class=_subject_of(held).value,
            is_free=is_free,
            photos=len(photos),
            architecture=terms.trainer.architecture,
            stop_units=terms.parts.stop_units,
            face=_face_of(photos),
        )
        if version is None:
            raise ModelInTraining
        return version, _order(version, trigger_word, held, photos)

    async def _queue(
        self,
        tx: Connection,
        person: User,
        version: ModelVersion,
        order: TrainOrder,
        terms: Terms,
        key: str,
        correlation_id: str | None,
    ) -> Task:
        """Queue the task that trains a version. Raises KeyReused, NotEnoughTokens, AccountFrozen, TooManyTasks."""
        requested = await TaskRepository(tx).add(
            NewTask(
                task_id=uuid4(),
                user_id=person.user_id,
                kind=order.kind.value,
                lane=Lane.TRAINING,
                idempotency_key=key,
                order_hash=_fingerprint(version.set_id),
                order_json=order_json(order),
                unit_price=0 if version.is_free else terms.parts.unit_price,
                units=terms.parts.units,
                time_limit=TIME_LIMIT,
                expires_in=EXPIRES_IN,
                correlation_id=correlation_id or uuid4().hex,
            )
        )
        if requested is None:  # for this set nobody else has used the key
            raise KeyReused
        await ModelVersionRepository(tx).link_task(version.version_id, requested.task_id)
        await hold_price(tx, person, requested.task_id, requested.price)
        await check_open_orders(tx, person)
        return requested

    async def _model(
        self, versions: ModelVersionRepository, person: User, described: TrainingSet, terms: Terms
    ) -> tuple[int, str, bool]:
        """The model that is trained, its trigger word, and whether that is free. Raises SetNotOpen."""
        subject = _subject_of(described)
        if described.model_id is None:
            trigger_word = new_trigger_word(self._rng)
            model_id = await versions.add_model(
                person.user_id, described.name or "", trigger_word, subject.value, described.characteristics
            )
            return model_id, trigger_word, False
        known = await versions.describe_anew(
            described.model_id, person.user_id, subject.value, described.characteristics
        )
        if known is None:  # deleted meanwhile, and the set with it
            raise SetNotOpen
        is_free = await versions.is_free(described.model_id, person.user_id, terms.free_within)
        return described.model_id, known, is_free

    async def _open_set(self, person: User, set_id: int) -> TrainingSet:
        found = await TrainingSetRepository(self._db.reading).get(set_id, person.user_id)
        if found is None or found.state is not SetState.OPEN:
            raise SetNotOpen
        if not await ConsentRepository(self._db.reading).is_given(person.user_id, WORDING):
            raise ConsentMissing
        return found

    async def _photos(self, set_id: int) -> Sequence[JudgedPhoto]:
        photos = await self._sets.good_photos(set_id)
        least = await CatalogueRepository(self._db.reading).get_limit("training_photos_min") or 1
        if len(photos) < least:
            raise TooFewPhotos(missing=least - len(photos))
        return photos[:MOST_PHOTOS]


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
