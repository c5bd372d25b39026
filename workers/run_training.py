"""Runs one attempt at a training: a vendor trains, the weights come here, others who will serve them are told.

Each step is written down when it is done. A later attempt goes on behind it: no training is paid for twice.
"""

from collections.abc import Sequence

import structlog

from repository.model_versions import ModelVersion
from repository.vendor_calls import CallState, VendorCall
from services.models.weights_links import WeightsUrl
from services.orders import RegisterOrder, TrainOrder, parse_order
from services.training.ends import TRAIN_STEP
from services.training.places import TrainingPlaces
from services.training.steps import AtVendor, TrainingSteps
from workers.attempt import Attempt
from workers.insist import Lost, insist
from workers.run_step import StepRunner
from workers.step import Away, Brought, Faulted, Made, Refused, Step, StepEnd, Stopped

TRAINING_SHARE = 9
"""Of the whole way, where a registration is 1."""
REGISTER_ATTEMPTS = 10
"""Attempts at a task, after which a vendor that cannot be told is left out, where another serves the model."""

_log = structlog.get_logger(__name__)


class TrainingRunner:
    """Takes trainings from wherever an earlier attempt left them to their end."""

    def __init__(
        self,
        steps: TrainingSteps,
        runner: StepRunner,
        places: TrainingPlaces,
        weights_url: WeightsUrl | None,
    ) -> None:
        """weights_url: None where no vendor can reach us to fetch weights."""
        self._steps = steps
        self._runner = runner
        self._places = places
        self._weights_url = weights_url

    async def run(self, attempt: Attempt) -> StepEnd:
        """One attempt: how it ends as a whole. Raises Lost."""
        task = attempt.task
        order = parse_order(task.order_json)
        assert isinstance(order, TrainOrder)  # the task's kind says so
        trained = await insist(lambda: self._steps.training_of(task))
        if trained is None:
            return Refused("model_gone", is_grave=True)
        version = trained.version
        calls = await insist(lambda: self._steps.calls_of(task)) if task.attempt > 1 else []
        attempt.plan_shares(
            {TRAIN_STEP: TRAINING_SHARE, **dict.fromkeys(range(1, len(self._places.registrars) + 1), 1)}
        )
        trainer = _trainer_of(calls)
        if trainer is not None and version.weights_key is None:
            return Made((), spoilt=1)  # an earlier attempt found that out, and did not come to say so
        if trainer is None:
            end = await self._train(attempt, order, version, calls)
            if not isinstance(end, Made) or end.brought is None or end.brought.weights is None:
                return end
            trainer, version = end.brought.backend, await self._as_kept(attempt, version)
        attempt.tell(TRAIN_STEP, 100)
        return await self._make_known(attempt, order, version, trainer, calls)

    async def _train(
        self, attempt: Attempt, order: TrainOrder, version: ModelVersion, calls: Sequence[VendorCall]
    ) -> StepEnd:
        """Have it trained, and write down what came. A Made without weights brought nothing that can be used."""
        step = Step(TRAIN_STEP, order, 0, [call for call in calls if call.step == TRAIN_STEP])
        end = await self._runner.run(attempt, step)
        if not isinstance(end, Made | Stopped) or end.brought is None or end.report is None:
            return end
        report, brought = end.report, end.brought
        left = self._left_by(brought)
        if isinstance(end, Made) and (weights := brought.weights) is not None:
            served_as = self._served_as(brought)
            kept = await insist(
                lambda: self._steps.keep_weights(attempt.task, version.version_id, report, weights, left, served_as)
            )
        else:
            kept = await insist(lambda: self._steps.keep_leftovers(attempt.task, version.version_id, report, left))
        if not kept:
            if (stored := brought.weights) is not None:
                await insist(lambda: self._steps.stored_in_vain(attempt.task, stored))
            raise Lost
        return Made((), spoilt=end.spoilt, brought=brought) if isinstance(end, Made) else Stopped()

    async def _make_known(
        self,
        attempt: Attempt,
        order: TrainOrder,
        version: ModelVersion,
        trainer: str,
        calls: Sequence[VendorCall],
    ) -> StepEnd:
        """Tell each vendor that will serve the model and does not know it yet; one that can is enough."""
        serving = await insist(lambda: self._steps.serving(version.version_id))
        waits: Faulted | Away | None = None
        for number, backend in enumerate(self._places.registrars_for(trainer), start=TRAIN_STEP + 1):
            if backend in serving:
                continue
            if attempt.halt.is_set():
                return Stopped()
            known = [call for call in calls if call.step > TRAIN_STEP and call.backend == backend]
            end = await self._register(attempt, order, version, backend, number, known)
            match end:
                case Made(brought=Brought(served_as=served_as)):
                    serving[backend] = served_as
                    attempt.tell(number, 100)
                case Stopped():
                    return end
                case Faulted() | Away():
                    waits = end
                case _:
                    _log.error("training.not_registered", backend=backend, end=repr(end))
        if waits is not None and not (serving and attempt.task.attempt >= REGISTER_ATTEMPTS):
            return waits
        if attempt.halt.is_set():
            return Stopped()
        return Made((), whole=attempt.task.units) if serving else Refused("not_served", is_grave=True)

    async def _register(
        self,
        attempt: Attempt,
        order: TrainOrder,
        version: ModelVersion,
        backend: str,
        number: int,
        known: Sequence[VendorCall],
    ) -> StepEnd:
        if self._weights_url is None or version.weights_sha256 is None:
            return Refused("unsupported")
        wanted = RegisterOrder(
            backend=backend,
            model_id=order.model_id,
            version=order.version,
            trigger_word=order.trigger_word,
            weights_url=self._weights_url(version.version_id),
            weights_sha256=version.weights_sha256.hex(),
        )
        end = await self._runner.run(attempt, Step(number, wanted, 0, known))
        if not isinstance(end, Made):
            return end
        report, brought = end.report, end.brought
        if report is None or brought is None or not brought.served_as:
            return Refused("not_registered")
        if not await insist(
            lambda: self._steps.keep_serving(attempt.task, version.version_id, report, backend, brought.served_as)
        ):
            raise Lost
        return end

    async def _as_kept(self, attempt: Attempt, version: ModelVersion) -> ModelVersion:
        """The version with its weights, as it was just written down. Raises Lost where its model is deleted."""
        trained = await insist(lambda: self._steps.training_of(attempt.task))
        if trained is None or trained.version.version_id != version.version_id:
            raise Lost
        return trained.version

    def _served_as(self, brought: Brought) -> str:
        """The name under which the trainer serves it by itself; empty where it makes no pictures here.

        Who loads weights itself is given them from the storage: there their key is the name.
        """
        if brought.trained is None or brought.weights is None or brought.backend not in self._places.painters:
            return ""
        if self._runner.reads_weights(brought.backend):
            return brought.weights.storage_key
        return brought.trained.vendor_id

    def _left_by(self, brought: Brought) -> AtVendor:
        """What lies at the vendor now, and must go when the model goes."""
        if brought.trained is None or self._runner.reads_weights(brought.backend):
            return AtVendor(brought.backend)
        return AtVendor(brought.backend, brought.trained.vendor_id, brought.trained.photos_left)


def _trainer_of(calls: Sequence[VendorCall]) -> str | None:
    """Who has trained it; None where nobody has yet."""
    return next((call.backend for call in calls if call.step == TRAIN_STEP and call.state is CallState.DONE), None)
