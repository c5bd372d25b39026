"""Replicate as a backend: hands calls over, follows them, finds them again after a crash."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog

from services.offers import Offer
from services.orders import RegisterOrder, StepOrder, TrainOrder
from services.vendor_hints import WebhookUrl
from workers.backends.base import (
    BackendCall,
    BackendUnreachable,
    Cancelled,
    CopyKind,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.hints import Hints
from workers.backends.replicate.api import UPLOAD_PATIENCE, Api, Json, NotSent
from workers.backends.replicate.creating import Creation, NotMade
from workers.backends.replicate.desks import TRAINING_REF, Desk, at_vendor
from workers.backends.replicate.endings import ending_of, failure_of, shortened
from workers.backends.replicate.inputs import Family, family_of, honours
from workers.backends.replicate.leftovers import Leftovers
from workers.backends.replicate.prediction import Prediction, read_prediction
from workers.backends.replicate.searching import Absence, Search
from workers.backends.replicate.training import PreparedTraining, TrainingCreation
from workers.backends.replicate.transport import Refusal
from workers.backends.replicate.watching import Watch

HEALTH_PATIENCE = 3.0
"""Seconds that the vendor has to answer who we are."""
NO_BALANCE_SECONDS = 60.0
"""How long an empty balance is believed without a new try."""
PREPARATION = UPLOAD_PATIENCE + 10.0
"""Seconds in which all is ready for a training to be created, or it is not created."""
_MOST_REMEMBERED = 5_000

Value = TypeVar("Value")

_log = structlog.get_logger(__name__)


class ReplicateBackend:
    """The vendor Replicate, over its SDK's client: makes pictures and solids, and trains."""

    name = "replicate"
    reads_weights = False

    def __init__(
        self,
        api_token: str,
        base_url: str,
        *,
        hints: Hints,
        webhook_url: WebhookUrl | None = None,
        destination: str = "",
        cancel_after: timedelta = timedelta(minutes=15),
        training_cancel_after: timedelta = timedelta(minutes=60),
        in_flight: timedelta = timedelta(seconds=20),
        preparation: float = PREPARATION,
        clock_skew: timedelta = timedelta(minutes=1),
        relist_after: float = 2.0,
        shortest_wait: float = 0.35,
        patience: float = 5.0,
        write_patience: float = 30.0,
        lost_after: float = 60.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """An empty `base_url` means the vendor's own, an empty `destination` (`owner/name`) a model of the account's.

        The rest are limits. `cancel_after`: when the vendor itself gives a call up, `training_cancel_after` a
        training: it takes some minutes, and the task that waits for it has more time than that. `in_flight`:
        how long after it was sent a request may still arrive, or be missing from the vendor's list.
        `preparation`: seconds that a training may take until it is sent. `clock_skew`: how far the two clocks
        may be apart. `relist_after`: seconds between two readings of the list. `shortest_wait`: seconds between
        two questions about one call whose end is near. `patience`, `write_patience`: seconds for an answer to a
        question, and to what creates something. `lost_after`: seconds without an answer that a follower bears.
        """
        self._api = Api(api_token, base_url, patience=patience, write_patience=write_patience)
        self._creation = Creation(self._api, webhook_url, cancel_after.total_seconds())
        training_seconds = training_cancel_after.total_seconds()
        self._trainer = TrainingCreation(self._api, webhook_url, training_seconds, destination)
        predictions, trainings = self._api.predictions, self._api.trainings
        self._predictions = Desk(
            predictions,
            Search(predictions, clock_skew, relist_after),
            Watch(predictions, hints, shortest_wait=shortest_wait, lost_after=lost_after),
            cancel_after.total_seconds(),
            in_flight,
        )
        # Pages leave the logs out, and with them how far a training is: each is asked about by itself.
        self._trainings = Desk(
            trainings,
            Search(trainings, clock_skew, relist_after),
            Watch(trainings, hints, shortest_wait=shortest_wait, lost_after=lost_after, page_bytes=math.inf),
            training_seconds,
            in_flight + timedelta(seconds=preparation),
        )
        self._leftovers = Leftovers(self._api, self._trainings, now)
        self._preparation = preparation
        self._now = now
        self._taken: OrderedDict[UUID, VendorRef] = OrderedDict()
        self._sent_at: OrderedDict[UUID, datetime] = OrderedDict()
        self._estimates: OrderedDict[UUID, int] = OrderedDict()
        self._no_balance_until = 0.0

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """Whether the catalogue offers the order here, and the model takes every part of it."""
        return offer is not None and offer.backend == self.name and honours(order, offer)

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef | Failed:
        """Create the prediction. Raises BackendUnreachable where nobody knows whether it was created."""
        taken = self._taken.get(call.call_id)
        if taken is not None:
            return taken
        if call.offer is None:
            return Failed(ErrorKind.OURS, "no_offer", "the call carries no offer of the catalogue")
        try:
            prepared = await self._prepared(call, call.offer, order)
        except NotMade as reason:
            return reason.failure
        except Refusal as refusal:
            return self._refused(refusal) or Failed(ErrorKind.VENDOR, "vendor_failed", shortened(str(refusal)))
        except (BackendUnreachable, TimeoutError) as trouble:  # nothing was created
            return Failed(ErrorKind.VENDOR, "unreachable", shortened(str(trouble) or "too slow"))
        _remember(self._sent_at, call.call_id, self._now())
        created = await self._created(call.offer, prepared)
        if isinstance(created, Failed):
            if isinstance(prepared, PreparedTraining):
                await self._trainer.delete_photos(prepared.photos)
            return created
        self._no_balance_until = 0.0
        is_training = isinstance(prepared, PreparedTraining)
        ref = VendorRef(call.call_id, f"{TRAINING_REF}{created.id}" if is_training else created.id)
        _remember(self._taken, call.call_id, ref)
        _remember(self._estimates, call.call_id, call.offer.estimated_microusd)
        self._desk_of(ref).watch.expect(created)
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Tell of a call until it ends. Raises BackendUnreachable where the vendor does not answer for long.

        The cost is known to the process that submitted or resolved the call; another one tells 0.
        """
        told = -1
        desk = self._desk_of(ref)
        async for news in desk.watch.news(at_vendor(ref)):
            ending = news if isinstance(news, Failed) else await self._ending(desk, news, ref.call_id)
            if ending is not None:
                yield ending
                return
            percent = news.percent if isinstance(news, Prediction) else None
            if percent is not None and percent > told:
                told = percent
                yield Progress(percent)

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """Look for the call in the vendor's list. NeverHeard only where it cannot be on its way any more."""
        if call.offer is not None:
            _remember(self._estimates, call.call_id, call.offer.estimated_microusd)
        try:
            desk, found = await self._found(call)
        except (BackendUnreachable, Refusal) as trouble:
            _log.warning("replicate.resolve_failed", call_id=str(call.call_id), error=shortened(str(trouble)))
            return Unknown()
        match found:
            case Prediction():
                ref = VendorRef(call.call_id, f"{TRAINING_REF if desk is self._trainings else ''}{found.id}")
                _remember(self._taken, call.call_id, ref)
                return await self._ending(desk, found, call.call_id) or StillRunning(ref)
            case Absence.SURE if not self._may_be_on_its_way(call, desk):
                return NeverHeard()
        return Unknown()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Stop the prediction; what had begun is billed. Raises BackendUnreachable."""
        desk = self._desk_of(ref)
        try:
            prediction = read_prediction(await desk.shelf.cancel(at_vendor(ref).vendor_ref))
        except Refusal as refusal:
            if refusal.status == 404:
                return Cancelled(still_billed=False)
            raise BackendUnreachable(shortened(str(refusal))) from refusal
        if prediction is None:
            raise BackendUnreachable("the answer to a cancellation is no prediction")
        desk.watch.tell(prediction)
        return Cancelled(still_billed=prediction.started_at is not None and prediction.status != "failed")

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """Delete photos, a trained model, or what a training has left; see Leftovers for their names.

        Raises BackendUnreachable where the vendor does not answer, or refuses.
        """
        return await self._leftovers.delete(kind, vendor_id)

    async def health(self) -> Health:
        """Whether the vendor answers, knows the token and, as far as it was told, has a balance of ours."""
        try:
            await self._api.account(HEALTH_PATIENCE)
        except Refusal as refusal:
            if refusal.status in (401, 403):
                return Health(False, "wrong key", is_lasting=True)
            if refusal.status >= 500:
                return Health(False, f"down: {shortened(str(refusal))}")
            # It answers, and knows no such door or wants a rest: no reason to keep orders from it.
        except BackendUnreachable as trouble:
            return Health(False, f"down: {trouble}")
        if time.monotonic() < self._no_balance_until:
            return Health(False, "no balance", is_lasting=True)
        return Health(True, "ready")

    async def aclose(self) -> None:
        """Leave the running calls to whoever follows them next, and close every connection."""
        await self._predictions.watch.aclose()
        await self._trainings.watch.aclose()
        await self._api.aclose()

    async def _prepared(self, call: BackendCall, offer: Offer, order: StepOrder) -> Json | PreparedTraining:
        """All that is needed to create it. Raises NotMade, Refusal, BackendUnreachable, TimeoutError."""
        match order:
            case TrainOrder():
                async with asyncio.timeout(self._preparation):
                    return await self._trainer.prepare(call, offer, order)
            case RegisterOrder():
                raise NotMade(Failed(ErrorKind.OURS, "unsupported", "this vendor registers nothing"))
        return await self._creation.body(call, offer, order)

    async def _created(self, offer: Offer, prepared: Json | PreparedTraining) -> Prediction | Failed:
        """Create it. Raises BackendUnreachable where nobody knows whether it was created."""
        try:
            if isinstance(prepared, PreparedTraining):
                return await self._trainer.create(prepared)
            return await self._creation.create(offer, prepared)
        except NotSent as trouble:
            return Failed(ErrorKind.VENDOR, "unreachable", shortened(str(trouble)))
        except Refusal as refusal:
            failure = self._refused(refusal)
            if failure is None:
                raise BackendUnreachable(shortened(str(refusal))) from refusal
            return failure

    async def _ending(self, desk: Desk, prediction: Prediction, call_id: UUID) -> Finished | Failed | None:
        """The last word on a call; the photos of a training are deleted at the vendor before it is told."""
        ending = ending_of(prediction, self._estimates.get(call_id, 0), desk.cancel_after)
        photos = prediction.training.photos if prediction.training is not None else ""
        if ending is None or not photos or await self._trainer.delete_photos(photos):
            return ending
        if isinstance(ending, Finished) and ending.trained is not None:
            return replace(ending, trained=replace(ending.trained, photos_left=photos))
        return ending  # the vendor deletes them by itself within a day

    def _desk_of(self, ref: VendorRef) -> Desk:
        return self._trainings if ref.vendor_ref.startswith(TRAINING_REF) else self._predictions

    def _refused(self, refusal: Refusal) -> Failed | None:
        if refusal.status == 402:
            self._no_balance_until = time.monotonic() + NO_BALANCE_SECONDS
        return failure_of(refusal)

    async def _found(self, call: BackendCall) -> tuple[Desk, Prediction | Absence]:
        """The call, and where it was looked for. Raises BackendUnreachable, Refusal."""
        taken = self._taken.get(call.call_id)
        if taken is not None:
            desk = self._desk_of(taken)
            told, _ = await desk.shelf.one(at_vendor(taken).vendor_ref)
            return desk, read_prediction(told) or Absence.UNSURE
        if call.offer is None:  # nothing says what it was for
            found = await self._predictions.search.find(call.call_id, call.prepared_at)
            if found is not Absence.SURE:
                return self._predictions, found
        is_training = call.offer is None or family_of(call.offer) is Family.TRAINER
        desk = self._trainings if is_training else self._predictions
        return desk, await desk.search.find(call.call_id, call.prepared_at)

    def _may_be_on_its_way(self, call: BackendCall, desk: Desk) -> bool:
        """A call may be sent more than once under one name: it counts when it was last sent, where this is known."""
        sent_at = max(call.prepared_at, self._sent_at.get(call.call_id, call.prepared_at))
        return self._now() < sent_at + desk.in_flight


def _remember(memory: OrderedDict[UUID, Value], call_id: UUID, value: Value) -> None:
    memory[call_id] = value
    memory.move_to_end(call_id)
    while len(memory) > _MOST_REMEMBERED:
        memory.popitem(last=False)
