"""Looks at finished pictures before anybody gets them: open_nsfw, a small network, run by OpenCV on the CPU.

It comes on top of what a vendor checks by itself, and is the only check of pictures that no vendor made. Which score
is too high says Safety.nsfw_threshold in services.safety.prompts; why this network:
docs/decisions/0018-output-classifier.md.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MODEL = Path(__file__).with_name("output_model") / "open_nsfw.onnx"
MAX_PIXELS = 50_000_000
"""Decoded pixels; the largest picture that the house makes has 17 million."""

_RESIZED = 256
_CROPPED = 224
"""Pixels a side: the whole picture is squeezed to a square of 256, and its middle is looked at."""
_MEAN_BGR = np.array([104, 117, 123], np.float32)
"""Means of the training pictures, taken off each channel, blue first: yahoo/open_nsfw, classify_nsfw.py."""
_JPEG_QUALITY = 75
"""The network was fitted to pictures that went through JPEG at this small size; without it scores drift."""
_DECODED_AT_LEAST = 2 * _RESIZED
"""Pixels a side: JPEG gives a smaller picture of a large file, faster."""
_FORMATS = ("JPEG", "PNG", "WEBP")


class UnreadableOutput(Exception):
    """The bytes are no picture that can be looked at."""


class OutputCheck:
    """Scores pictures, one at a time, on a thread of its own. The network is loaded at the first picture."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="output-check")
        self._network: Any = None

    async def score(self, content: bytes) -> float:
        """How likely this JPEG, PNG or WebP is to be indecent, 0 to 1. Raises UnreadableOutput."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._score, content)

    async def aclose(self) -> None:
        """Wait for the picture in hand; those that wait behind it are not looked at any more."""
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)
        self._network = None

    def _score(self, content: bytes) -> float:
        pixels = network_input(content)
        if self._network is None:
            import cv2  # only a process that looks at pictures loads it

            network = cv2.dnn.readNetFromONNX(str(MODEL))
            network.enableWinograd(False)  # a third more time, a third less memory: 55 MB
            self._network = network
        self._network.setInput(pixels)
        return float(self._network.forward()[0, 1])


def network_input(content: bytes) -> NDArray[np.float32]:
    """The picture as the network takes it: 1 × 224 × 224 × 3, blue first, less the means. Raises UnreadableOutput."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableOutput(f"{image.width}x{image.height} px")
            image.draft("RGB", (_DECODED_AT_LEAST, _DECODED_AT_LEAST))
            return picture_input(_on_white(ImageOps.exif_transpose(image)))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadableOutput(str(fault)) from fault


def picture_input(picture: Image.Image) -> NDArray[np.float32]:
    """The same for an upright RGB picture that is decoded already."""
    small = picture.resize((_RESIZED, _RESIZED), Image.Resampling.BILINEAR)
    edge = (_RESIZED - _CROPPED) // 2
    through_jpeg = io.BytesIO()
    small.crop((edge, edge, edge + _CROPPED, edge + _CROPPED)).save(through_jpeg, "JPEG", quality=_JPEG_QUALITY)
    with Image.open(through_jpeg) as compressed:
        pixels = np.asarray(compressed.convert("RGB"), np.float32)
    return np.ascontiguousarray((pixels[:, :, ::-1] - _MEAN_BGR)[None], np.float32)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture as it is seen: what is transparent shows white, not what was painted over."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
