"""A step of a task, and how it can end."""

from collections.abc import Sequence
from dataclasses import dataclass

from repository.files import NewFile
from repository.vendor_calls import CallState, VendorCall
from services.orders import StepOrder
from services.task_endings import CallReport
from workers.backends.base import ErrorKind


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an order, and the calls that earlier attempts made for it, in order."""

    number: int
    order: StepOrder
    noise_level: float
    """See services.orders.DatasetOrder."""
    calls: Sequence[VendorCall]

    @property
    def open_call(self) -> VendorCall | None:
        """The call whose end is not known, if there is one."""
        return next((call for call in reversed(self.calls) if call.state is not CallState.FAILED), None)

    @property
    def refusal(self) -> str | None:
        """The code with which it failed for good."""
        return next((call.error_code for call in self.calls if call.failure_kind == ErrorKind.ORDER.value), None)


@dataclass(frozen=True, slots=True)
class Made:
    """It has ended with what it brought, which may be less than was asked, or nothing."""

    files: tuple[NewFile, ...]
    report: CallReport | None = None
    """The call, where that is not written down yet."""
    blocked: int = 0
    """Pictures that the safety checks held back."""
    spoilt: int = 0
    """Outputs that were broken, or no pictures at all."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be made, however often it is tried."""

    code: str
    is_grave: bool = False
    """The other steps would fare no better."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """It was cut short, with what was made by then."""

    files: tuple[NewFile, ...] = ()
    report: CallReport | None = None


@dataclass(frozen=True, slots=True)
class Faulted:
    """A vendor's passing fault: worth another try."""

    code: str


@dataclass(frozen=True, slots=True)
class Away:
    """A vendor cannot be asked; its call, if there is one, may go on there."""

    seconds: float | None = None
    """When to look again, where that is known."""


StepEnd = Made | Refused | Stopped | Faulted | Away
