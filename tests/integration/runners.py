"""What runs tasks in tests: the real runner, with a safety check that a test can set."""

from collections.abc import Sequence

from db.pool import Database
from services.models.weights_links import WeightsUrl
from services.orders import StepOrder
from services.storage import Storage
from services.tasks import Tasks
from services.training.places import TrainingPlaces
from workers.backends.base import Backend
from workers.backends.routing import Routing
from workers.downloads import Downloads
from workers.open_runner import open_runner
from workers.outputs import Outputs, Scoring
from workers.run_task import TaskRunner
from workers.training_weights import VendorWeights, WeightsSource


class Passing:
    """Lets every picture through: what the classifier sees has its own tests."""

    async def is_blocked(self, content: bytes, order: StepOrder) -> bool:
        return False


def task_runner(
    db: Database,
    tasks: Tasks,
    storage: Storage,
    backends: Sequence[Backend],
    scoring: Scoring | None = None,
    *,
    places: TrainingPlaces | None = None,
    weights: WeightsSource | None = None,
    weights_url: WeightsUrl | None = None,
) -> TaskRunner:
    """A runner over these backends, that downloads nothing from this machine. places: all of them make pictures."""
    downloads = Downloads()
    names = tuple(backend.name for backend in backends)
    return open_runner(
        db,
        tasks,
        storage,
        Outputs(storage, downloads, Passing(), scoring=scoring),
        weights or VendorWeights(downloads),
        Routing(backends),
        places or TrainingPlaces(names, names, ()),  # type: ignore[arg-type]
        weights_url,
    )
