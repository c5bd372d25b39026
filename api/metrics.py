"""What Prometheus reads: the queue, the outbox, the requests."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from repository.tasks import Lane
from services.health import HouseHealth

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """A registry of its own: nothing is global."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dreamphoto_http_requests", "Requests served", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "dreamphoto_http_request_seconds", "Time to serve a request", ["method", "route"], registry=self._registry
        )
        self._up = Gauge("dreamphoto_up", "Whether a part answers (1) or not (0)", ["part"], registry=self._registry)
        self._backend = Gauge(
            "dreamphoto_backend_available", "Whether a backend takes calls", ["backend"], registry=self._registry
        )
        self._waiting = Gauge("dreamphoto_tasks_waiting", "Tasks in the queue", ["lane"], registry=self._registry)
        self._running = Gauge("dreamphoto_tasks_running", "Tasks being worked on", registry=self._registry)
        self._untold = Gauge("dreamphoto_outbox_waiting", "Messages not delivered yet", registry=self._registry)
        self._untold_age = Gauge(
            "dreamphoto_outbox_oldest_seconds", "Age of the oldest message not delivered", registry=self._registry
        )

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; route is its template, never a path with ids."""
        method = method if method in _METHODS else "other"  # callers choose it, and each new one is a new series
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def render(self, health: HouseHealth) -> bytes:
        """The text that Prometheus reads, with the house as it is now."""
        self._up.labels("database").set(health.database)
        self._up.labels("redis").set(health.redis)
        self._backend.clear()
        for name, backend in health.backends.items():
            self._backend.labels(name).set(backend.available)
        unknown = float("nan")  # rather than a figure from before the database went away
        for lane in Lane:
            self._waiting.labels(lane.value).set(health.queue.waiting.get(lane, 0) if health.queue else unknown)
        self._running.set(health.queue.running if health.queue else unknown)
        self._untold.set(health.outbox.waiting if health.outbox else unknown)
        self._untold_age.set(health.outbox.oldest_seconds if health.outbox else unknown)
        return generate_latest(self._registry)
