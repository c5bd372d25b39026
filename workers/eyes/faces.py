"""Finds faces with CenterFace, a small network run by OpenCV: boxes, and five points of each."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.eyes.decoding import Pixels

MODEL = Path(__file__).with_name("model") / "centerface.onnx"
SCORE_LINE = 0.5
"""What scores less is no face. Seen on photographs: whole faces 0.7 to 0.96, half cut off from 0.52; of 25 pictures of
nobody one had a face of 35 pixels, at 0.57."""

WHOLE_SIDE = 448
"""Pixels a side of what the network looks at in a photo: found are faces from about 3 % of its longer side."""
_STRIDE = 4
_OVERLAP = 0.3
"""Share of two boxes' union above which both are one face."""
_OUTPUTS = ("537", "538", "539", "540")
"""How likely a face stands here, its size, the offset of its middle, its points: names within the file."""
_NOSE_DEPTH = 0.8
"""How far the nose stands out before eyes and mouth, in half distances of the eyes."""
_AT_FRAME = 0.12
"""Share of its side that a box may lie from the frame and still end because of it."""
_NARROWEST, _WIDEST = 0.68, 0.75
"""Width of a whole face by its height, where a side, or where forehead or chin, are not seen. Whole faces: 0.66 to
0.87, frontal and turned."""


@dataclass(frozen=True, slots=True)
class Found:
    """One face in pixels of what is looked at. The box may reach beyond the frame."""

    left: float
    top: float
    right: float
    bottom: float
    score: float
    points: NDArray[np.float64]
    """5 × (x, y): the eye at the left of the picture, the eye at its right, tip of the nose, corners of the mouth."""

    @property
    def area(self) -> float:
        """Square pixels, with what is beyond the frame."""
        return (self.right - self.left) * (self.bottom - self.top)

    def overlap(self, other: "Found") -> float:
        """The share of both boxes' union that lies in both."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(0.0, width) * max(0.0, height)
        return common / (self.area + other.area - common)

    def cut(self, width: int, height: int) -> float:
        """The share that lies beyond the frame of this size: the detector ends most boxes there, so that it is the
        shape of the rest that tells how much is missing."""
        left, top = max(0.0, self.left), max(0.0, self.top)
        wide, high = min(self.right, width) - left, min(self.bottom, height) - top
        if min(wide, high) <= 0:
            return 1.0
        missing = [1 - wide * high / self.area]
        if min(left, width - left - wide) < _AT_FRAME * wide:
            missing.append(1 - wide / (_NARROWEST * high))
        if min(top, height - top - high) < _AT_FRAME * high:
            missing.append(1 - high * _WIDEST / wide)
        return max(missing)

    def yaw(self) -> float:
        """Degrees that the head is turned, below 0 to the left edge: how far the nose leaves the middle of the rest."""
        left_eye, right_eye, nose, left_mouth, right_mouth = self.points
        across = right_eye - left_eye
        half = math.hypot(*across) / 2
        if half == 0:
            return 0.0
        middle = (left_eye + right_eye + left_mouth + right_mouth) / 4
        aside = float((nose - middle) @ across) / (2 * half)
        return math.degrees(math.atan(aside / (half * _NOSE_DEPTH)))

    def roll(self) -> float:
        """Degrees that the face is turned as the clock turns: where the mouth is from the eyes. Their line would be
        wrong for faces that lie."""
        left_eye, right_eye, _, left_mouth, right_mouth = self.points
        across, down = (left_mouth + right_mouth) / 2 - (left_eye + right_eye) / 2
        return math.degrees(math.atan2(-across, down))


class FaceFinder:
    """The network, loaded once, for pictures brought to one size: OpenCV spoils its numbers when sizes change."""

    def __init__(self, side: int = WHOLE_SIDE) -> None:
        self._side = side
        self._network: Any = cv2.dnn.readNetFromONNX(str(MODEL))
        self._network.enableWinograd(False)  # no faster for this network, and takes more memory

    def find(self, pixels: Pixels) -> list[Found]:
        """The faces of a photo, largest first."""
        scale = max(pixels.shape[:2]) / self._side
        width, height = (max(1, round(side / scale)) for side in (pixels.shape[1], pixels.shape[0]))
        ground = np.zeros((self._side, self._side, 3), np.uint8)
        ground[:height, :width] = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        self._network.setInput(cv2.dnn.blobFromImage(ground))
        heat, size, offset, points = (np.asarray(output[0], np.float64) for output in self._network.forward(_OUTPUTS))
        found = _read(heat, size, offset, points, scale)
        inside = [face for face in found if face.left < pixels.shape[1] and face.top < pixels.shape[0]]
        return sorted(_each_once(inside), key=lambda face: -face.area)


def _read(
    heat: NDArray[np.float64],
    size: NDArray[np.float64],
    offset: NDArray[np.float64],
    points: NDArray[np.float64],
    scale: float,
) -> list[Found]:
    found = []
    for row, column in np.argwhere(heat[0] > SCORE_LINE):
        high, wide = np.exp(np.minimum(size[:, row, column], 8)) * _STRIDE
        top = (row + offset[0, row, column] + 0.5) * _STRIDE - high / 2
        left = (column + offset[1, row, column] + 0.5) * _STRIDE - wide / 2
        ups, acrosses = points[0::2, row, column], points[1::2, row, column]
        # The authors count points from where the box meets the frame
        places = np.stack([acrosses * wide + max(0.0, left), ups * high + max(0.0, top)], axis=1) * scale
        left, top, right, bottom = (float(edge * scale) for edge in (left, top, left + wide, top + high))
        found.append(Found(left, top, right, bottom, float(heat[0, row, column]), places))
    return found


def _each_once(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(face.overlap(other) < _OVERLAP for other in kept):
            kept.append(face)
    return kept
