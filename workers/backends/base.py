"""The one protocol behind which every maker of pictures stands.

A backend knows orders, input bytes and vendor calls; never users, money or Telegram.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from services.offers import Offer
from services.orders import StepOrder

OUR_NAME = "calls/"
"""The beginning of a copy's name that is ours."""
CopyKind = Literal["photos", "model"]
"""What of a person may lie at a vendor: the photos of a training, or the model that came of it."""


class BackendUnreachable(Exception):
    """The vendor could not be asked, or its answer did not come: what became of the call must be asked again."""


@dataclass(frozen=True, slots=True)
class BackendCall:
    """One call to a vendor, as it stands in "VendorCall" before it is sent."""

    call_id: UUID
    """Ours, given to the vendor: the handle to ask about the call after a crash."""
    inputs: Mapping[UUID, bytes] = field(default_factory=dict)
    """The order's input files by file id: encoded images, already checked and turned upright."""
    offer: Offer | None = None
    """What the catalogue says of the order at this backend; None where it is not in the catalogue."""
    weights: Mapping[str, bytes] = field(default_factory=dict)
    """Of a backend that `reads_weights`: the LoRAs of its offer by their names there, as safetensors files."""
    prepared_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was written down: the vendor cannot have heard of it before."""


@dataclass(frozen=True, slots=True)
class VendorRef:
    """A call that the backend has taken."""

    call_id: UUID
    vendor_ref: str
    """The vendor's own name for it."""


class ErrorKind(StrEnum):
    """Whose fault a failure is; decides what happens next."""

    ORDER = "order"
    """The order cannot be made: tell the person, release the hold."""
    VENDOR = "vendor"
    """The vendor's passing fault: try again, or another backend."""
    OURS = "ours"
    """Our fault: alarm."""


CANCELLED = "cancelled"
"""The code of a call that was told to stop and brought nothing by then."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is."""

    percent: int
    """0 to 100, never falling."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One finished picture."""

    content: bytes
    """An encoded image, JPEG or PNG."""
    media_type: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    seed: int


@dataclass(frozen=True, slots=True)
class Solid:
    """One finished solid."""

    content: bytes
    """A binary glTF 2.0 file."""
    seed: int


@dataclass(frozen=True, slots=True)
class Remote:
    """One finished picture or solid that lies at the vendor: fetched, checked and stored by the caller."""

    url: str
    seed: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished training: the weights, here or where they lie at the vendor."""

    content: bytes = b""
    """A safetensors file, made on this machine."""
    url: str = ""
    """Else where to fetch it: a safetensors file, or a tar with one."""
    vendor_id: str = ""
    """The name under which the vendor serves it by itself; empty where it must be registered first."""
    photos_left: str = ""
    """The vendor's name for the photos where they could not be deleted there yet: see `Backend.delete_copy`."""


Output = Picture | Solid | Remote


@dataclass(frozen=True, slots=True)
class Finished:
    """The call is done; these are its outputs, in order. A training or registration has none."""

    outputs: tuple[Output, ...]
    cost_microusd: int = 0
    """What the vendor bills for it, in millionths of a US dollar."""
    blocked: int = 0
    """Outputs that the vendor's own safety check held back, beside these."""
    trained: Trained | None = None
    """What a TrainOrder brought."""
    served_as: str = ""
    """The vendor's name for what a RegisterOrder made known to it, ready to be used."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The call ended without its pictures."""

    kind: ErrorKind
    code: str
    """Stable word for logs, metrics and texts, e.g. `unreadable_photo`."""
    message: str
    """For operators; may quote the vendor."""
    cost_microusd: int = 0
    """What the vendor bills all the same, in millionths of a US dollar."""
    is_lasting: bool = False
    """It would meet every other order too (a wrong key, no balance left): ask this backend no more for a while."""


@dataclass(frozen=True, slots=True)
class StillRunning:
    """Answer of `resolve`: the vendor has the call and works on it."""

    ref: VendorRef


@dataclass(frozen=True, slots=True)
class NeverHeard:
    """Answer of `resolve`: the vendor has never seen the call; it may be sent again."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Answer of `resolve`: the vendor cannot be reached; nothing may be sent again."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Answer of `cancel`."""

    still_billed: bool


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the backend can take calls now."""

    available: bool
    detail: str
    """A few words for the owner: what is wrong, or how busy it is."""
    is_lasting: bool = False
    """It will not pass by itself: a wrong key, no balance left."""


class Backend(Protocol):
    """A maker of pictures. One conformance suite runs against every one."""

    name: str
    """As in the settings: runware, replicate, local, preview."""
    reads_weights: bool
    """It loads LoRAs itself: its calls bring their weights. A vendor knows them by name."""

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        """Whether every part of the order can be honoured; never a silent drop."""

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef | Failed:
        """Hand the call over. Returns once the vendor has it, or Failed where it certainly has not taken it.

        Raises BackendUnreachable where nobody knows whether it has; the caller sets a limit of time.
        """

    def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Tell of the call until it ends: the last item is Finished or Failed.

        Raises BackendUnreachable where the vendor can be heard no longer; the call may go on there.
        """

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """After a crash: what became of this call. Only NeverHeard allows sending it again."""

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Stop the call as far as the vendor allows."""

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """Delete what the vendor keeps under this name of its own. True once it is gone there, whoever deleted it.

        Where nobody wrote the vendor's name down it is OUR_NAME with a call's id: whatever became of that call goes.
        False where the vendor offers no way to delete such a thing: it stays. Raises BackendUnreachable where it may
        be tried again.
        """

    async def health(self) -> Health:
        """Whether the backend can take calls now."""

    async def aclose(self) -> None:
        """Let go of connections, threads and memory; running calls end as far as the vendor allows."""
