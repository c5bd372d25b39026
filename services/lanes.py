"""Which lane works for a backend."""

from config.settings import BackendName
from repository.tasks import Lane


def lane_of(backend: BackendName) -> Lane:
    """The lane whose workers make what this backend offers: its own machine, a processor here, or a GPU here."""
    match backend:
        case "preview":
            return Lane.CPU
        case "local":
            return Lane.GPU
        case _:
            return Lane.PROVIDER
