"""What is ordered of vendors and what breaks meanwhile, all drawn from a seed before anything begins."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.orders import TaskKind
from tests.chaos.vendor_house import VENDORS, WORKERS

HURRIED = "hurried"
"""The beginning of the correlation ids of orders that have little time."""

_KINDS = {TaskKind.TEXT_TO_IMAGE: 4, TaskKind.IMAGE_TO_IMAGE: 2, TaskKind.UPSCALE: 2, TaskKind.DATASET: 3}

_AT_FILES: dict[str, int] = {
    "html": 2,
    "zero_bytes": 2,
    "huge": 1,
    "wrong_type": 2,
    "redirect_private": 2,
    "not_found": 2,
    "slow_file": 2,
}
_AT_WEBHOOKS: dict[str, int] = {"webhook_twice": 1, "webhook_late": 1, "webhook_never": 1}
_AT_BOTH: dict[str, int] = {
    "refuse": 2,
    "lose_answer": 4,
    "rate_limited": 2,
    "server_error": 2,
    "slow": 2,
    "fail_task": 3,
    "nsfw": 2,
    "no_balance": 1,
    **_AT_FILES,
    **_AT_WEBHOOKS,
}
_AT_DOORS = ("refuse", "slow", "cut_body", "rate_limited", "server_error", "html_answer")
"""At Replicate these would strike any call, and mostly the question how the vendor is."""
FAULTS: dict[str, dict[str, int]] = {
    "runware": {
        **_AT_BOTH,
        "never_ack": 3,
        "cut_frame": 3,
        "error_without_uuid": 3,
        "late_error": 3,
        "one_fails": 3,
        "empty_data": 3,
        "huge_frame": 2,
        "garbage_frame": 2,
        "auth_silent": 1,
        "broken_picture": 2,
    },
    "replicate": {
        **_AT_BOTH,
        "hang": 3,
        "cut_body": 3,
        "html_answer": 2,
        "abort_task": 3,
        "fewer_outputs": 3,
        "output_null": 3,
        "list_lags": 3,
        "wrong_token": 1,
        "webhook_bad_signature": 1,
        "output_broken": 2,
    },
}
"""What may break at each vendor, with its weight; the stand-ins' README.md say what each is."""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order, `at` seconds after the storm began."""

    at: float
    person: int
    kind: TaskKind
    pictures: int
    from_photo: bool
    stops_after: float | None
    """Seconds until its person stops it; None lets it be made."""
    is_hurried: bool
    """It has so little time that its deadline may come first."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault at a vendor."""

    at: float
    vendor: str
    fault: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedKill:
    """A worker dies."""

    at: float
    worker: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole storm, in order."""

    orders: tuple[PlannedOrder, ...]
    faults: tuple[PlannedFault, ...]
    kills: tuple[PlannedKill, ...]

    @classmethod
    def drawn(
        cls, seed: int, *, seconds: float, orders: int, people: int, preferred: Sequence[str], trap_url: str
    ) -> "Plan":
        """The same for the same arguments. Faults come half as often again as orders, a kill every five seconds.

        preferred: the vendors that are asked first; most faults are theirs.
        """
        rng = random.Random(seed)
        ordered = [_order(rng, rng.uniform(0, seconds), people) for _ in range(orders)]
        struck = [*VENDORS, *preferred, *preferred]
        faults = [_fault(rng, rng.uniform(0, seconds), rng.choice(struck), trap_url) for _ in range(orders * 3 // 2)]
        kills = [PlannedKill(rng.uniform(1, seconds), rng.choice(WORKERS)) for _ in range(int(seconds / 5))]
        return cls(
            tuple(sorted(ordered, key=lambda one: one.at)),
            tuple(sorted(faults, key=lambda one: one.at)),
            tuple(sorted(kills, key=lambda one: one.at)),
        )


def _order(rng: random.Random, at: float, people: int) -> PlannedOrder:
    (kind,) = rng.choices(list(_KINDS), list(_KINDS.values()))
    pictures = 1
    if kind is TaskKind.DATASET:
        pictures = rng.randint(3, 6)
    elif kind is not TaskKind.UPSCALE:
        pictures = rng.choice((1, 1, 2, 3, 4))
    return PlannedOrder(
        at=at,
        person=rng.randrange(people),
        kind=kind,
        pictures=pictures,
        from_photo=kind in (TaskKind.IMAGE_TO_IMAGE, TaskKind.UPSCALE) or rng.random() < 0.3,
        stops_after=rng.uniform(0, 3) if rng.random() < 0.12 else None,
        is_hurried=rng.random() < 0.06,
    )


def _fault(rng: random.Random, at: float, vendor: str, trap_url: str) -> PlannedFault:
    (kind,) = rng.choices(list(FAULTS[vendor]), list(FAULTS[vendor].values()))
    fault: dict[str, Any] = {"kind": kind}
    if kind in ("slow", "slow_file", "webhook_late", "list_lags"):
        fault["seconds"] = round(rng.uniform(1, 4), 2)
    if kind == "redirect_private":
        fault["location"] = trap_url
    if kind == "rate_limited" and vendor == "replicate" and rng.random() < 0.5:
        fault["retry_after"] = 1
    if kind not in ("huge", "no_balance", "wrong_token", "auth_silent") and rng.random() < 0.3:
        fault["times"] = 2
    if kind in _AT_DOORS and vendor == "replicate":
        fault["where"] = rng.choice(("create", "create", "get", "list"))
    if kind in ("refuse", "rate_limited", "server_error") and vendor == "runware" and rng.random() < 0.3:
        fault["where"] = "*"  # questions are refused as well as work
    return PlannedFault(at, vendor, fault)
