"""Looks at one face closely, so that its numbers hardly tremble: portraits are told apart by a few hundredths.

A detector's five points move by a hundredth of the face when the picture changes by what nobody sees, and the network's
numbers leap with them. Here the points are found twice more, in the face set upright at one size, over copies with a
little blur, and so are the numbers: a mean over copies changes slowly where each of them leaps.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from services.photos.figures import Embedding
from workers.eyes.decoding import Pixels
from workers.eyes.embedding import Embedder, aligned, mean_face
from workers.eyes.faces import FaceFinder

_SIDE = 448
"""Pixels of the square around the face, which is twice as large as the embedding network gets it."""
_FACE = mean_face(_SIDE, 200 / _SIDE)
_FINDER_SIDE = 224
"""Enough for one face, and a quarter of the time that a whole photo takes."""
_BLURS = (0.0, 1.15, 2.3, 3.45, 4.6)
"""Pixels, standard deviations: up to 2 % of the face's width as the detector has it, which is 230 pixels here."""
_EVERY = 2
"""Of the copies, every second one is searched for the points: more made them no steadier."""
_FURTHEST = 40.0
"""Pixels that the points of this face may lie from those of the mean face, on average; others' lie farther."""
_ROUNDS = 2


class CloseUp:
    """The networks, loaded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._finder = FaceFinder(_FINDER_SIDE)

    def embed(self, pixels: Pixels, points: NDArray[np.float64]) -> Embedding:
        """The numbers of the face about whose five points this is known."""
        for _ in range(_ROUNDS):
            square, placing = aligned(pixels, points, _FACE, _SIDE)
            copies = [blurred(square, blur) for blur in _BLURS]
            seen = [found for copy in copies[::_EVERY] if (found := self._points(copy)) is not None]
            within = np.mean(seen, axis=0) if seen else _FACE
            points = placing.back(within)
        numbers = np.mean([self._embedder.embed(copy, within) for copy in copies], axis=0)
        return tuple(float(number) for number in numbers)

    def _points(self, square: Pixels) -> NDArray[np.float64] | None:
        """The five points of the face in the middle; None where it is not found."""
        apart = [(float(np.hypot(*(face.points - _FACE).T).mean()), face.points) for face in self._finder.find(square)]
        nearest = min(apart, key=lambda each: each[0], default=None)
        return nearest[1] if nearest is not None and nearest[0] < _FURTHEST else None


def blurred(square: Pixels, blur: float) -> Pixels:
    """A copy with so much blur, in pixels."""
    return square if blur == 0 else np.asarray(cv2.GaussianBlur(square, (0, 0), blur), np.uint8)
