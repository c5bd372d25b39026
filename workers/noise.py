"""Gaussian noise on a finished picture, as an order of many photos may ask for."""

import io

from PIL import Image

JPEG_QUALITY = 98
"""Below it, what JPEG rounds away is more than the faintest noise that can be asked for."""


def noisy(content: bytes, noise_level: float, seed: int) -> bytes:
    """The picture as JPEG with noise of this standard deviation, as a share of full scale; 0 changes no byte.

    The same picture, level and seed give the same bytes. What would pass black or white is cut off there. What the
    file says of itself stays. CPU-bound: run it in a thread.
    """
    if noise_level == 0:
        return content
    import numpy as np  # only a worker that adds noise loads it

    with Image.open(io.BytesIO(content)) as image:
        exif, comment = image.info.get("exif", b""), image.info.get("comment", b"")
        pixels = np.asarray(image.convert("RGB"), np.float32)
    rng = np.random.Generator(np.random.PCG64(seed))
    pixels = pixels + rng.standard_normal(pixels.shape, np.float32) * np.float32(255 * noise_level)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8)).save(
        out, "JPEG", quality=JPEG_QUALITY, subsampling=0, exif=exif, comment=comment
    )
    return out.getvalue()
