"""Who trains here, and who makes pictures with what was trained: both are needed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from config.settings import BackendName, Settings

REAL_TRAINERS: frozenset[BackendName] = frozenset({"replicate"})
"""Their weights are LoRAs that a vendor elsewhere takes. What the preview trains is shown by the preview alone."""
REGISTRARS: frozenset[BackendName] = frozenset({"runware"})
"""They serve what was trained elsewhere, once they have fetched it from us."""


@dataclass(frozen=True, slots=True)
class TrainingPlaces:
    """The backends of the settings, as far as trainings are concerned, in the owner's order."""

    trainers: tuple[BackendName, ...]
    painters: tuple[BackendName, ...]
    """Who makes pictures."""
    registrars: tuple[BackendName, ...]
    """Those of them that serve weights from elsewhere, and can reach us to fetch them."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        painters = tuple(name for name in settings.chosen_image_backends if name not in settings.enlarge_only)
        return cls(
            settings.chosen_training_backends,
            painters,
            tuple(name for name in painters if name in REGISTRARS and settings.is_reached_by(name)),
        )

    def registrars_for(self, trainer: str) -> tuple[BackendName, ...]:
        """Who is to be told of a model that this backend has trained."""
        return self.registrars if trainer in REAL_TRAINERS else ()

    def can_serve(self, trainer: str) -> bool:
        """Whether somebody here makes pictures with what this backend trains."""
        return trainer in self.painters or bool(self.registrars_for(trainer))

    def are_enough(self, offered: Collection[str]) -> bool:
        """Whether a training makes sense, where the catalogue offers it at these backends."""
        return any(trainer in offered and self.can_serve(trainer) for trainer in self.trainers)
