"""How alike two faces are: distances between embeddings of 128 numbers, and what they mean."""

import math
from collections.abc import Sequence

from services.photo_figures import Embedding

SAME_PERSON_LINE = 0.6
"""Distance up to which two faces are held to be one person's: the line that the network was trained for (dlib,
dnn_face_recognition_ex.cpp: 99.38 % right on "Labeled Faces in the Wild"). Seen here: docs/photo-verdicts.md."""

_SLOPE = 0.08
"""How fast likeness falls around the line: with it 0.4, as photos of one person often have, is 92 %."""


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The Euclidean distance of two embeddings: 0 for the same photo, around 0.4 for one person, 0.8 for two."""
    return math.dist(one, other)


def likeness(apart: float) -> float:
    """A share of 0 to 1 for a distance: it falls with the distance, never rises, and is one half at the line."""
    return 1 / (1 + math.exp((apart - SAME_PERSON_LINE) / _SLOPE))


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
