"""Turns a face into 128 numbers with dlib's recognition network, run by OpenCV."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from services.photos.figures import Embedding
from workers.eyes.decoding import Pixels

MODEL = Path(__file__).with_name("model") / "face_embedding.onnx"

_SIDE = 150
_PADDING = 0.25
"""Of the face on each side: as dlib cut the pictures that the network learnt from."""
_MEAN_FACE = np.array(
    [[0.22733, 0.2214], [0.75281, 0.22123], [0.490127, 0.515625], [0.254149, 0.780233], [0.726104, 0.780233]]
)
"""Where the middles of the eyes, the tip of the nose and the corners of the mouth stand in the mean face of dlib's
render_face_detections and image_transforms/interpolation.h, which is one wide and one high."""
_MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)
_RANGE = 256.0
"""What the network's input layer takes off and divides by: dlib, input_rgb_image_sized."""


class Embedder:
    """The network, loaded once."""

    def __init__(self) -> None:
        self._network: Any = cv2.dnn.readNetFromONNX(str(MODEL))

    def embed(self, pixels: Pixels, points: NDArray[np.float64]) -> Embedding:
        """The numbers of the face whose five points these are."""
        chip = face_chip(pixels, points).astype(np.float32)
        self._network.setInput(((chip - _MEAN_RGB) / _RANGE).transpose(2, 0, 1)[None])
        return tuple(float(number) for number in self._network.forward()[0])


def face_chip(pixels: Pixels, points: NDArray[np.float64]) -> Pixels:
    """The face upright and in the middle of 150 × 150 pixels."""
    return aligned(pixels, points, mean_face(_SIDE, 1 / (1 + 2 * _PADDING)), _SIDE)[0]


def mean_face(side: int, share: float) -> NDArray[np.float64]:
    """The five points of the mean face, taking this share of a square's side, in its middle."""
    return (_MEAN_FACE - 0.5) * share * side + side / 2


def aligned(
    pixels: Pixels, points: NDArray[np.float64], wanted: NDArray[np.float64], side: int
) -> tuple[Pixels, "Placing"]:
    """A square of this side where the points are as near as can be to where they are wanted, and how it was placed."""
    placing = Placing(*_fit(points, wanted))
    turn, shift = placing.turn, placing.shift
    shrunk = min(1.0, 2 * abs(turn))  # a large face is made smaller first: the turning below looks at four pixels only
    if shrunk < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA), np.uint8)
        turn /= shrunk
    matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR), np.uint8), placing


@dataclass(frozen=True, slots=True)
class Placing:
    """How a picture was turned, scaled and shifted, as complex numbers."""

    turn: complex
    shift: complex

    def back(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of the placed picture are in the one it was made of."""
        places = (points[:, 0] + 1j * points[:, 1] - self.shift) / self.turn
        return np.stack([places.real, places.imag], axis=1)


def _fit(points: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[complex, complex]:
    """The turn with scale, and the shift, that bring points nearest to where they are wanted, as complex numbers."""
    from_, to = (places[:, 0] + 1j * places[:, 1] for places in (points, wanted))
    centred = from_ - from_.mean()
    length = float((np.abs(centred) ** 2).sum()) or 1.0
    turn = complex((centred.conj() * (to - to.mean())).sum() / length)
    return turn, complex(to.mean() - turn * from_.mean())
