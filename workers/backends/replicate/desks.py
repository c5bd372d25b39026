"""Predictions and trainings are asked about in the same way, at doors of their own."""

from dataclasses import dataclass
from datetime import timedelta

from workers.backends.base import VendorRef
from workers.backends.replicate.api import Shelf
from workers.backends.replicate.searching import Search
from workers.backends.replicate.watching import Watch

TRAINING_REF = "trainings/"
"""The beginning of our reference to a training; a prediction has its bare name."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where calls of one sort are asked about: predictions or trainings."""

    shelf: Shelf
    search: Search
    watch: Watch
    cancel_after: float
    """Seconds after which the vendor was told to give up."""
    in_flight: timedelta
    """How long after it was written down a call may still arrive."""


def at_vendor(ref: VendorRef) -> VendorRef:
    """The same call under the vendor's own name for it."""
    return VendorRef(ref.call_id, ref.vendor_ref.removeprefix(TRAINING_REF))
