"""A step of a task, and how it can end."""

from collections.abc import Sequence
from dataclasses import dataclass

from repository.files import NewFile
from repository.vendor_calls import CallState, VendorCall
from services.orders import StepOrder, TrainOrder
from services.photos.figures import Embedding
from services.task_endings import CallReport
from services.training.steps import KeptWeights
from workers.backends.base import ErrorKind, Trained


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an order, and the calls that earlier attempts made for it, in order."""

    number: int
    order: StepOrder
    noise_level: float
    """See services.orders.DatasetOrder."""
    calls: Sequence[VendorCall]
    face: Embedding | None = None
    """Whom its pictures should look like, where they are portraits by a personal model."""

    @property
    def open_call(self) -> VendorCall | None:
        """The call whose end is not known, if there is one."""
        return next((call for call in reversed(self.calls) if call.state is not CallState.FAILED), None)

    @property
    def refusal(self) -> str | None:
        """The code with which it failed for good. A training that a vendor has billed is not paid for again."""
        return next(
            (
                call.error_code
                for call in self.calls
                if call.failure_kind == ErrorKind.ORDER.value or (self.is_training and is_billed_failure(call))
            ),
            None,
        )

    @property
    def is_training(self) -> bool:
        """Whether it costs what a hundred pictures do."""
        return isinstance(self.order, TrainOrder)


def is_billed_failure(call: VendorCall) -> bool:
    """Whether a call has failed and costs all the same."""
    return call.state is CallState.FAILED and call.cost_microusd > 0


@dataclass(frozen=True, slots=True)
class Brought:
    """What a training or a registration brought, beside files: nothing of it is a picture."""

    backend: str
    trained: Trained | None = None
    weights: KeptWeights | None = None
    """Of what was trained, checked and in the storage; None where it is no LoRA, or nobody waits for it."""
    served_as: str = ""
    """The vendor's name for what was made known to it."""


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
    brought: Brought | None = None
    whole: int = 0
    """Units beside those that are files: all of a training's."""


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
    brought: Brought | None = None


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
