"""Portraits that are made a second time, as the first was not like enough: their steps, and which of the two is kept.

A remake is a step of the same task for one picture alone. Its number says which, so that after a crash nothing but the
task's calls is needed to go on with it: whatever line of likeness holds by then, no picture has more than one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from repository.files import NewFile
from services.orders import MAX_SEED, ImageOrder

PLACES = 4
"""The most pictures that one step of an order brings."""
_SEED_STRIDE = 1_000_003
"""Far from the seeds of the other pictures of an order, which follow one another."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a task brings its person, and what nobody will see."""

    files: tuple[NewFile, ...]
    """Most alike first."""
    dropped: tuple[NewFile, ...] = ()
    """The worse of each two."""


def remake_number(steps: int, step: int, place: int) -> int:
    """The step that makes a picture again. steps: of the order; step and place: where the picture came from."""
    return steps + step * PLACES + place


def remake_order(order: ImageOrder, place: int) -> ImageOrder:
    """One picture like those of a step, with a seed that no other picture of the order has."""
    return order.model_copy(update={"num_images": 1, "seed": remake_seed((order.seed or 0) + place)})


def remake_seed(seed: int) -> int:
    """The seed of a picture's remake."""
    return (seed + _SEED_STRIDE) % (MAX_SEED + 1)


def chosen(made: Mapping[int, Sequence[NewFile]], steps: int) -> Chosen:
    """Of each picture and its remake the one that is more alike, in the order in which they are shown.

    made: by step, the remakes among them; steps: of the order.
    """
    files: list[NewFile] = []
    dropped: list[NewFile] = []
    for step in range(steps):
        for place, first in enumerate(made.get(step, ())):
            again = made.get(remake_number(steps, step, place), ())
            if not again:
                files.append(first)
                continue
            kept, other = (again[0], first) if _likeness(again[0]) > _likeness(first) else (first, again[0])
            files.append(replace(kept, is_remade=True))
            dropped.append(other)
    return Chosen(tuple(best_first(files)), tuple(dropped))


def best_first(files: Iterable[NewFile]) -> list[NewFile]:
    """The most alike first, then what nobody looked at, those without a face last; among equals as they came."""
    return sorted(files, key=lambda file: (_likeness(file) < 0, file.has_face is False, -_likeness(file)))


def _likeness(file: NewFile) -> float:
    """Less than any where it is not known."""
    return -1.0 if file.likeness is None else file.likeness
