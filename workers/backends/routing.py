"""Which backend makes an order: the first of the settings' list that can honour all of it."""

from collections.abc import Sequence

from services.orders import AnyOrder
from workers.backends.base import Backend


class Routing:
    """The backends of this worker, in the order of the owner's preference."""

    def __init__(self, backends: Sequence[Backend]) -> None:
        self._backends = tuple(backends)

    def choose(self, order: AnyOrder) -> Backend | None:
        """The first backend that supports every part of the order, or None."""
        return next((backend for backend in self._backends if backend.supports(order)), None)

    def named(self, name: str) -> Backend | None:
        """The backend with this name, or None where the settings no longer list it."""
        return next((backend for backend in self._backends if backend.name == name), None)

    @property
    def backends(self) -> tuple[Backend, ...]:
        """All of them."""
        return self._backends
