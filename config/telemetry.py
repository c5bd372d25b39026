"""What the house counts and times, one object a metric, for Prometheus.

Inside a house that the launcher started, the parts count in files of one folder and the API tells of all of them; a
process that was started alone counts by itself. Every label has few values, known beforehand: never an id, never
somebody's words. What stands in the database is no metric here: the API reads it at scrape.
"""

import os
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, start_http_server, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.metrics_folder import FOLDER_VARIABLE, PART_VARIABLE
from config.settings import Settings

_PART = os.environ.get(PART_VARIABLE, "") if FOLDER_VARIABLE in os.environ else ""
if _PART:
    # By its name rather than its pid: after a restart a part counts on, and restarts leave no files behind.
    values.ValueClass = values.MultiProcessValue(lambda: _PART)  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
"""What this process counts."""
MOST_WORDS = 50
OTHER = "other"
MOST_ATTEMPTS_TOLD_APART = 4


class CallOutcome(StrEnum):
    """How a call to a vendor ended, as its worker saw it."""

    FINISHED = "finished"
    FAILED_ORDER = "failed_order"
    FAILED_VENDOR = "failed_vendor"
    FAILED_OURS = "failed_ours"
    UNREACHABLE = "unreachable"
    """The vendor could not be asked, or was no longer heard."""
    LEFT = "left"
    """We waited no longer: stopped, past the deadline, lost to another worker, out of patience."""


class DeliveryOutcome(StrEnum):
    """How a try to tell a person something ended."""

    DELIVERED = "delivered"
    BLOCKED = "blocked"
    """The person stopped the bot, or is gone."""
    REFUSED = "refused"
    """Telegram will not take it, or it failed too often: given up."""
    POSTPONED = "postponed"
    """Telegram, the storage or the database was away, or said to wait."""
    OTHERS_TURN = "others_turn"
    """Another process delivers it now."""
    NOBODY = "nobody"
    """The person or the task no longer exists."""


class Words:
    """A label whose values others choose: the first fifty keep their names, all later ones are "other"."""

    def __init__(self, most: int = MOST_WORDS) -> None:
        self._most = most
        self._known: set[str] = set()

    def bounded(self, word: str) -> str:
        """The word itself, or "other"."""
        if word in self._known:
            return word
        if len(self._known) >= self._most:
            return OTHER
        self._known.add(word)
        return word


CLAIM_SECONDS = Histogram(
    "dreamphoto_claim_seconds",
    "From an order's request to its first claim by a worker",
    ["lane"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
    registry=REGISTRY,
)
TASK_SECONDS = Histogram(
    "dreamphoto_task_seconds",
    "From a task's first claim to its end",
    ["kind"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800),
    registry=REGISTRY,
)
TASKS_ENDED = Counter(
    "dreamphoto_tasks_ended", "Tasks that came to an end", ["kind", "status", "error_code"], registry=REGISTRY
)
ATTEMPTS = Counter("dreamphoto_attempts", "Claims, by which attempt it is", ["lane", "attempt"], registry=REGISTRY)
LEASES_LOST = Counter(
    "dreamphoto_leases_lost", "Tasks taken back from workers that fell silent", ["lane"], registry=REGISTRY
)
CALL_SECONDS = Histogram(
    "dreamphoto_vendor_call_seconds",
    "From when a vendor had taken a call (or a worker resumed it) to its end",
    ["backend", "outcome"],
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600),
    registry=REGISTRY,
)
PAYMENTS = Counter("dreamphoto_payments", "Payments booked", registry=REGISTRY)
DELIVERIES = Counter("dreamphoto_deliveries", "Tries to tell people something", ["outcome"], registry=REGISTRY)
TELEGRAM_429 = Counter("dreamphoto_telegram_429", "Refusals by Telegram for sending too much", registry=REGISTRY)
LIMITER_WAIT = Counter("dreamphoto_limiter_wait_seconds", "Seconds that sends waited for their turn", registry=REGISTRY)
THROTTLED = Counter("dreamphoto_updates_throttled", "Updates of people who sent too many", registry=REGISTRY)
PORTRAITS = Counter(
    "dreamphoto_portraits", "Pictures by personal models that were delivered", ["face", "remade"], registry=REGISTRY
)
PORTRAIT_LIKENESS = Histogram(
    "dreamphoto_portrait_likeness",
    "How far delivered portraits look like the person of their model, 0 to 1",
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
    registry=REGISTRY,
)
PORTRAITS_UNSEEN = Counter(
    "dreamphoto_portraits_unseen", "Portraits that could not be looked at", ["reason"], registry=REGISTRY
)
_ERROR_CODES = Words()

# A counter that begins with its first increase hides that increase from rate() and increase().
for _outcome in DeliveryOutcome:
    DELIVERIES.labels(_outcome.value)


for _face in ("found", "none"):
    for _remade in ("yes", "no"):
        PORTRAITS.labels(_face, _remade)
for _reason in ("failed", "slow", "resting"):
    PORTRAITS_UNSEEN.labels(_reason)


def note_portrait(likeness: float | None, *, is_remade: bool) -> None:
    """A portrait by a personal model is on its way to its person; likeness: 0 to 1, None where it has no face."""
    PORTRAITS.labels("none" if likeness is None else "found", "yes" if is_remade else "no").inc()
    if likeness is not None:
        PORTRAIT_LIKENESS.observe(likeness)


def know_lanes(lanes: Iterable[str]) -> None:
    """Begin the counters of these lanes at zero."""
    for lane in lanes:
        LEASES_LOST.labels(lane)


def note_claim(lane: str, attempt: int, created_at: datetime, started_at: datetime | None) -> None:
    """A worker has claimed a task; both times are the database's."""
    told = str(attempt) if attempt < MOST_ATTEMPTS_TOLD_APART else f"{MOST_ATTEMPTS_TOLD_APART}+"
    ATTEMPTS.labels(lane, told).inc()
    if attempt == 1 and started_at is not None:
        CLAIM_SECONDS.labels(lane).observe((started_at - created_at).total_seconds())


def note_ended(kind: str, status: str, error_code: str | None, started_at: datetime | None) -> None:
    """A task's end is committed; started_at is its first claim, None where there was none."""
    TASKS_ENDED.labels(kind, status, _ERROR_CODES.bounded(error_code) if error_code else "").inc()
    if started_at is not None:
        TASK_SECONDS.labels(kind).observe(max(time.time() - started_at.timestamp(), 0))


def exposition(own: CollectorRegistry, figures: Collector) -> bytes:
    """The text that Prometheus reads: what the house counted, and what these figures say now.

    `own` is a further registry of this process; inside a house the files tell of it too.
    """
    told = CollectorRegistry()
    if _PART:
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
    else:
        told.register(_Told(REGISTRY))
        told.register(_Told(own))
    told.register(figures)
    return generate_latest(told)


class _Told(Collector):
    """A registry among the collectors of another."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        """Everything in it."""
        return self._registry.collect()


def serve_alone_or_exit(settings: Settings) -> None:
    """For a worker or bot that runs outside of a house: answer GET /metrics on METRICS_PORT, if that is set.

    Where that port cannot be had: one line on stderr and exit status 2.
    """
    if settings.metrics_port is None or _PART:
        return
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, REGISTRY)
    except OSError as error:
        place = f"port {settings.metrics_port} on {settings.metrics_host}"
        sys.stderr.write(f"METRICS_PORT: {place} cannot be used ({error.strerror}); set it to a free one\n")
        raise SystemExit(2) from None
