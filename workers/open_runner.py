"""Puts together what runs tasks: who makes pictures, who trains, and where both keep what comes of it."""

from db.pool import Database
from services.catalogue import Catalogue
from services.models.weights_links import WeightsUrl
from services.storage import Storage
from services.tasks import Tasks
from services.training.places import TrainingPlaces
from services.training.steps import TrainingSteps
from workers.backends.routing import Routing
from workers.keep_results import Results
from workers.outputs import Outputs
from workers.run_step import StepRunner
from workers.run_task import TaskRunner
from workers.run_training import TrainingRunner
from workers.training_weights import TrainingWeights, WeightsSource


def open_runner(
    db: Database,
    tasks: Tasks,
    storage: Storage,
    outputs: Outputs,
    weights: WeightsSource,
    routing: Routing,
    places: TrainingPlaces,
    weights_url: WeightsUrl | None,
) -> TaskRunner:
    """Runs tasks of every kind. weights_url: None where no vendor can reach us to fetch weights."""
    catalogue = Catalogue(db)
    results = Results(outputs, TrainingWeights(storage, weights))
    steps = StepRunner(db, tasks, storage, catalogue, routing, results)
    training = TrainingRunner(TrainingSteps(db), steps, places, weights_url)
    return TaskRunner(db, tasks, steps, training, outputs)
