"""Deletes what we have left at the vendor: archives of photos, trained models, trainings that nobody waits for."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from workers.backends.base import OUR_NAME, BackendUnreachable, CopyKind
from workers.backends.replicate.api import Api
from workers.backends.replicate.desks import TRAINING_REF, Desk
from workers.backends.replicate.endings import shortened
from workers.backends.replicate.prediction import Prediction, read_prediction
from workers.backends.replicate.searching import Absence
from workers.backends.replicate.transport import Refusal

LONGEST_LEFT = timedelta(days=7)
"""How old a training may be that is still looked for under our name."""
FILES_KEPT = timedelta(days=1)
"""The vendor deletes an uploaded file by itself after it (page "Files")."""
_MODEL_VERSION = re.compile(r"([\w.-]+/[\w.-]+):([0-9a-f]{40,})")
_FILE = re.compile(r"[A-Za-z0-9_-]{4,100}")


class Leftovers:
    """Photos are named by their file, a model `owner/name:version` or by the training that would make it.

    A training is `trainings/<its id>` or, where nobody wrote that down, `calls/<our call>`: it is stopped, and all
    that it was given and has made goes.
    """

    def __init__(self, api: Api, trainings: Desk, now: Callable[[], datetime]) -> None:
        self._api = api
        self._trainings = trainings
        self._now = now

    async def delete(self, kind: CopyKind, vendor_id: str) -> bool:
        """True once it is gone, False where it cannot be deleted or found. Raises BackendUnreachable."""
        try:
            match kind:
                case "photos" if _FILE.fullmatch(vendor_id):
                    await self._api.delete_file(vendor_id)
                case "model" if made := _MODEL_VERSION.fullmatch(vendor_id):
                    await self._api.delete_version(made[1], made[2])
                case "model" if vendor_id.startswith(TRAINING_REF):
                    return await self._clear(await self._named(vendor_id.removeprefix(TRAINING_REF)))
                case "model" if vendor_id.startswith(OUR_NAME):
                    return await self._clear(await self._of_call(UUID(vendor_id.removeprefix(OUR_NAME))))
                case _:
                    return False
        except Refusal as refusal:
            raise BackendUnreachable(shortened(str(refusal))) from refusal
        return True

    async def _named(self, training_id: str) -> Prediction | None:
        """A training by the vendor's name; None where there is none. Raises BackendUnreachable, Refusal."""
        try:
            told, _ = await self._trainings.shelf.one(training_id)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return None
        training = read_prediction(told)
        if training is None:
            raise BackendUnreachable("the answer is no training")
        return training

    async def _of_call(self, call_id: UUID) -> Prediction | None:
        """A training by our call; None where it was never created. Raises BackendUnreachable, Refusal."""
        found = await self._trainings.search.find(call_id, self._now() - LONGEST_LEFT)
        match found:
            case Prediction():
                return found
            case Absence.SURE:
                return None
        raise BackendUnreachable("the list of trainings does not tell whether it is there")

    async def _clear(self, training: Prediction | None) -> bool:
        """Stop it where it goes on, then delete; False where its model lies there under a name that is not told.

        A model is not guessed from the destination's versions: the next one in time may be another person's.
        Raises BackendUnreachable, Refusal.
        """
        if training is None:
            return True
        if not training.has_ended:
            training = read_prediction(await self._trainings.shelf.cancel(training.id))
        if training is None or not training.has_ended:
            raise BackendUnreachable("a training that nobody waits for has still to be stopped")
        told = training.training
        if told is not None and told.photos:
            await self._api.delete_file(told.photos)
        if told is not None and (made := _MODEL_VERSION.fullmatch(told.version)):
            await self._api.delete_version(made[1], made[2])
        elif training.status == "succeeded":
            return False
        elif told is None and (training.completed_at is None or self._now() < training.completed_at + FILES_KEPT):
            raise BackendUnreachable("the photos of a training that tells nothing of them are kept for a day")
        return True
