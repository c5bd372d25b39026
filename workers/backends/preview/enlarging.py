"""An upscale as the preview backend's stages. The work is real: no filter of a preview, and no badge is put on it."""

from collections.abc import Iterator

from services.orders import UpscaleOrder
from workers.backends.base import Picture
from workers.backends.preview.painting import Stage
from workers.backends.preview.photo import UnreadablePhoto
from workers.backends.upscaling.upscale import UnreadablePicture, upscale


def enlarge(order: UpscaleOrder, content: bytes) -> Iterator[Stage]:
    """The picture, larger. Raises UnreadablePhoto before the first stage."""
    try:
        for part in upscale(content, order.factor):
            made = part.content and Picture(part.content, "image/jpeg", part.width, part.height, seed=0)
            yield Stage(part.percent, made or None)
    except UnreadablePicture as fault:
        raise UnreadablePhoto(str(fault)) from fault
