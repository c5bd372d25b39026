"""What runs tasks in tests: the real runner, with a safety check that a test can set."""

from collections.abc import Sequence

from db.pool import Database
from services.orders import StepOrder
from services.storage import Storage
from services.tasks import Tasks
from workers.backends.base import Backend
from workers.backends.routing import Routing
from workers.downloads import Downloads
from workers.outputs import Outputs, Scoring
from workers.run_task import TaskRunner


class Passing:
    """Lets every picture through: what the classifier sees has its own tests."""

    async def is_blocked(self, content: bytes, order: StepOrder) -> bool:
        return False


def task_runner(
    db: Database, tasks: Tasks, storage: Storage, backends: Sequence[Backend], scoring: Scoring | None = None
) -> TaskRunner:
    """A runner over these backends, that downloads nothing from this machine."""
    outputs = Outputs(storage, Downloads(), Passing(), scoring=scoring)
    return TaskRunner(db, tasks, storage, Routing(backends), outputs)
