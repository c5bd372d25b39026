"""Photos for a personal model: collected one by one, each kept the moment it comes, judged as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.failpoints import Write
from db.pool import Connection, Database
from repository.catalogue import CatalogueRepository
from repository.consents import ConsentRepository
from repository.files import File, FileKind, FileRepository, NewFile
from repository.model_versions import ModelVersionRepository
from repository.models import ModelRepository
from repository.photo_analyses import PhotoAnalysisRepository
from repository.training_photos import SetPhoto, TrainingPhotoRepository
from repository.training_sets import SetState, StaleCard, TrainingSet, TrainingSetRepository
from repository.users import User
from services.doorbell import Doorbell
from services.erasable import ErasableFiles
from services.errors import (
    ConsentMissing,
    FileNotFound,
    ModelInTraining,
    ModelNotFound,
    ProductError,
    SetFull,
    SetNotFound,
    SetNotOpen,
    SetOfOtherAim,
)
from services.orders import SubjectClass
from services.photos.analyses import figures_of
from services.photos.figures import PhotoFigures
from services.photos.photos import Photos, store_picture
from services.photos.verdicts import SetNeeds, Verdict, judge, needs
from services.storage import Storage
from services.training.consents import WORDING


@dataclass(frozen=True, slots=True)
class JudgedPhoto:
    """A photo of a set and what is to be said of it."""

    file: File
    number: int
    """From 1, in the order in which the photos came."""
    verdict: Verdict | None
    """None: not looked at yet, or not to be looked at: see error_code."""
    figures: PhotoFigures | None
    error_code: str | None = None
    """Why it could not be looked at: `unreadable` or `not_looked_at`."""
    trained_at: datetime | None = None
    """When the last training that it was there for ended; None where it came for this set."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be looked at."""
        return self.verdict is None and self.error_code is None


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as its card shows it."""

    set: TrainingSet
    photos: list[JudgedPhoto]
    needs: SetNeeds
    waiting: int
    """Photos that are still to be looked at."""
    model_name: str | None = None
    """What the model that is trained anew is called now; None where a new one is to be made."""
    kept_until: datetime | None = None
    """When the first of the photos from before are erased; None where there are none."""

    @property
    def from_before(self) -> Sequence[JudgedPhoto]:
        """The photos of the model's last training."""
        return [photo for photo in self.photos if photo.trained_at is not None]


