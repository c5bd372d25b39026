"""The server's ways that a test or a person may change while it runs."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Settings:
    """How the vendor behaves.

    `seconds` is what a task takes, `seconds_by_type` what tasks of one type take instead. Progress is told in
    `progress_steps` steps. `side` in pixels forces every picture to one cached square, so that painting costs nothing.
    The vendor tells of failed results in one of two places: as items of `data`, or in `errors` beside it (then its SDK
    passes over the data of that frame); `failures_in` says in which.
    """

    api_key: str
    seconds: float = 2.0
    seconds_by_type: dict[str, float] = field(default_factory=dict)
    progress_steps: int = 10
    side: int | None = None
    failures_in: Literal["data", "errors"] = "data"

    def seconds_of(self, task_type: str) -> float:
        """Return how many seconds a task of a type takes."""
        return self.seconds_by_type.get(task_type, self.seconds)
