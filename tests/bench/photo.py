"""The photograph that the benchmarks send."""

import io
from pathlib import Path

from PIL import Image

_PERSON = Path(__file__).parents[1] / "photos" / "hopper.jpg"

TELEGRAM, STORED = (960, 1280), (1920, 2560)
"""Pixels: as Telegram sends a photo, and the largest that the house keeps."""


def portrait(size: tuple[int, int]) -> bytes:
    """A photograph of a person of this size, as a phone would save it."""
    with Image.open(_PERSON) as image:
        out = io.BytesIO()
        image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=90)
    return out.getvalue()
