"""Creates trainings: the photos' archive left at the vendor, a destination, the trainer's newest version."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from services.offers import Offer
from services.orders import TrainOrder
from services.vendor_hints import WebhookUrl
from workers.backends.base import BackendCall, BackendUnreachable, ErrorKind, Failed
from workers.backends.replicate.api import Api, Json
from workers.backends.replicate.archives import PhotoMissing, archive_of
from workers.backends.replicate.creating import NotMade
from workers.backends.replicate.pictures import UnreadablePicture
from workers.backends.replicate.prediction import MARKER, Prediction, read_prediction
from workers.backends.replicate.transport import Refusal

OWN_MODELS = "dream-photo-models"
"""The destination's name where the settings name none."""
_LEARNING_RATE = 0.0004
_RANK = 16
_RESOLUTIONS = "512,768,1024"
_CAPTION_DROPOUT = 0.05

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedTraining:
    """A request that creates a training when it is sent."""

    path: str
    body: Json
    photos: str
    """The vendor's name of the archive that it was given."""


class TrainingCreation:
    """Makes the requests that create trainings. Only the last one creates anything that is billed."""

    def __init__(self, api: Api, webhook_url: WebhookUrl | None, cancel_after: float, destination: str) -> None:
        """`destination` is `owner/name`; empty: a model under the account's own name. `cancel_after` is in seconds."""
        self._api = api
        self._webhook_url = webhook_url
        self._cancel_after = cancel_after
        self._asked_destination = destination
        self._destination = ""
        """Once it is known to be there."""

    async def prepare(self, call: BackendCall, offer: Offer, order: TrainOrder) -> PreparedTraining:
        """Leave the photos at the vendor and see to all else that the training needs; nothing is created by it.

        Raises NotMade, BackendUnreachable, Refusal.
        """
        destination = await self._found_destination()
        trainer = offer.vendor_id.partition(":")[0]
        version = offer.vendor_id.partition(":")[2] or await self._api.latest_version(trainer)
        if version is None:
            raise NotMade(Failed(ErrorKind.OURS, "unknown_model", f"{trainer} has no version"))
        try:
            archive = await asyncio.to_thread(archive_of, order, call.inputs)
        except PhotoMissing as error:
            raise NotMade(Failed(ErrorKind.OURS, "no_input", f"the call carries no file {error}")) from error
        except UnreadablePicture as error:
            raise NotMade(Failed(ErrorKind.ORDER, "unreadable_photo", str(error))) from error
        with archive:
            photos, url = await self._api.upload_archive(archive)
        body: Json = {
            "destination": destination,
            "input": {
                "input_images": url,
                "trigger_word": order.trigger_word,
                "autocaption": False,
                "steps": order.steps,
                "learning_rate": _LEARNING_RATE,
                "lora_rank": _RANK,
                "resolution": _RESOLUTIONS,
                "caption_dropout_rate": _CAPTION_DROPOUT,
                MARKER: str(call.call_id),
            },
        }
        if self._webhook_url is not None:
            body |= {"webhook": self._webhook_url(call.call_id), "webhook_events_filter": ["completed"]}
        return PreparedTraining(f"/v1/models/{trainer}/versions/{version}/trainings", body, photos)

    async def create(self, prepared: PreparedTraining) -> Prediction:
        """Create the training. Raises Refusal, NotSent, BackendUnreachable."""
        try:
            told = await self._api.create(prepared.path, prepared.body, self._cancel_after)
        except Refusal as refusal:
            if refusal.status == 404:
                self._destination = ""  # somebody may have deleted it: the next training looks again
            raise
        training = read_prediction(told)
        if training is None:
            raise BackendUnreachable("the answer to a creation is no training")
        return training

    async def delete_photos(self, photos: str) -> bool:
        """Delete an archive that is needed no more; False where the vendor could not be brought to it now."""
        with suppress(BackendUnreachable, Refusal):
            await self._api.delete_file(photos)
            return True
        _log.warning("replicate.photos_left", file_id=photos)
        return False

    async def _found_destination(self) -> str:
        """The destination, made where it is missing. Raises NotMade, BackendUnreachable, Refusal."""
        if self._destination:
            return self._destination
        destination = self._asked_destination
        if not destination:
            owner = await self._api.account()
            if not owner:
                raise NotMade(Failed(ErrorKind.OURS, "no_destination", "the account has no name; set one"))
            destination = f"{owner}/{OWN_MODELS}"
        if not await self._api.has_model(destination):
            await self._api.create_private_model(destination)
        self._destination = destination
        return destination