class TrainingSets:
    """What a person collects for a model, one open set at a time."""

    def __init__(self, db: Database, storage: Storage, doorbell: Doorbell, photos: Photos) -> None:
        self._db = db
        self._storage = storage
        self._doorbell = doorbell
        self._photos = photos
        self._erasable = ErasableFiles(db, storage)

    async def current(self, user_id: int) -> TrainingSet | None:
        """The set that the person collects for now, or None."""
        return await TrainingSetRepository(self._db.reading).get_open(user_id)

    async def begin(self, person: User, model_id: int | None = None) -> TrainingSet:
        """Collect for a new model, or to train this one anew: the open set again where there is one.

        Where a model is trained anew, the photos of its last training are in the set at once, as far as they are still
        there. An open set to which no photo has come takes the new aim. Raises ConsentMissing, ModelNotFound,
        ModelInTraining, and SetOfOtherAim where photos for another model have come already.
        """
        async with self._db.transaction(Write.SET_BEGIN) as tx:
            if not await ConsentRepository(tx).hold(person.user_id, WORDING):
                raise ConsentMissing
            if model_id is not None and not await ModelVersionRepository(tx).hold_model(model_id, person.user_id):
                raise ModelNotFound
            begun = None
            while begun is None:
                begun = await TrainingSetRepository(tx).open(person.user_id, model_id)
                begun = begun or await _open_again(tx, person.user_id, model_id)
            return begun if model_id is None else await _with_photos_from_before(tx, begun, model_id)

    async def find_photo(self, user_id: int, source_key: str) -> File | None:
        """The photo that this source brought before, or None: then nothing need be downloaded."""
        return await self._photos.find(user_id, source_key)

    async def add_photo(
        self,
        person: User,
        set_id: int,
        content: bytes,
        *,
        source_key: str,
        telegram_file_id: str | None = None,
        place: int | None = None,
    ) -> File:
        """Check, clean, store and note a photo; when this returns, it is safe and waits to be looked at.

        The same source_key of a person gives the photo that is already there. place: where the photo stands among
        those of the set (a Telegram message's id: it grows with every message of the chat); None puts it after all
        others. Raises a PhotoRefused, ConsentMissing, SetNotOpen, SetFull, and FileNotFound where the person has taken
        out by now what this source brought; then nothing is kept.
        """
        if known := await self.find_photo(person.user_id, source_key):
            return known
        self._photos.check_size(len(content))
        await self._check_room(person, set_id)  # decoding is what costs
        photo = await self._photos.clean(content)
        new = await store_picture(
            self._storage, "training", photo.content, photo.thumbnail, photo.width, photo.height, "image/jpeg"
        )
        try:
            file = await self._note(person, set_id, new, source_key, telegram_file_id, place)
        except ProductError:  # anything else leaves it open whether a row names the bytes
            await self._erase_unnoted(new)
            raise
        if file.file_id != new.file_id:  # another update brought the same photo meanwhile
            await self._erase_unnoted(new)
        await self._doorbell.ring_analyses()
        await self._doorbell.ring_cards()
        return file

    async def remove_photo(self, person: User, set_id: int, file_id: UUID) -> None:
        """Erase a photo of the person's open set, one that is being looked at too. Raises SetNotOpen, FileNotFound."""
        async with self._db.transaction(Write.SET_CHANGE) as tx:
            await _hold(tx, set_id, person)
            keys = await TrainingPhotoRepository(tx).remove_photo(set_id, file_id)
            if not keys:
                raise FileNotFound
        await self._erasable.erase(keys)
        await self._doorbell.ring_cards()

    async def describe(
        self,
        person: User,
        set_id: int,
        *,
        subject_class: SubjectClass | None = None,
        characteristics: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        """Keep what the person said of the open set's model; what is None stays as it was.

        name: 1 to 64 characters. characteristics replace those of before. Raises SetNotOpen.
        """
        described = await TrainingSetRepository(self._db.writing(Write.SET_CHANGE)).describe(
            set_id, person.user_id, subject_class.value if subject_class else None, characteristics, name
        )
        if not described:
            raise SetNotOpen
        await self._doorbell.ring_cards()

    async def discard(self, person: User, set_id: int) -> None:
        """Erase the person's open set and all its photos, those of an earlier training too. Raises SetNotOpen."""
        async with self._db.transaction(Write.SET_DISCARD) as tx:
            await _hold(tx, set_id, person)
            keys = await TrainingPhotoRepository(tx).discard(set_id)
        await self._erasable.erase(keys)

    async def give_up(self, person: User, set_id: int) -> None:
        """Erase the person's open set and what came for it; photos of an earlier training stay with that one.

        Raises SetNotOpen.
        """
        async with self._db.transaction(Write.SET_DISCARD) as tx:
            await _hold(tx, set_id, person)
            keys = await TrainingPhotoRepository(tx).give_up(set_id)
        await self._erasable.erase(keys)

    async def view(self, person: User, set_id: int) -> SetView:
        """The person's set with a verdict on each photo, and what it still needs. Raises SetNotFound."""
        found = await TrainingSetRepository(self._db.reading).get(set_id, person.user_id)
        if found is None:
            raise SetNotFound
        photos = await self._judged(set_id)
        fewest = await CatalogueRepository(self._db.reading).get_limit("training_photos_min")
        needed = needs(_measured(photos))
        if fewest is not None:
            needed = replace(needed, to_minimum=max(0, fewest - needed.good))
        waiting = sum(photo.is_waiting for photo in photos)
        if found.model_id is None:
            return SetView(found, photos, needed, waiting)
        model = await ModelRepository(self._db.reading).get_model_details(found.model_id)
        kept_until = await self._kept_until(photos)
        return SetView(found, photos, needed, waiting, model.name if model else None, kept_until)

    async def good_photos(self, set_id: int) -> list[JudgedPhoto]:
        """The photos of a set, open or used, that a model can be trained on, in their order."""
        return [photo for photo in await self._judged(set_id) if photo.verdict is not None and photo.verdict.is_good]

    async def track_card(self, set_id: int, message_id: int) -> None:
        """This message shows the set from now on."""
        await TrainingSetRepository(self._db.writing(Write.CARD_TRACK)).track_card(set_id, message_id)

    async def claim_stale_cards(self, lease: timedelta, limit: int) -> list[StaleCard]:
        """Take up to `limit` sets whose card shows less than there is, each to be shown once under a lease."""
        return await TrainingSetRepository(self._db.writing(Write.CARD_CLAIM)).claim_stale_cards(lease, limit)

    async def card_shown(self, set_id: int, revision: int) -> None:
        """The card shows this revision now."""
        await TrainingSetRepository(self._db.writing(Write.CARD_SHOWN)).card_shown(set_id, revision)

    async def _check_room(self, person: User, set_id: int) -> None:
        """Refuse before the work what will surely be refused after it."""
        if not await ConsentRepository(self._db.reading).is_given(person.user_id, WORDING):
            raise ConsentMissing
        found = await TrainingSetRepository(self._db.reading).get(set_id, person.user_id)
        if found is None or found.state is not SetState.OPEN:
            raise SetNotOpen
        await _check_limit(CatalogueRepository(self._db.reading), TrainingPhotoRepository(self._db.reading), set_id)

    async def _note(
        self,
        person: User,
        set_id: int,
        new: NewFile,
        source_key: str,
        telegram_file_id: str | None,
        place: int | None,
    ) -> File:
        """One transaction, in which the set is held: of photos that come together none passes the limit."""
        async with self._db.transaction(Write.TRAINING_PHOTO_ADD) as tx:
            if not await ConsentRepository(tx).hold(person.user_id, WORDING):
                raise ConsentMissing
            await _hold(tx, set_id, person)
            if known := await FileRepository(tx).find_photo(person.user_id, source_key):
                return known
            photos = TrainingPhotoRepository(tx)
            if await photos.was_removed(person.user_id, source_key):
                raise FileNotFound
            await _check_limit(CatalogueRepository(tx), photos, set_id)
            file = await FileRepository(tx).add_photo(
                person.user_id,
                new,
                source_key=source_key,
                telegram_file_id=telegram_file_id,
                kind=FileKind.TRAINING,
            )
            await PhotoAnalysisRepository(tx).request(uuid4(), person.user_id, file.file_id)
            await photos.add_photo(set_id, file.file_id, place)
        return file

    async def _kept_until(self, photos: Sequence[JudgedPhoto]) -> datetime | None:
        """When the first of those from before have been kept for as long as is promised."""
        trained = [photo.trained_at for photo in photos if photo.trained_at is not None]
        days = await CatalogueRepository(self._db.reading).get_limit("training_photo_days") if trained else None
        return None if days is None else min(trained) + timedelta(days=days)

    async def _erase_unnoted(self, new: NewFile) -> None:
        for key in new.keys:
            await self._storage.delete(key)

    async def _judged(self, set_id: int) -> list[JudgedPhoto]:
        found = await TrainingPhotoRepository(self._db.reading).get_photos(set_id)
        photos = [_unjudged(photo, number) for number, photo in enumerate(found, 1)]
        verdicts = judge(_measured(photos))
        return [replace(photo, verdict=verdicts.get(photo.file.file_id)) for photo in photos]


async def _hold(tx: Connection, set_id: int, person: User) -> None:
    if await TrainingSetRepository(tx).hold(set_id, person.user_id) is None:
        raise SetNotOpen


async def _open_again(tx: Connection, user_id: int, model_id: int | None) -> TrainingSet | None:
    """The open set, held, with this aim; None where it was closed meanwhile: begin again."""
    sets = TrainingSetRepository(tx)
    current = await sets.get_open(user_id)
    held = await sets.hold(current.set_id, user_id) if current is not None else None
    if held is None or held.model_id == model_id:
        return held
    if await TrainingPhotoRepository(tx).count_own_photos(held.set_id):
        raise SetOfOtherAim(set_id=held.set_id)
    return await sets.aim(held.set_id, model_id)


async def _with_photos_from_before(tx: Connection, begun: TrainingSet, model_id: int) -> TrainingSet:
    """The set, with the photos of the model's last training where it has none yet. Raises ModelInTraining.

    Whoever opened the set has waited for a training that was asked for with the one before it.
    """
    if await ModelVersionRepository(tx).is_training(model_id):
        raise ModelInTraining
    if await TrainingPhotoRepository(tx).count_photos(begun.set_id):
        return begun
    return await TrainingSetRepository(tx).bring_back(begun.set_id, model_id)


async def _check_limit(catalogue: CatalogueRepository, photos: TrainingPhotoRepository, set_id: int) -> None:
    limit = await catalogue.get_limit("training_photos_max")
    if limit is not None and await photos.count_photos(set_id) >= limit:
        raise SetFull(limit=limit)


def _unjudged(photo: SetPhoto, number: int) -> JudgedPhoto:
    error_code = photo.analysis.error_code if photo.analysis is not None else None
    return JudgedPhoto(photo.file, number, None, figures_of(photo.analysis), error_code, photo.trained_at)


def _measured(photos: Sequence[JudgedPhoto]) -> list[tuple[UUID, PhotoFigures]]:
    return [(photo.file.file_id, photo.figures) for photo in photos if photo.figures is not None]
