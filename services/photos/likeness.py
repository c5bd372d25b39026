"""How alike two faces are: distances between embeddings of 128 numbers, and what they mean."""

import math
from collections.abc import Sequence

from services.photos.figures import Embedding

SAME_PERSON_LINE = 0.6
"""Distance up to which two photos are held to show one person: the line that the network was trained for (dlib,
dnn_face_recognition_ex.cpp: 99.38 % right on "Labeled Faces in the Wild"). Seen here: docs/photo-verdicts.md."""
REFERENCE_LINE = 0.57
"""The same between a photo and a person's reference, which is nearer to each of their photos than these to each other:
of people's own photos none was seen beyond 0.55."""

HALF_ALIKE = 0.52
SLOPE = 0.055
"""Where likeness is one half, and how fast it falls: of people's own photos 95 of 100 have 80 % or more, of strangers'
99 of 100 less than 40 %."""
_ORDINARY, _BLURRED, _LOST = 0.9, 0.4, 0.15
"""Sharpness (PortraitFigures.sharpness) of most photos, below which a face is blurred, and at which nothing of a person
is left."""
_FINER = 0.63
"""How much each e-fold of sharpness above _ORDINARY counts: filters that sharpen make nobody more alike."""
_NEARER = 0.15
"""By how much blur may bring a face nearer to somebody, for each 1 of sharpness that it takes: so much is added."""


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The Euclidean distance of two embeddings: 0 for the same photo, around 0.4 for one person, 0.8 for two."""
    return math.dist(one, other)


def likeness(apart: float, sharpness: float = _ORDINARY) -> float:
    """A share of 0 to 1 for a portrait's distance from a person's reference, and for the sharpness of its face.

    It falls with the distance, and with blur: what blur may take off the distance is added, and below _BLURRED, where
    the network's distances mean nothing any more, likeness falls with sharpness to nothing.
    """
    apart += _NEARER * (_ORDINARY - _fineness(sharpness))
    seen = min(1.0, max(0.0, (sharpness - _LOST) / (_BLURRED - _LOST)))
    return seen**2 / (1 + math.exp((apart - HALF_ALIKE) / SLOPE))


def _fineness(sharpness: float) -> float:
    """The sharpness, growing more slowly where it is more than ordinary."""
    return sharpness if sharpness <= _ORDINARY else _ORDINARY + _FINER * math.log(sharpness / _ORDINARY)


def reference(embeddings: Sequence[Embedding]) -> Embedding:
    """One embedding that stands for a person: the mean of those that are near the middle one.

    The middle one has the most others within SAME_PERSON_LINE, and of equals the least sum of distances to all; what
    lies outside the line around it (somebody else, a bad photo) is left out. Not brought to length 1: the network's
    distances are those between its numbers as they are. Raises ValueError for no embedding.
    """
    if not embeddings:
        raise ValueError("no embedding")
    middle = embeddings[middle_of(embeddings)]
    near = [embedding for embedding in embeddings if distance(middle, embedding) <= SAME_PERSON_LINE]
    return tuple(math.fsum(numbers) / len(near) for numbers in zip(*near, strict=True))


def middle_of(embeddings: Sequence[Embedding]) -> int:
    """The index of the embedding that most others are near to; the first of equals."""

    def rank(index: int) -> tuple[int, float, int]:
        apart = [distance(embeddings[index], other) for other in embeddings]
        return -sum(each <= SAME_PERSON_LINE for each in apart), round(math.fsum(apart), 6), index

    return min(range(len(embeddings)), key=rank)
