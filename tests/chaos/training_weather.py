"""Who has a model trained when, and what breaks meanwhile: all drawn from a seed before anything begins."""

import random
from dataclasses import dataclass
from typing import Any

from tests.chaos.vendor_house import WORKERS
from tests.chaos.vendor_weather import PlannedFault, PlannedKill

FAULTS: dict[str, dict[str, int]] = {
    "replicate": {
        **dict.fromkeys(("lose_answer", "hang", "cut_body", "fail_task", "abort_task", "broken_archive"), 3),
        **dict.fromkeys(("not_a_lora", "list_lags", "slow", "rate_limited", "server_error", "refuse"), 2),
        **dict.fromkeys(("output_broken", "zero_bytes", "html", "not_found", "slow_file", "redirect_private"), 2),
        **dict.fromkeys(("webhook_never", "webhook_twice", "webhook_late", "webhook_bad_signature"), 2),
        "html_answer": 1,
        "wrong_type": 1,
    },
    "runware": {
        **dict.fromkeys(("never_ack", "lose_answer", "cut_frame", "error_without_uuid", "fail_task"), 3),
        **dict.fromkeys(("late_error", "garbage_frame", "rate_limited", "server_error", "refuse", "slow"), 2),
        **dict.fromkeys(("webhook_never", "webhook_twice", "webhook_late"), 2),
        "empty_data": 2,
    },
}
"""What may break while a model is trained and made known, with its weight; see the stand-ins' README.md."""

_OF_TRAININGS = {
    **dict.fromkeys(("lose_answer", "hang", "refuse", "rate_limited", "server_error", "slow"), "trainings.create"),
    **dict.fromkeys(("cut_body", "html_answer"), "trainings"),
    **dict.fromkeys(("fail_task", "abort_task", "list_lags"), "trainings"),
    **dict.fromkeys(("output_broken", "zero_bytes", "html", "not_found", "slow_file", "redirect_private"), "tar"),
    "wrong_type": "tar",
}
"""Where a fault must strike so that no picture takes it away."""
_ELSEWHERE = {
    "slow": ("files.upload", "trainings.list", "trainings.get"),
    "refuse": ("files.upload", "trainings.list", "trainings.get", "files.delete", "models"),
    "server_error": ("files.upload", "trainings.list", "files.delete", "models"),
    "cut_body": ("trainings.list", "trainings.get", "files.upload"),
}


@dataclass(frozen=True, slots=True)
class PlannedTraining:
    """One person's training, `at` seconds after the storm began."""

    at: float
    stops_after: float | None
    """Seconds until the person stops it."""
    withdraws_after: float | None
    """Seconds until the person takes the consent back."""
    leaves_after: float | None
    """Seconds until the person is erased."""
    is_hurried: bool
    """It has so little time that its deadline may come first."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A whole storm, in order."""

    trainings: tuple[PlannedTraining, ...]
    faults: tuple[PlannedFault, ...]
    kills: tuple[PlannedKill, ...]

    @classmethod
    def drawn(cls, seed: int, *, seconds: float, trainings: int, trap_url: str) -> "TrainingPlan":
        """The same for the same arguments. Faults come as often as trainings, a kill every four seconds."""
        rng = random.Random(seed)
        vendors = ("replicate", "replicate", "runware")
        asked = [_training(rng, rng.uniform(0, seconds * 0.7)) for _ in range(trainings)]
        faults = [_fault(rng, rng.uniform(0, seconds), rng.choice(vendors), trap_url) for _ in range(trainings)]
        kills = [PlannedKill(rng.uniform(1, seconds), rng.choice(WORKERS)) for _ in range(max(int(seconds / 4), 1))]
        return cls(
            tuple(sorted(asked, key=lambda one: one.at)),
            tuple(sorted(faults, key=lambda one: one.at)),
            tuple(sorted(kills, key=lambda one: one.at)),
        )


def _training(rng: random.Random, at: float) -> PlannedTraining:
    fate, after = rng.random(), rng.uniform(0, 4)
    return PlannedTraining(
        at=at,
        stops_after=after if fate < 0.12 else None,
        withdraws_after=after if 0.12 <= fate < 0.22 else None,
        leaves_after=after if 0.22 <= fate < 0.36 else None,
        is_hurried=0.36 <= fate < 0.44,
    )


def _fault(rng: random.Random, at: float, vendor: str, trap_url: str) -> PlannedFault:
    (kind,) = rng.choices(list(FAULTS[vendor]), list(FAULTS[vendor].values()))
    fault: dict[str, Any] = {"kind": kind}
    if vendor == "runware":
        if kind != "empty_data":
            fault["where"] = "modelUpload"
    elif kind in _OF_TRAININGS:
        fault["where"] = rng.choice((_OF_TRAININGS[kind], *_ELSEWHERE.get(kind, ())))
    if kind in ("slow", "slow_file", "webhook_late", "list_lags"):
        fault["seconds"] = round(rng.uniform(1, 4), 2)
    if kind == "redirect_private":
        fault["location"] = trap_url
    if rng.random() < 0.3:
        fault["times"] = 2
    return PlannedFault(at, vendor, fault)
