"""What Prometheus reads: the requests served here, what all parts counted, and the house as it is at this moment."""

import math
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config import telemetry
from repository.reconciliation import BooksKind
from repository.tasks import Lane
from services.health import SAYING_READY, HouseHealth
from services.money.books_watch import BooksState, ComparisonState

UNKNOWN = math.nan
"""Rather than a figure from before the database or Redis went away."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """A registry of its own: each application counts for itself."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dreamphoto_http_requests", "Requests served", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "dreamphoto_http_request_seconds", "Time to serve a request", ["method", "route"], registry=self._registry
        )

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; route is its template, never a path with ids."""
        method = method if method in _METHODS else telemetry.OTHER  # callers choose it: each new one is a new series
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def render(self, health: HouseHealth, books: BooksState | None) -> bytes:
        """The text that Prometheus reads, with the house as it is now. books: None where they could not be read."""
        return telemetry.exposition(self._registry, _Figures(health, books))


class _Figures(Collector):
    """Gauges that are read, not counted."""

    def __init__(self, health: HouseHealth, books: BooksState | None) -> None:
        self._health = health
        self._books = books if health.database else None

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        health, queue, outbox = self._health, self._health.queue, self._health.outbox
        parts: Mapping[str, float] = health.parts or dict.fromkeys(SAYING_READY, UNKNOWN)
        yield _figures(
            "dreamphoto_up",
            "Whether a part answers (1) or not (0)",
            "part",
            {"database": health.database, "redis": health.redis, **parts},
        )
        yield _figures(
            "dreamphoto_backend_available",
            "Whether a backend takes calls",
            "backend",
            {name: backend.available for name, backend in health.backends.items()},
        )
        lanes = {lane: queue.lanes.get(lane) for lane in Lane} if queue else {}
        yield _figures(
            "dreamphoto_tasks_waiting",
            "Tasks in the queue",
            "lane",
            {lane.value: (state.waiting if state else 0) for lane, state in lanes.items()} or _unknown_lanes(),
        )
        yield _figures(
            "dreamphoto_tasks_oldest_due_seconds",
            "How long the task that is due for longest has been",
            "lane",
            {lane.value: (state.oldest_due_seconds if state else 0) for lane, state in lanes.items()}
            or _unknown_lanes(),
        )
        yield _figure("dreamphoto_tasks_running", "Tasks being worked on", queue.running if queue else UNKNOWN)
        yield _figure("dreamphoto_outbox_waiting", "Messages not delivered yet", outbox.waiting if outbox else UNKNOWN)
        yield _figure(
            "dreamphoto_outbox_oldest_seconds",
            "Age of the oldest message not delivered",
            outbox.oldest_seconds if outbox else UNKNOWN,
        )
        yield from self._of_the_books()

    def _of_the_books(self) -> Iterable[Metric]:
        found = self._books.comparisons if self._books else {}
        comparisons = {kind: found.get(kind) for kind in BooksKind}
        yield _figures(
            "dreamphoto_books_gaps",
            "What does not fit: people whose balance is not what the ledger says, tasks, Star transactions, payments",
            "kind",
            {kind.value: state.gaps if state else UNKNOWN for kind, state in comparisons.items()},
        )
        yield _figures(
            "dreamphoto_books_compared_timestamp_seconds",
            "When a comparison came to its end last; 0: not yet",
            "kind",
            {kind.value: _moment(state) if state else UNKNOWN for kind, state in comparisons.items()},
        )
        ledger, sums = comparisons[BooksKind.LEDGER], self._books.circulation if self._books else None
        yield _figure(
            "dreamphoto_ledger_gap_tokens",
            "Tokens by which balances and ledger differ",
            ledger.tokens if ledger else UNKNOWN,
        )
        yield _figure("dreamphoto_frozen_people", "People who cannot spend", sums.frozen_people if sums else UNKNOWN)
        yield _figure(
            "dreamphoto_tokens_in_circulation",
            "Tokens that people have, set aside or not",
            sums.tokens_left + sums.tokens_held if sums else UNKNOWN,
        )
        yield _figure("dreamphoto_tokens_owed", "Tokens that people owe", sums.tokens_owed if sums else UNKNOWN)
        yield _figure(
            "dreamphoto_refund_cases", "Refunds that wait for the owner", sums.refund_cases if sums else UNKNOWN
        )


def _moment(state: ComparisonState) -> float:
    return state.checked_at.timestamp() if state.checked_at else 0.0


def _figure(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value)


def _figures(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for of, value in values.items():
        family.add_metric([of], float(value))
    return family


def _unknown_lanes() -> dict[str, float]:
    return {lane.value: UNKNOWN for lane in Lane}
