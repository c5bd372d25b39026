"""Turns a face into 128 numbers with dlib's recognition network, run by OpenCV."""

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
    wanted = (_MEAN_FACE + _PADDING) / (1 + 2 * _PADDING) * _SIDE
    turn, shift = _fit(points, wanted)
    shrunk = min(1.0, 2 * abs(turn))  # a large face is made smaller first: the turning below looks at four pixels only
    if shrunk < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA), np.uint8)
        turn /= shrunk
    matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    return np.asarray(cv2.warpAffine(pixels, matrix, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def _fit(points: NDArray[np.float64], wanted: NDArray[np.float64]) -> tuple[complex, complex]:
    """The turn with scale, and the shift, that bring points nearest to where they are wanted, as complex numbers."""
    from_, to = (places[:, 0] + 1j * places[:, 1] for places in (points, wanted))
    centred = from_ - from_.mean()
    length = float((np.abs(centred) ** 2).sum()) or 1.0
    turn = complex((centred.conj() * (to - to.mean())).sum() / length)
    return turn, complex(to.mean() - turn * from_.mean())
