"""The photos that the preview's tests look at, and how they compare pictures."""

import io

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image


def encoded(photo: NDArray[np.uint8], *, mode: str = "RGB", image_format: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(photo).convert(mode).save(out, image_format)
    return out.getvalue()


def portrait() -> bytes:
    """A person, face visible."""
    return encoded(skimage.data.astronaut())


def dark_portrait() -> bytes:
    """The same person in bad light."""
    return encoded((skimage.data.astronaut() * 0.25).astype(np.uint8))


def still_life() -> bytes:
    """A cup of coffee: no face."""
    return encoded(skimage.data.coffee())


def decoded(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def difference(first: Image.Image, second: Image.Image) -> float:
    """How different two pictures look from afar: mean distance of 32 × 32 patches of colour, 0 to 255."""
    patches = [
        np.asarray(picture.convert("RGB").resize((32, 32), Image.Resampling.BOX), np.float32)
        for picture in (first, second)
    ]
    return float(np.abs(patches[0] - patches[1]).mean())
