"""Puts together what runs tasks: who makes pictures, who trains, and where both keep what comes of it."""

from collections.abc import Sequence

from db.pool import Database
from services.catalogue import Catalogue
from services.storage import Storage
from services.tasks import Tasks
from services.training_places import TrainingPlaces
from services.training_steps import TrainingSteps
from services.weights_links import WeightsUrl
from workers.backends.base import Backend
from workers.backends.measured import MeasuredBackend
from workers.backends.routing import Routing
from workers.keep_results import Results
from workers.outputs import Outputs
from workers.run_step import StepRunner
from workers.run_task import TaskRunner
from workers.run_training import TrainingRunner
from workers.training_weights import TrainingWeights, WeightsSource


def routings(backends: Sequence[Backend], places: TrainingPlaces) -> tuple[Routing, Routing]:
    """Those who make pictures and those who train, each in the owner's order; one backend may well be both."""
    by_name = {backend.name: MeasuredBackend(backend) for backend in backends}
    painters = [by_name[name] for name in places.painters if name in by_name]
    trainers = [by_name[name] for name in places.trainers if name in by_name]
    return Routing(painters), Routing(trainers)


def open_runner(
    db: Database,
    tasks: Tasks,
    storage: Storage,
    outputs: Outputs,
    weights: WeightsSource,
    painters: Routing,
    trainers: Routing,
    places: TrainingPlaces,
    weights_url: WeightsUrl | None,
) -> TaskRunner:
    """Runs tasks of every kind. weights_url: None where no vendor can reach us to fetch weights."""
    catalogue = Catalogue(db)
    results = Results(outputs, TrainingWeights(storage, weights))
    steps = StepRunner(db, tasks, storage, catalogue, painters, results)
    training_steps = StepRunner(db, tasks, storage, catalogue, trainers, results)
    training = TrainingRunner(TrainingSteps(db), training_steps, steps, places, weights_url)
    return TaskRunner(db, tasks, steps, training, outputs)
