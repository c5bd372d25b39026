"""Makes the pictures that stand for the styles in galleries: `python -m workers.backends.preview.style_pictures`.

Painted by this backend from a portrait in the public domain (NASA's of Eileen Collins, as `skimage.data.astronaut`
ships it), so that the house shows nothing that it could not make itself. scikit-image comes with the test
requirements; the pictures are committed, so that nothing but their making needs it.
"""

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import numpy as np
from PIL import Image

from services.orders import ImageToImageOrder
from workers.backends.preview.painting import paint_photo
from workers.backends.preview.styles import Style
from workers.backends.preview.subject import Subjects

FOLDER = Path(__file__).resolve().parents[3] / "bot" / "pictures" / "styles"
"""Where the pictures lie: `<code>.jpg`."""
SIDE = 320
"""Pixels: what a thumbnail in a chat or a web gallery shows."""
MAX_BYTES = 25_000
_WORK_SIDE = 768
_SEED = 4
"""The first variation in the style's own first palette."""


def style_picture(style: Style, portrait: bytes) -> bytes:
    """The picture of a style as a JPEG of at most MAX_BYTES."""
    order = ImageToImageOrder(
        file_id=UUID(int=0), style=style.value, width=_WORK_SIDE, height=_WORK_SIDE, seed=_SEED, strength=1
    )
    (made,) = [stage.output for stage in paint_photo(order, portrait, _SEED, Subjects()) if stage.output is not None]
    with Image.open(io.BytesIO(made.content)) as full:
        small = full.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    for quality in range(84, 30, -6):
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MAX_BYTES:
            return out.getvalue()
    raise ValueError(f"{style.value} does not fit into {MAX_BYTES} bytes")


def nasa_portrait() -> bytes:
    """The portrait, encoded without loss."""
    import skimage.data

    out = io.BytesIO()
    Image.fromarray(np.asarray(skimage.data.astronaut())).save(out, "PNG")  # type: ignore[no-untyped-call]
    return out.getvalue()


def main(codes: Iterable[str]) -> None:
    """Write the pictures of these styles, or of all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    portrait = nasa_portrait()
    for style in [Style(code) for code in codes] or list(Style):
        (FOLDER / f"{style.value}.jpg").write_bytes(style_picture(style, portrait))


if __name__ == "__main__":
    main(sys.argv[1:])
