"""The network in memory, run by OpenCV's own inference: no further package, and no lock held while it computes."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MODEL = Path(__file__).with_name("model") / "span_x4_ch48.onnx"
FACTOR = 4
"""What the network makes; 2 is its result averaged, which costs the same and is cleaner than a network for 2."""


class Network:
    """One network for one thread."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(MODEL))

    def enlarge(self, tile: NDArray[Any], factor: int) -> NDArray[np.uint8]:
        """A tile, height × width × 3 in uint8 RGB, 2 or 4 times as large. Raises ValueError for another factor."""
        if factor not in (2, FACTOR):
            raise ValueError(f"a factor is 2 or {FACTOR}, not {factor}")
        pixels = tile.astype(np.float32).transpose(2, 0, 1)[None] / 255
        self._net.setInput(np.ascontiguousarray(pixels))
        made = np.clip(self._net.forward()[0].transpose(1, 2, 0), 0, 1)
        if factor != FACTOR:
            size = (tile.shape[1] * factor, tile.shape[0] * factor)
            made = cv2.resize(made, size, interpolation=cv2.INTER_AREA)
        large: NDArray[np.uint8] = (made * 255 + 0.5).astype(np.uint8)
        return large
