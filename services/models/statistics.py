"""Personal models in numbers, for those who run the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.pool import Database
from repository.model_statistics import ModelStatisticsRepository, NewestTraining, Trainings
from repository.models import ModelStatus

LATELY = timedelta(days=7)
NEWEST = 10


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Everything that `/admin_models` tells."""

    models: Mapping[ModelStatus, int]
    trainings: Trainings
    """Of the last seven days."""
    newest: Sequence[NewestTraining]
    copies: Mapping[str, int]
    """At vendors, by state."""

    @property
    def success_share(self) -> float | None:
        """Of the trainings of late that have ended, those that brought a model, 0 to 1; None: none has ended."""
        ended = self.trainings.ready + self.trainings.failed
        return self.trainings.ready / ended if ended else None


class ModelStatistics:
    """Counts models."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def report(self) -> ModelReport:
        """The numbers as they are now."""
        statistics = ModelStatisticsRepository(self._db.reading)
        return ModelReport(
            models=await statistics.count_by_status(),
            trainings=await statistics.sum_trainings(LATELY),
            newest=await statistics.get_newest(NEWEST),
            copies=await statistics.count_copies(),
        )
