"""How a task ends, as whoever ends it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repository.files import NewFile
from repository.tasks import TaskStatus
from repository.vendor_calls import CallState


@dataclass(frozen=True, slots=True)
class CallReport:
    """What became of a vendor call."""

    call_id: UUID
    state: CallState
    cost_microusd: int = 0
    """Millionths of a US dollar."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ends: which pictures there are, and a code where it did not go as asked."""

    status: TaskStatus
    files: Sequence[NewFile] = ()
    error_code: str | None = None
    calls: Sequence[CallReport] = ()
    """The calls that end with the task."""
    dropped: Sequence[NewFile] = ()
    """Pictures that were made and that nobody will see: their bytes are erased."""
    units: int | None = None
    """Units that are made, where files do not tell."""

    @property
    def units_made(self) -> int:
        """What is charged for: a unit a file, unless it says otherwise."""
        return len(self.files) if self.units is None else self.units
