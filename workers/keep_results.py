"""What a call brought, by what was ordered: pictures and solids, the weights of a model, or a name at a vendor.

A call that was stopped has its say here too: what was made by then is its person's.
"""

from typing import assert_never

import structlog

from repository.vendor_calls import CallState
from services.orders import (
    ImageTo3DOrder,
    ImageToImageOrder,
    PictureStep,
    RegisterOrder,
    TextToImageOrder,
    TrainOrder,
    UpscaleOrder,
)
from services.task_endings import CallReport
from workers.asking import Asking, CutShort
from workers.backends.base import CANCELLED, Failed, Finished
from workers.outputs import Outputs
from workers.step import Brought, Made, Stopped
from workers.training_weights import BadWeights, TrainingWeights

FETCH_ATTEMPTS = 5
"""Attempts at a task, after which an output that could never be fetched is given up; each tries several times."""

_log = structlog.get_logger(__name__)


class Results:
    """Keeps what calls bring, in the storage. The rows are the caller's to write."""

    def __init__(self, outputs: Outputs, weights: TrainingWeights) -> None:
        self._outputs = outputs
        self._weights = weights

    async def keep(self, asking: Asking, finished: Finished) -> Made:
        """What a call brought. Raises BackendUnreachable where something cannot be fetched now."""
        report = CallReport(asking.call.call_id, CallState.DONE, finished.cost_microusd)
        match asking.step.order:
            case TrainOrder():
                return await self._trained(asking, finished, report)
            case RegisterOrder():
                return Made((), report, brought=Brought(asking.backend.name, served_as=finished.served_as))
            case TextToImageOrder() | ImageToImageOrder() | UpscaleOrder() | ImageTo3DOrder() as order:
                return await self._pictures(asking, order, finished, report)
            case _:
                assert_never(asking.step.order)

    async def keep_cut_short(self, asking: Asking, cut: CutShort) -> Made | Stopped:
        """What a call brought that we stopped. Raises BackendUnreachable where something cannot be fetched now.

        A vendor that goes on with what nobody waits for any more bills all of it: the estimate stays in the day's
        spending, whatever was told by then.
        """
        call_id, offer = asking.call.call_id, asking.call.offer
        unfinished = offer.estimated_microusd if cut.is_still_billed and offer is not None else 0
        match cut.answer:
            case Finished() as finished:
                return await self._done_by_the_stop(asking, finished, max(finished.cost_microusd, unfinished))
            case Failed() as failure if (
                failure.code == CANCELLED and cut.is_still_billed and not 0 < unfinished <= failure.cost_microusd
            ):
                # It goes on there, perhaps for nothing, as a registration: what it leaves must be looked for.
                return Stopped(report=CallReport(call_id, CallState.UNKNOWN))
            case Failed() as failure:
                return Stopped(report=CallReport(call_id, CallState.FAILED, failure.cost_microusd))
            case None:
                return Stopped(report=CallReport(call_id, CallState.UNKNOWN))
            case _:
                assert_never(cut.answer)

    async def _done_by_the_stop(self, asking: Asking, finished: Finished, cost_microusd: int) -> Made | Stopped:
        """The whole where the stop came too late, else the part that was done."""
        report = CallReport(asking.call.call_id, CallState.DONE, cost_microusd)
        if finished.trained is not None:  # noted, so that it is deleted there: nobody waits for it
            return Stopped(report=report, brought=Brought(asking.backend.name, finished.trained))
        made = await self.keep(asking, finished)
        if finished.served_as:  # noted, as what lies there
            return made
        if len(finished.outputs) + finished.blocked >= asking.step.order.units:
            return made
        return Stopped(made.files, report)

    async def _pictures(self, asking: Asking, order: PictureStep, finished: Finished, report: CallReport) -> Made:
        backend, offer = asking.backend.name, asking.call.offer
        kept = await self._outputs.store(
            finished.outputs[: order.units],
            order,
            backend=backend,
            vendor_id=offer.vendor_id if offer is not None else backend,
            noise_level=asking.step.noise_level,
            is_last_try=asking.attempt.task.attempt >= FETCH_ATTEMPTS,
            face=asking.step.face,
        )
        return Made(kept.files, report, finished.blocked + kept.blocked, kept.spoilt)

    async def _trained(self, asking: Asking, finished: Finished, report: CallReport) -> Made:
        """The weights under a key that is the call's own: a second try of the same call writes over the first."""
        backend = asking.backend.name
        brought = Brought(backend, finished.trained)
        if finished.trained is None:
            _log.error("training.nothing_came", backend=backend)
            return Made((), report, spoilt=1, brought=brought)
        try:
            weights = await self._weights.keep(f"weights/{asking.call.call_id}.safetensors", finished.trained)
        except BadWeights as fault:
            _log.error("training.spoilt", backend=backend, error=str(fault))
            return Made((), report, spoilt=1, brought=brought)
        return Made((), report, brought=Brought(backend, finished.trained, weights))
