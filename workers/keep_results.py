"""What a call brought, by what was ordered: pictures and solids, the weights of a model, or a name at a vendor."""

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
from workers.backends.base import BackendCall, Finished
from workers.outputs import Outputs
from workers.step import Brought, Made, Step
from workers.training_weights import BadWeights, TrainingWeights

_log = structlog.get_logger(__name__)


class Results:
    """Keeps what calls bring, in the storage. The rows are the caller's to write."""

    def __init__(self, outputs: Outputs, weights: TrainingWeights) -> None:
        self._outputs = outputs
        self._weights = weights

    async def keep(self, call: BackendCall, step: Step, finished: Finished, *, backend: str, is_last_try: bool) -> Made:
        """Raises BackendUnreachable where something cannot be fetched now."""
        report = CallReport(call.call_id, CallState.DONE, finished.cost_microusd)
        match step.order:
            case TrainOrder():
                return await self._trained(call, finished, report, backend)
            case RegisterOrder():
                return Made((), report, brought=Brought(backend, served_as=finished.served_as))
            case TextToImageOrder() | ImageToImageOrder() | UpscaleOrder() | ImageTo3DOrder() as order:
                return await self._pictures(call, step, order, finished, report, backend, is_last_try=is_last_try)
            case _:
                assert_never(step.order)

    async def _pictures(
        self,
        call: BackendCall,
        step: Step,
        order: PictureStep,
        finished: Finished,
        report: CallReport,
        backend: str,
        *,
        is_last_try: bool,
    ) -> Made:
        kept = await self._outputs.store(
            finished.outputs[: order.units],
            order,
            backend=backend,
            vendor_id=call.offer.vendor_id if call.offer is not None else backend,
            noise_level=step.noise_level,
            is_last_try=is_last_try,
            face=step.face,
        )
        return Made(kept.files, report, finished.blocked + kept.blocked, kept.spoilt)

    async def _trained(self, call: BackendCall, finished: Finished, report: CallReport, backend: str) -> Made:
        """The weights under a key that is the call's own: a second try of the same call writes over the first."""
        brought = Brought(backend, finished.trained)
        if finished.trained is None:
            _log.error("training.nothing_came", backend=backend)
            return Made((), report, spoilt=1, brought=brought)
        try:
            weights = await self._weights.keep(f"weights/{call.call_id}.safetensors", finished.trained)
        except BadWeights as fault:
            _log.error("training.spoilt", backend=backend, error=str(fault))
            return Made((), report, spoilt=1, brought=brought)
        return Made((), report, brought=Brought(backend, finished.trained, weights))
