"""A prediction or training as the API tells of it, read with patience: what is missing or null is nothing.

Of its inputs only what is needed is kept: they may hold whole pictures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

MARKER = "dream_photo_call"
"""The input by which a call of ours is known again; models take no notice of it."""

ENDS = frozenset({"succeeded", "failed", "canceled", "aborted"})

_ARCHIVE = re.compile(r"/v1/files/([A-Za-z0-9_-]{4,100})(?:[/?#]|$)")
# tqdm draws its line anew after a carriage return; the last one counts.
_PROGRESS = re.compile(r"(?:^|[\r\n])[^\r\n|]{0,80}?(\d{1,3})%\|")
# A training's log has bars of its downloads too: its own is the one that counts to its steps.
_TRAINING_PROGRESS = re.compile(r"(?:^|[\r\n])[^\r\n|]{0,80}?\d{1,3}%\|[^\r\n|]{0,80}\|\s*(\d{1,5})/(\d{1,5})\b")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What became of a call so far."""

    id: str
    status: str
    model: str
    mark: str
    """The call id among its inputs; empty where they were removed, or it is not ours."""
    seed: int
    asked: int
    """Outputs that were asked for."""
    outputs: tuple[str, ...]
    training: "Training | None"
    """What is told of it beside all this where it is one."""
    error: str
    logs: str
    webhook: str
    is_data_removed: bool
    created_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing comes after it."""
        return self.status in ENDS

    @property
    def percent(self) -> int | None:
        """How far its logs say it is; None where they do not."""
        if self.training is not None:
            counted = [
                int(done) for done, of in _TRAINING_PROGRESS.findall(self.logs) if int(of) == self.training.steps
            ]
            return min(100 * counted[-1] // self.training.steps, 100) if counted else None
        told = _PROGRESS.findall(self.logs)
        return min(int(told[-1]), 100) if told else None

    @property
    def seconds(self) -> float | None:
        """How long it took from its creation to its end."""
        if self.created_at is None or self.completed_at is None:
            return None
        return max((self.completed_at - self.created_at).total_seconds(), 0.0)

    def is_of(self, call_id: UUID) -> bool:
        """Whether it carries this call's mark."""
        return str(call_id) == self.mark or str(call_id) in self.webhook

    @property
    def pace(self) -> str:
        """What its duration depends on."""
        return f"{self.model} x{self.asked}"


@dataclass(frozen=True, slots=True)
class Training:
    """What a training has more than a prediction."""

    steps: int
    photos: str
    """The vendor's name of the archive of photos that it was given; empty where it tells none."""
    weights: str
    """Where the weights lie; empty before its end."""
    version: str
    """`owner/name:version` of the model that it made; empty before its end."""
    machine_seconds: float | None
    """How long it was at work; None where that is not told."""


def read_prediction(told: object) -> Prediction | None:
    """Read what the API tells of a prediction; None where it is not one."""
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not isinstance(told.get("status"), str):
        return None
    given = told.get("input")
    inputs: Mapping[str, object] = given if isinstance(given, dict) else {}
    return Prediction(
        id=told["id"],
        status=told["status"],
        model=_text(told.get("model")),
        mark=_text(inputs.get(MARKER)),
        seed=_number(inputs.get("seed"), 0),
        asked=max(_number(inputs.get("num_outputs"), 1), 1),
        outputs=_addresses(told.get("output")),
        training=_training(told, inputs),
        error=_text(told.get("error")),
        logs=_text(told.get("logs")),
        webhook=_text(told.get("webhook")),
        is_data_removed=told.get("data_removed") is True,
        created_at=_moment(told.get("created_at")),
        started_at=_moment(told.get("started_at")),
        completed_at=_moment(told.get("completed_at")),
    )


def _training(told: Mapping[str, object], inputs: Mapping[str, object]) -> Training | None:
    output, metrics = told.get("output"), told.get("metrics")
    made: Mapping[str, object] = output if isinstance(output, dict) else {}
    measured: Mapping[str, object] = metrics if isinstance(metrics, dict) else {}
    if "input_images" not in inputs and "weights" not in made:
        return None
    seconds = measured.get("predict_time")
    archive = _ARCHIVE.search(_text(inputs.get("input_images")))
    return Training(
        steps=max(_number(inputs.get("steps"), 1000), 1),
        photos=archive[1] if archive is not None else "",
        weights=next(iter(_addresses(made.get("weights"))), ""),
        version=_text(made.get("version")),
        machine_seconds=float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _addresses(output: object) -> tuple[str, ...]:
    """The addresses in an output: one, a list of them, or nothing yet."""
    listed = output if isinstance(output, list) else [output]
    return tuple(item for item in listed if isinstance(item, str) and item.startswith(("https://", "http://")))


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
