"""Which portraits of an attempt are made again, and which remakes of an earlier attempt are gone on with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from repository.vendor_calls import CallState, VendorCall
from services.orders import ImageToImageOrder, StepOrder, TextToImageOrder
from services.photos.figures import Embedding
from services.remakes import remake_number, remake_order
from workers.step import Made, Step, StepEnd, Stopped

REMAKE_PATIENCE = 120.0
"""Seconds that a person waits for remakes while pictures that could be theirs are there."""
REMAKE_NEEDS = 30.0
"""Seconds to the deadline, under which none is begun."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What the pictures of a task should be like."""

    face: Embedding | None
    """None where it is not kept: then nothing is looked at."""
    line: float
    """Likeness under which a picture is made again, 0 to 1; nothing is under 0."""


def remakes_due(
    orders: Sequence[StepOrder],
    ends: Mapping[int, StepEnd],
    calls: Mapping[int, Sequence[VendorCall]],
    portrait: Portrait,
    noise_level: float,
    *,
    may_begin: bool,
) -> Iterator[Step]:
    """The remakes to be run: those under way, and, if any may begin, those of pictures under the line.

    A picture has one at most, whatever became of it.
    """
    for number, order in enumerate(orders):
        end = ends.get(number)
        if not isinstance(end, Made | Stopped) or not isinstance(order, TextToImageOrder | ImageToImageOrder):
            continue
        for place, file in enumerate(end.files):
            remake = remake_number(len(orders), number, place)
            known = calls.get(remake, ())
            if known:
                is_due = all(call.state is not CallState.DONE for call in known) and any(
                    call.state is not CallState.FAILED for call in known
                )
            else:
                is_due = may_begin and file.likeness is not None and file.likeness < portrait.line
            if is_due:
                yield Step(remake, remake_order(order, place), noise_level, known, portrait.face)
