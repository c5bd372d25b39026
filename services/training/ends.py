"""What the end of a training means for its model, its price and its samples; in the transaction that ends its task.

Whoever ends it: the worker that ran it, a stop while it waits, the sweep, an erasure.
"""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from db.pool import Connection, Executor
from repository.admin_events import AdminEventRepository
from repository.generations import GenerationRepository
from repository.model_versions import ModelVersionRepository, TrainedModel
from repository.tasks import Lane, NewTask, Task, TaskRepository, TaskStatus
from repository.vendor_calls import VendorCallRepository
from repository.version_weights import VersionWeightsRepository
from services.orders import (
    LoraSource,
    LoraUse,
    TextToImageOrder,
    order_hash,
    order_json,
    with_seed,
)
from services.task_endings import Ending

TRAIN_STEP = 0
"""The step of a training that a vendor is paid for; those after it make the model known to others."""
SAMPLES = 4
SAMPLE_KEY_PREFIX = "samples:"
SAMPLE_MODEL = "runware:101@1"
"""Takes LoRAs at every vendor that serves personal models."""
SAMPLE_WORDS = "studio portrait, smiling, plain clothes, soft light, looking into the camera"
"""Whom it shows is said before them: see services.catalogue."""
SAMPLE_TIME_LIMIT = timedelta(minutes=20)
SAMPLES_EXPIRE_IN = timedelta(hours=2)
ARRIVED_WITHIN = timedelta(minutes=5)
"""From the note of a call until it is at its vendor, or never will be: preparing and sending it take less."""

TOLD_TO_ADMINS = frozenset({"output_spoilt", "not_served", "internal"})
"""What a training was paid for at a vendor, or could have been, and brought nobody a model."""

_rng = random.SystemRandom()


async def end_training(tx: Connection, task: Task, ending: Ending, picture_lane: Lane) -> Ending:
    """Let model and version follow how their training ends; returns the ending with what is charged for.

    All of the price where it succeeded, its stop units where the person stopped it after a vendor had begun, else
    nothing. The task's row is ended, and so locked: no worker writes about it any more.
    """
    versions, weights = ModelVersionRepository(tx), VersionWeightsRepository(tx)
    trained = await versions.get_by_task(task.task_id)
    units = await _units_charged(tx, task, ending, trained)
    if units != task.units_made:
        await TaskRepository(tx).count_made(task.task_id, units)
    if trained is not None:
        await weights.doom_unfinished(trained.version.version_id, task.task_id, ARRIVED_WITHIN)
        if ending.status is TaskStatus.COMPLETED:
            await versions.make_ready(trained.version.version_id)
            await _order_samples(tx, task, trained, picture_lane)
        else:
            await versions.make_failed(trained.version.version_id)
            await weights.note_unused_weights(task.task_id)
            await versions.collect_again(trained.version.version_id)
    if ending.status is TaskStatus.FAILED and ending.error_code in TOLD_TO_ADMINS:
        # Not the task's name: nothing of it may lead to somebody who is erased.
        await AdminEventRepository(tx).note("training_failed", ending.error_code or "", {"attempt": task.attempt})
    return replace(ending, units=units)


async def is_of_the_house(tx: Connection, task: Task) -> bool:
    """Whether nobody asked for this task: samples of a new model, which are not missed where they fail."""
    if task.unit_price:
        return False
    return version_of_samples(await TaskRepository(tx).get_idempotency_key(task.task_id)) is not None


def version_of_samples(key: str | None) -> int | None:
    """The version whose samples an order of this key makes; None for everything else."""
    if key is None or not key.startswith(SAMPLE_KEY_PREFIX):
        return None
    number = key.removeprefix(SAMPLE_KEY_PREFIX)
    return int(number) if number.isdecimal() else None


async def _units_charged(tx: Connection, task: Task, ending: Ending, trained: TrainedModel | None) -> int:
    if ending.status is TaskStatus.COMPLETED:
        return task.units
    if ending.status is not TaskStatus.CANCELLED or trained is None:
        return 0
    return trained.version.stop_units if await has_begun(tx, task) else 0


async def has_begun(executor: Executor, task: Task) -> bool:
    """Whether a vendor has taken the training: from then on it costs, stopped or not."""
    calls = await VendorCallRepository(executor).get_task_calls(task.task_id)
    return any(call.step == TRAIN_STEP and call.is_taken for call in calls)


async def _order_samples(tx: Connection, task: Task, trained: TrainedModel, picture_lane: Lane) -> None:
    """Portraits with the new model, at the cost of the house."""
    order = with_seed(
        TextToImageOrder(
            prompt=SAMPLE_WORDS,
            model=SAMPLE_MODEL,
            num_images=SAMPLES,
            loras=(LoraUse(source=LoraSource.PERSONAL, id=trained.model_id),),
        ),
        _rng,
    )
    requested = await TaskRepository(tx).add(
        NewTask(
            task_id=uuid4(),
            user_id=task.user_id,
            kind=order.kind.value,
            lane=picture_lane,
            idempotency_key=f"{SAMPLE_KEY_PREFIX}{trained.version.version_id}",
            order_hash=order_hash(order),
            order_json=order_json(order),
            unit_price=0,
            units=order.units,
            time_limit=SAMPLE_TIME_LIMIT,
            expires_in=SAMPLES_EXPIRE_IN,
            correlation_id=task.correlation_id,
        )
    )
    if requested is None:
        return
    await GenerationRepository(tx).start_generation(
        task.user_id, trained.model_id, "", task_id=requested.task_id, kind=order.kind.value
    )
