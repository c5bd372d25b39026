"""Creates predictions: the request's body, the input picture on its way, and the door that the model has."""

import asyncio

from services.offers import Offer
from services.orders import PictureStep
from services.vendor_hints import WebhookUrl
from workers.backends.base import BackendCall, BackendUnreachable, ErrorKind, Failed
from workers.backends.replicate.api import Api, Json, NotSent
from workers.backends.replicate.inputs import NeededPicture, inputs_for, needed_picture
from workers.backends.replicate.pictures import PictureTooLarge, UnreadablePicture
from workers.backends.replicate.prediction import MARKER, Prediction, read_prediction
from workers.backends.replicate.transport import Refusal


class NotMade(Exception):
    """The request cannot be put together; nothing was sent."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Creation:
    """Makes the requests that create predictions."""

    def __init__(self, api: Api, webhook_url: WebhookUrl | None, cancel_after: float) -> None:
        self._api = api
        self._webhook_url = webhook_url
        self._cancel_after = cancel_after
        self._versions: dict[str, str] = {}

    async def body(self, call: BackendCall, offer: Offer, order: PictureStep) -> Json:
        """The request's body; a large picture is left at the vendor's file host first.

        Raises NotMade, and of the file host BackendUnreachable and Refusal.
        """
        needed = needed_picture(order)
        picture = await self._picture(call, needed) if needed is not None else None
        body: Json = {"input": inputs_for(order, offer, picture) | {MARKER: str(call.call_id)}}
        if self._webhook_url is not None:
            body |= {"webhook": self._webhook_url(call.call_id), "webhook_events_filter": ["completed"]}
        return body

    async def create(self, offer: Offer, body: Json) -> Prediction:
        """Create the prediction. Raises Refusal, NotSent, BackendUnreachable.

        Official models are run by their names, all others by a version only: where a name is refused as unknown, the
        model's newest version is asked for once and kept.
        """
        name, _, version = offer.vendor_id.partition(":")
        version = version or self._versions.get(name, "")
        if version:
            return await self._created("/v1/predictions", {**body, "version": version})
        try:
            return await self._created(f"/v1/models/{name}/predictions", body)
        except Refusal as refusal:
            newest = await self._newest_version(name) if refusal.status == 404 else None
            if newest is None:
                raise
        self._versions[name] = newest
        return await self._created("/v1/predictions", {**body, "version": newest})

    async def _created(self, path: str, body: Json) -> Prediction:
        prediction = read_prediction(await self._api.create(path, body, self._cancel_after))
        if prediction is None:
            raise BackendUnreachable("the answer to a creation is no prediction")
        return prediction

    async def _newest_version(self, name: str) -> str | None:
        """None where the model is unknown or has no version: the refusal stands. Raises Refusal, NotSent."""
        try:
            return await self._api.latest_version(name)
        except Refusal as refusal:
            if refusal.status == 404:
                return None
            if refusal.status >= 500:  # it may pass, and only a question was asked
                raise NotSent(str(refusal)) from refusal
            raise
        except BackendUnreachable as trouble:  # only the question was lost: nothing was created
            raise NotSent(str(trouble)) from trouble

    async def _picture(self, call: BackendCall, needed: NeededPicture) -> str:
        content = call.inputs.get(needed.file_id)
        if content is None:
            raise NotMade(Failed(ErrorKind.OURS, "no_input", f"the call carries no file {needed.file_id}"))
        try:
            picture = await asyncio.to_thread(needed.prepare, content)
        except UnreadablePicture as error:
            raise NotMade(Failed(ErrorKind.ORDER, "unreadable_photo", str(error))) from error
        except PictureTooLarge as error:
            raise NotMade(Failed(ErrorKind.ORDER, "picture_too_large", str(error))) from error
        if picture.is_small:
            return picture.data_uri
        return await self._api.upload(picture.name, picture.content, picture.media_type)
