"""Replicate as a backend: hands calls over, follows them, finds them again after a crash."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog

from services.offers import Offer
from services.orders import StepOrder
from services.vendor_hints import WebhookUrl
from workers.backends.base import (
    BackendCall,
    BackendUnreachable,
    Cancelled,
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
from workers.backends.replicate.api import Api, NotSent
from workers.backends.replicate.creating import Creation, NotMade
from workers.backends.replicate.endings import ending_of, failure_of, shortened
from workers.backends.replicate.inputs import honours
from workers.backends.replicate.prediction import Prediction, read_prediction
from workers.backends.replicate.searching import Absence, Search
from workers.backends.replicate.transport import Refusal
from workers.backends.replicate.watching import Watch

HEALTH_PATIENCE = 3.0
"""Seconds that the vendor has to answer who we are."""
NO_BALANCE_SECONDS = 60.0
"""How long an empty balance is believed without a new try."""
_MOST_REMEMBERED = 5_000

Value = TypeVar("Value")

_log = structlog.get_logger(__name__)


class ReplicateBackend:
    """The vendor Replicate, over its SDK's client."""

    name = "replicate"

    def __init__(
        self,
        api_token: str,
        base_url: str,
        *,
        hints: Hints,
        webhook_url: WebhookUrl | None = None,
        cancel_after: timedelta = timedelta(minutes=15),
        in_flight: timedelta = timedelta(seconds=20),
        clock_skew: timedelta = timedelta(minutes=1),
        relist_after: float = 2.0,
        shortest_wait: float = 0.35,
        patience: float = 5.0,
        write_patience: float = 30.0,
        lost_after: float = 60.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """An empty `base_url` means the vendor's own. The rest are limits.

        `cancel_after`: when the vendor itself gives a call up. `in_flight`: how long after it was sent a request may
        still arrive, or be missing from the vendor's list. `clock_skew`: how far the two clocks may be apart.
        `relist_after`: seconds between two readings of the list. `shortest_wait`: seconds between two questions about
        one call whose end is near. `patience`, `write_patience`: seconds for an answer
        to a question, and to what creates something. `lost_after`: seconds without an answer that a follower bears.
        """
        self._api = Api(api_token, base_url, patience=patience, write_patience=write_patience)
        self._creation = Creation(self._api, webhook_url, cancel_after.total_seconds())
        self._search = Search(self._api, clock_skew, relist_after)
        self._watch = Watch(self._api, hints, shortest_wait=shortest_wait, lost_after=lost_after)
        self._cancel_after = cancel_after.total_seconds()
        self._in_flight = in_flight
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
            body = await self._creation.body(call, call.offer, order)
        except NotMade as reason:
            return reason.failure
        except Refusal as refusal:
            return self._refused(refusal) or Failed(ErrorKind.VENDOR, "vendor_failed", shortened(str(refusal)))
        except BackendUnreachable as trouble:  # no file was left there, and nothing was created
            return Failed(ErrorKind.VENDOR, "unreachable", shortened(str(trouble)))
        _remember(self._sent_at, call.call_id, self._now())
        try:
            prediction = await self._creation.create(call.offer, body)
        except NotSent as trouble:
            return Failed(ErrorKind.VENDOR, "unreachable", shortened(str(trouble)))
        except Refusal as refusal:
            failure = self._refused(refusal)
            if failure is None:
                raise BackendUnreachable(shortened(str(refusal))) from refusal
            return failure
        self._no_balance_until = 0.0
        ref = VendorRef(call.call_id, prediction.id)
        _remember(self._taken, call.call_id, ref)
        _remember(self._estimates, call.call_id, call.offer.estimated_microusd)
        self._watch.expect(prediction)
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Tell of a call until it ends. Raises BackendUnreachable where the vendor does not answer for long.

        The cost is known to the process that submitted or resolved the call; another one tells 0.
        """
        told = -1
        async for news in self._watch.news(ref):
            ending = news if isinstance(news, Failed) else self._ending(news, ref.call_id)
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
            found = await self._found(call)
        except (BackendUnreachable, Refusal) as trouble:
            _log.warning("replicate.resolve_failed", call_id=str(call.call_id), error=shortened(str(trouble)))
            return Unknown()
        match found:
            case Prediction():
                ref = VendorRef(call.call_id, found.id)
                _remember(self._taken, call.call_id, ref)
                return self._ending(found, call.call_id) or StillRunning(ref)
            case Absence.SURE if not self._may_be_on_its_way(call):
                return NeverHeard()
        return Unknown()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Stop the prediction; what had begun is billed. Raises BackendUnreachable."""
        try:
            prediction = read_prediction(await self._api.cancel(ref.vendor_ref))
        except Refusal as refusal:
            if refusal.status == 404:
                return Cancelled(still_billed=False)
            raise BackendUnreachable(shortened(str(refusal))) from refusal
        if prediction is None:
            raise BackendUnreachable("the answer to a cancellation is no prediction")
        self._watch.tell(prediction)
        return Cancelled(still_billed=prediction.started_at is not None and prediction.status != "failed")

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
        await self._watch.aclose()
        await self._api.aclose()

    def _ending(self, prediction: Prediction, call_id: UUID) -> Finished | Failed | None:
        return ending_of(prediction, self._estimates.get(call_id, 0), self._cancel_after)

    def _refused(self, refusal: Refusal) -> Failed | None:
        if refusal.status == 402:
            self._no_balance_until = time.monotonic() + NO_BALANCE_SECONDS
        return failure_of(refusal)

    async def _found(self, call: BackendCall) -> Prediction | Absence:
        taken = self._taken.get(call.call_id)
        if taken is None:
            return await self._search.find(call.call_id, call.prepared_at)
        told, _ = await self._api.prediction(taken.vendor_ref)
        return read_prediction(told) or Absence.UNSURE

    def _may_be_on_its_way(self, call: BackendCall) -> bool:
        """A call may be sent more than once under one name: it counts when it was last sent, where this is known."""
        sent_at = max(call.prepared_at, self._sent_at.get(call.call_id, call.prepared_at))
        return self._now() < sent_at + self._in_flight


def _remember(memory: OrderedDict[UUID, Value], call_id: UUID, value: Value) -> None:
    memory[call_id] = value
    memory.move_to_end(call_id)
    while len(memory) > _MOST_REMEMBERED:
        memory.popitem(last=False)
