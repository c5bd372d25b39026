"""What Prometheus reads: the requests served here, what all parts counted, and the house as it is at this moment."""

import math
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config import telemetry
from repository.tasks import Lane
from services.health import SAYING_READY, HouseHealth
from services.ledger_watch import LedgerGapState

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

    def render(self, health: HouseHealth, gap: LedgerGapState | None, ledger_compared_at: float) -> bytes:
        """The text that Prometheus reads, with the house as it is now.

        `gap`: of the last comparison of balances and ledger, at this Unix time (0: never).
        """
        return telemetry.exposition(self._registry, _Figures(health, gap, ledger_compared_at))


class _Figures(Collector):
    """Gauges that are read, not counted."""

    def __init__(self, health: HouseHealth, gap: LedgerGapState | None, ledger_compared_at: float) -> None:
        self._health = health
        self._gap = gap if health.database else None
        self._ledger_compared_at = ledger_compared_at

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        health, queue, outbox, gap = self._health, self._health.queue, self._health.outbox, self._gap
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
        yield _figure(
            "dreamphoto_ledger_gap_people",
            "People whose balance is not what the ledger says",
            gap.people if gap else UNKNOWN,
        )
        yield _figure("dreamphoto_ledger_gap_tokens", "Tokens by which they differ", gap.tokens if gap else UNKNOWN)
        yield _figure(
            "dreamphoto_ledger_compared_timestamp_seconds",
            "When balances and ledger were compared last; 0: not yet",
            self._ledger_compared_at,
        )


def _figure(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value)


def _figures(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for of, value in values.items():
        family.add_metric([of], float(value))
    return family


def _unknown_lanes() -> dict[str, float]:
    return {lane.value: UNKNOWN for lane in Lane}
