"""Sharpness, light and looks of a photo or a part of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from services.photo_figures import Light

Grey = NDArray[np.uint8]
"""Rows × columns."""

FACE_SIDE = 256
WHOLE_SIDE = 512
"""Pixels: what is wider is made smaller before sharpness is measured, so that figures of large photos compare."""

_MEAN = 128.0
_LEAST_MEAN = 16.0
"""Darker parts are not brought up further: it would be their noise that counts."""
_DARK = 25
_BRIGHT = 245
_HASHED = 32
_HASH_SIDE = 8


def sharpness(grey: Grey, side: int) -> float:
    """Variance of the Laplacian at this size at most, as if the mean grey were 128.

    Brought to one mean, for half the light halves every edge; not to one contrast, for blur takes contrast away.
    """
    shrunk = side / max(grey.shape)
    if shrunk < 1:
        size = (max(1, round(grey.shape[1] * shrunk)), max(1, round(grey.shape[0] * shrunk)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    mean = max(float(grey.mean()), _LEAST_MEAN)
    edges = cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32), cv2.CV_32F)
    return float(edges.var()) * (_MEAN / mean) ** 2


def light(grey: Grey) -> Light:
    """How this part is lit."""
    return Light(
        mean=float(grey.mean()),
        contrast=float(grey.std()),
        dark=float((grey < _DARK).mean()),
        bright=float((grey > _BRIGHT).mean()),
    )


def looks(grey: Grey) -> int:
    """64 bits: which of the 8 × 8 slowest waves of the picture are above their median."""
    small = cv2.resize(grey, (_HASHED, _HASHED), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = np.asarray(cv2.dct(small))[:_HASH_SIDE, :_HASH_SIDE].ravel()
    bits = waves > np.median(waves[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)
