"""Which backend makes an order: the first of the settings' list that can honour all of it and is well."""

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.offers import Offer
from services.orders import ImageToImageOrder, RegisterOrder, StepOrder, TextToImageOrder, TrainOrder, UpscaleOrder
from workers.backends.base import Backend, Failed, Health
from workers.backends.breaker import Breaker

TRIES = 3
"""Calls to one backend for one step, after which it is passed over for that step."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ask this one."""

    backend: Backend
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class AskLater:
    """Everybody who could make it is away for the moment."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody here can make it."""

    code: str
    """unsupported: every part of it honoured by none; unavailable: who could will not soon; tried: all have failed."""


class Routing:
    """The backends of this worker, in the order of the owner's preference, each with its circuit breaker."""

    def __init__(
        self,
        backends: Sequence[Backend],
        clock: Callable[[], float] = time.monotonic,
        *,
        trainers: Sequence[str] | None = None,
        train_only: AbstractSet[str] = frozenset(),
        enlarge_only: AbstractSet[str] = frozenset(),
    ) -> None:
        """Names: who trains, in this order (None: everybody, in theirs), and who is asked for one thing alone."""
        self._backends = tuple(backends)
        self._enlargers = tuple(backend for backend in backends if backend.name not in train_only)
        self._makers = tuple(backend for backend in self._enlargers if backend.name not in enlarge_only)
        named = {backend.name: backend for backend in backends}
        wanted = named if trainers is None else trainers
        self._trainers = tuple(named[name] for name in wanted if name in named)
        self._breakers = {backend.name: Breaker(clock) for backend in backends}
        self._health: dict[str, Health] = {}

    def choose(
        self, order: StepOrder, offers: Mapping[str, Offer], failures: Mapping[str, int]
    ) -> Chosen | AskLater | Nobody:
        """Who makes it. failures: by backend, how often it has failed at this step already."""
        able = [backend for backend in self._asked(order) if self._can_make(backend, order, offers.get(backend.name))]
        if not able:
            return Nobody("unsupported")
        left = [backend for backend in able if failures.get(backend.name, 0) < TRIES]
        if not left:
            return Nobody("tried")
        for backend in left:
            if not self._is_away(backend):
                return Chosen(backend, offers.get(backend.name))
        passing = [backend for backend in left if self._lasting_reason(backend) is None]
        if not passing:
            return Nobody("unavailable")
        return AskLater(max(min(self._breakers[backend.name].seconds_left for backend in passing), 1.0))

    def named(self, name: str) -> Backend | None:
        """The backend with this name, or None where the settings no longer list it."""
        return next((backend for backend in self._backends if backend.name == name), None)

    @property
    def backends(self) -> tuple[Backend, ...]:
        """All of them."""
        return self._backends

    def begin(self, name: str) -> None:
        """A call goes out to this backend."""
        self._breakers[name].begin()

    def succeeded(self, name: str) -> None:
        """This backend did its work."""
        self._breakers[name].succeeded()

    def failed(self, name: str, failure: Failed | None = None) -> None:
        """This backend failed, or could not be reached."""
        if failure is not None and failure.is_lasting:
            self._breakers[name].suspend(failure.code)
        else:
            self._breakers[name].failed()

    def note_health(self, name: str, health: Health) -> Health:
        """Keep what a backend says of itself; returns it together with what its calls tell of it.

        Once the next call may go there, what it says counts alone: without an order nobody would ever know better.
        """
        self._health[name] = health
        breaker = self._breakers[name]
        if not health.available or breaker.seconds_left <= 0:
            return health
        return Health(False, breaker.lasting or "its calls fail", is_lasting=breaker.lasting is not None)

    def _asked(self, order: StepOrder) -> tuple[Backend, ...]:
        match order:
            case TrainOrder():
                return self._trainers
            case UpscaleOrder():
                return self._enlargers
            case _:
                return self._makers

    def _can_make(self, backend: Backend, order: StepOrder, offer: Offer | None) -> bool:
        """LoRAs need an offer: without one nobody says that they are honoured. A registration names its vendor."""
        if isinstance(order, RegisterOrder) and order.backend != backend.name:
            return False
        needs_offer = isinstance(order, TextToImageOrder | ImageToImageOrder) and bool(order.loras)
        return backend.supports(order, offer) and not (needs_offer and offer is None)

    def _is_away(self, backend: Backend) -> bool:
        health = self._health.get(backend.name)
        return (health is not None and not health.available) or self._breakers[backend.name].seconds_left > 0

    def _lasting_reason(self, backend: Backend) -> str | None:
        health = self._health.get(backend.name)
        if health is not None and not health.available and health.is_lasting:
            return health.detail
        return self._breakers[backend.name].lasting
