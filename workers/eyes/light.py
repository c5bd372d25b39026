"""Sharpness, light and looks of a photo or a part of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from services.photos.figures import Light

Grey = NDArray[np.uint8]
"""Rows × columns."""

FACE_SIDE = 112
WHOLE_SIDE = 256
"""Pixels: what is larger is made smaller before sharpness is measured, so that figures of large photos compare, and so
that a camera's noise is averaged away."""

_FINEST, _FINE, _COARSE = 0.8, 1.6, 3.2
"""Pixels, standard deviations: what lies between two blurs is the detail of that size."""
_FAINT = 0.02
"""Share of the contrast below which coarse detail counts as none: what is blurred through and through has a little of
every size, from JPEG's blocks."""
_DARK = 25
_BRIGHT = 245
_HASHED = 32
_HASH_SIDE = 8


def sharpness(grey: Grey, side: int) -> float:
    """How much fine detail there is for the coarse, in the direction that has least of it, at this size at most.

    A sharp photo has of every size nearly as much as of the next, whatever it shows and however it is lit; blur takes
    the fine first, and a moved camera takes it in one direction only. Seen: docs/photo-verdicts.md.
    """
    shrunk = side / max(grey.shape)
    if shrunk < 1:
        size = (max(1, round(grey.shape[1] * shrunk)), max(1, round(grey.shape[0] * shrunk)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    finest, fine, coarse = (
        cv2.GaussianBlur(grey.astype(np.float32), (0, 0), size) for size in (_FINEST, _FINE, _COARSE)
    )
    least = max(_FAINT * float(grey.var()), 1e-3)
    of_fine, of_coarse = _slopes(finest - fine), _slopes(fine - coarse) + np.eye(2) * least
    return float(np.linalg.eigvals(np.linalg.solve(of_coarse, of_fine)).real.min())


def _slopes(detail: NDArray[np.float32]) -> NDArray[np.float64]:
    """2 × 2: the mean square of how it rises and falls, for every direction."""
    across, down = cv2.Sobel(detail, cv2.CV_32F, 1, 0), cv2.Sobel(detail, cv2.CV_32F, 0, 1)
    mixed = float((across * down).mean())
    return np.array([[float((across**2).mean()), mixed], [mixed, float((down**2).mean())]])


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
