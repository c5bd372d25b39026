"""A prediction as the API tells of it, read with patience: what is missing or null is nothing, and no error.

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

# tqdm draws its line anew after a carriage return; the last one counts.
_PROGRESS = re.compile(r"(?:^|[\r\n])[^\r\n|]{0,80}?(\d{1,3})%\|")


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
        error=_text(told.get("error")),
        logs=_text(told.get("logs")),
        webhook=_text(told.get("webhook")),
        is_data_removed=told.get("data_removed") is True,
        created_at=_moment(told.get("created_at")),
        started_at=_moment(told.get("started_at")),
        completed_at=_moment(told.get("completed_at")),
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
